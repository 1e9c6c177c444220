"""Invertible maps of one side, which leave the mutual information as it is.

The maps of Czyż et al., "Beyond Normal: On the Evaluation of Mutual Information Estimators", 2023
(arXiv 2306.11078), on batches: a transform takes and returns (*batch, n, dim). In float32 the
normal CDF is 1 beyond 5.4 standard deviations; sample in float64 where its tails matter.
"""

import abc
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from mist_core.distributions.numerics.parameters import as_tensor
from mist_core.errors import ParameterError
from mist_core.markdown import counted


class Transform(abc.ABC):
    """An invertible map applied to each row."""

    @abc.abstractmethod
    def __call__(self, x: Tensor) -> Tensor:
        """Maps rows, (*batch, n, dim) to (*batch, n, output_dim(dim))."""

    @abc.abstractmethod
    def inverse(self, y: Tensor) -> Tensor:
        """Undoes the map, (*batch, n, output_dim(dim)) to (*batch, n, dim)."""

    def output_dim(self, dim: int) -> int:
        """Columns that come out when `dim` go in; ParameterError if `dim` does not fit."""
        return dim


class Identity(Transform):
    """Leaves every row as it is."""

    def __call__(self, x):
        return x

    def inverse(self, y):
        return y


class Compose(Transform):
    """Applies transforms one after the other, the first given first."""

    def __init__(self, *transforms: Transform) -> None:
        self.transforms = transforms

    def __call__(self, x):
        for transform in self.transforms:
            x = transform(x)
        return x

    def inverse(self, y):
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y

    def output_dim(self, dim):
        for transform in self.transforms:
            dim = transform.output_dim(dim)
        return dim


class HalfCube(Transform):
    """x |x|^(1/2): the cube's heavier tails, half as strong."""

    def __call__(self, x):
        return x * x.abs().sqrt()

    def inverse(self, y):
        return y.sign() * y.abs().pow(2 / 3)


class Asinh(Transform):
    """asinh(x): shortens long tails to logarithms."""

    def __call__(self, x):
        # As logarithm of a sum that cannot overflow: five times as fast as torch.asinh on a CPU.
        size = x.abs()
        excess = size * (size / (1 + torch.hypot(size, torch.ones_like(size))))
        return torch.log1p(size + excess).copysign(x)

    def inverse(self, y):
        return y.sinh()


class NormalCDF(Transform):
    """Phi(x): turns standard normal columns into uniform ones."""

    def __call__(self, x):
        return normal_cdf(x)

    def inverse(self, y):
        return torch.special.ndtri(y)


class _Wiggly(Transform):
    """x + sum_k a_k sin(w_k x + p_k), increasing because sum_k |a_k w_k| < 1."""

    waves: tuple[tuple[float, float, float], ...]  # amplitude a_k, frequency w_k, phase p_k

    def __call__(self, x):
        return x + sum(a * torch.sin(w * x + p) for a, w, p in self.waves)

    def inverse(self, y):
        reach = sum(abs(amplitude) for amplitude, _, _ in self.waves)
        return invert_increasing(self, y, y - reach, y + reach)


class WigglyX(_Wiggly):
    """The wiggly map of the benchmark's X side."""

    waves = ((0.4, 1.0, 0.0), (0.2, 1.7, 1.0), (0.03, 3.3, -2.5))


class WigglyY(_Wiggly):
    """The wiggly map of the benchmark's Y side."""

    waves = ((-0.4, 0.4, 0.0), (0.17, 1.3, 3.5), (0.02, 4.3, -2.5))


class NormalToMixture(Transform):
    """F^-1(Phi(x)), F the mixture sum_k w_k Phi(t - m_k): makes normal columns multimodal.

    Args:
        weights: w_k > 0, scaled to sum to 1.
        means: m_k, as many.

    Raises:
        ParameterError: weights that are not positive, or not as many as the means.
    """

    def __init__(self, weights: Sequence[float], means: Sequence[float]) -> None:
        if len(weights) != len(means) or not weights or min(weights) <= 0:
            raise ParameterError(
                f"Each mean needs a positive weight; got weights {weights}, means {means}."
            )
        self.weights = tuple(weight / sum(weights) for weight in weights)
        self.means = tuple(means)

    def __call__(self, x):
        rows = x.double()
        side = torch.where(rows > 0, -1.0, 1.0)
        # The quantile of a mixture lies between the least and the greatest component's.
        return invert_increasing(
            lambda t: side * self._tail(t, side),
            side * normal_cdf(side * rows),
            low=rows + min(self.means),
            high=rows + max(self.means),
        ).to(x)

    def inverse(self, y):
        rows = y.double()
        side = torch.where(self._tail(rows, torch.ones_like(rows)) > 0.5, -1.0, 1.0)
        return (side * torch.special.ndtri(self._tail(rows, side))).to(y)

    def _tail(self, t: Tensor, side: Tensor) -> Tensor:
        """F(t) where side is 1, 1 - F(t) where it is -1: the small one keeps its digits."""
        components = zip(self.weights, self.means, strict=True)
        return sum(weight * normal_cdf(side * (t - mean)) for weight, mean in components)


class Linear(Transform):
    """A x for an invertible matrix A.

    Args:
        matrix: shape (*batch, dim, dim).

    Raises:
        ParameterError: a matrix that is not square, not finite, or singular in float64.
    """

    def __init__(self, matrix: Tensor) -> None:
        matrix = as_tensor(matrix, "matrix")
        if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2]:
            raise ParameterError(f"matrix must be (*batch, dim, dim); got {tuple(matrix.shape)}.")
        inverse, singular = torch.linalg.inv_ex(matrix)
        condition = torch.linalg.matrix_norm(matrix, 1) * torch.linalg.matrix_norm(inverse, 1)
        # Beyond 1e15 float64 cannot tell it from a singular one; infinite entries give NaN.
        if singular.any() or not (condition < 1e15).all():
            raise ParameterError("matrix must be finite and invertible; got one that is not.")
        self.matrix = matrix

    def __call__(self, x):
        return x @ self.matrix.mT.to(x)

    def inverse(self, y):
        return torch.linalg.solve(self.matrix.to(y), y.mT).mT

    def output_dim(self, dim):
        return exactly(dim, self.matrix.shape[-1], "Linear")


class Permutation(Transform):
    """Reorders the columns: column i of the result is column order[i].

    Args:
        order: integers, shape (*batch, dim), each row a permutation of 0..dim-1.

    Raises:
        ParameterError: an order that is not a permutation.
    """

    def __init__(self, order: Tensor) -> None:
        order = torch.atleast_1d(torch.as_tensor(order))
        positions = torch.arange(order.shape[-1], device=order.device)
        if not (order.sort(-1).values == positions).all():
            raise ParameterError("order must be a permutation of 0..dim-1 in its last dimension.")
        self.order = order

    def __call__(self, x):
        return _take_columns(x, self.order)

    def inverse(self, y):
        return _take_columns(y, self.order.argsort(-1))

    def output_dim(self, dim):
        return exactly(dim, self.order.shape[-1], "Permutation")


def normal_cdf(x: Tensor) -> Tensor:
    """Phi(x), to full relative precision in the lower tail, which torch.special.ndtr loses."""
    return torch.erfc(-x / math.sqrt(2)) / 2


def invert_increasing(
    function: Callable[[Tensor], Tensor], y: Tensor, low: Tensor, high: Tensor
) -> Tensor:
    """Solves function(x) = y by bisection between low and high, elementwise, to rounding."""
    for _ in range(60):
        middle = (low + high) / 2
        below = function(middle) < y
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2


def _take_columns(x: Tensor, order: Tensor) -> Tensor:
    return x.gather(-1, order[..., None, :].to(x.device).expand(x.shape))


def exactly(dim: int, expected: int, name: str) -> int:
    """Returns the number of columns, or raises ParameterError unless it is the expected one."""
    if dim != expected:
        raise ParameterError(f"{name} was built for {counted(expected, 'column')}; got {dim}.")
    return dim

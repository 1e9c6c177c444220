"""Laws made of laws: blocks side by side, noise, maps of one side, sides exchanged."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.randomness import Source
from mist_core.distributions.transforms.maps import NormalToMixture, Transform
from mist_core.errors import ParameterError


class Independent(Law):
    """Independent blocks side by side: X = (X_1, ..., X_m), Y = (Y_1, ..., Y_m); MIs add up.

    Args:
        laws: the blocks, all of one batch shape.

    Raises:
        ParameterError: no blocks, or blocks of different batch shapes.
    """

    def __init__(self, laws: Sequence[Law]) -> None:
        shapes = {tuple(law.batch_shape) for law in laws}
        if len(shapes) != 1:
            raise ParameterError(
                f"Independent needs blocks of one batch shape; got {sorted(shapes) or 'no blocks'}."
            )
        self.laws = tuple(laws)
        self.dim_x, self.dim_y = sum(law.dim_x for law in laws), sum(law.dim_y for law in laws)
        self.batch_shape, self.device = self.laws[0].batch_shape, self.laws[0].device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        pairs = [law.sample(n_samples, generator=generator, dtype=dtype) for law in self.laws]
        xs, ys = zip(*pairs, strict=True)
        return torch.cat(xs, dim=-1), torch.cat(ys, dim=-1)

    def mutual_information(self):
        return torch.stack([law.mutual_information() for law in self.laws]).sum(0)

    def standard_error(self):
        return torch.stack([law.standard_error() for law in self.laws]).square().sum(0).sqrt()

    def pointwise_mutual_information(self, x, y):
        xs = x.split([law.dim_x for law in self.laws], dim=-1)
        ys = y.split([law.dim_y for law in self.laws], dim=-1)
        blocks = zip(self.laws, xs, ys, strict=True)
        return sum(law.pointwise_mutual_information(u, v) for law, u, v in blocks)


class Transformed(Law):
    """(f(X), g(Y)) for invertible f and g, which has the mutual information of (X, Y).

    Args:
        law: the law of (X, Y).
        transform_x: f.
        transform_y: g.

    Raises:
        ParameterError: a transform that does not take the law's number of columns.
    """

    def __init__(self, law: Law, transform_x: Transform, transform_y: Transform) -> None:
        self.law, self.transform_x, self.transform_y = law, transform_x, transform_y
        self.dim_x = transform_x.output_dim(law.dim_x)
        self.dim_y = transform_y.output_dim(law.dim_y)
        self.batch_shape, self.device = law.batch_shape, law.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        x, y = self.law.sample(n_samples, generator=generator, dtype=dtype)
        return self.transform_x(x), self.transform_y(y)

    def mutual_information(self):
        return self.law.mutual_information()

    def standard_error(self):
        return self.law.standard_error()

    def pointwise_mutual_information(self, x, y):
        x, y = self.transform_x.inverse(x.double()), self.transform_y.inverse(y.double())
        return self.law.pointwise_mutual_information(x, y)


class Swapped(Law):
    """(Y, X) instead of (X, Y), which has the same mutual information.

    Args:
        law: the law of (X, Y).
    """

    def __init__(self, law: Law) -> None:
        self.law = law
        self.dim_x, self.dim_y = law.dim_y, law.dim_x
        self.batch_shape, self.device = law.batch_shape, law.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        x, y = self.law.sample(n_samples, generator=generator, dtype=dtype)
        return y, x

    def mutual_information(self):
        return self.law.mutual_information()

    def standard_error(self):
        return self.law.standard_error()

    def pointwise_mutual_information(self, x, y):
        return self.law.pointwise_mutual_information(y, x)


def bimodal_gaussians(correlation: float | Tensor) -> Transformed:
    """Bivariate normal copula under two-peaked margins, with its mutual information.

    X is 0.3 N(0, 1) + 0.7 N(5, 1) and Y is 0.5 N(-1, 1) + 0.5 N(3, 1).

    Args:
        correlation: of the underlying normal pair, in (-1, 1), shape (*batch,).

    Raises:
        ParameterError: a correlation outside (-1, 1).
    """
    return Transformed(
        Multinormal(bivariate_correlation(correlation), dim_x=1),
        NormalToMixture((0.3, 0.7), (0.0, 5.0)),
        NormalToMixture((0.5, 0.5), (-1.0, 3.0)),
    )


class Noise(Law):
    """Independent standard normal columns on both sides; either side may have none."""

    def __init__(self, dim_x: int, dim_y: int, count: int, device: torch.device) -> None:
        self.dim_x, self.dim_y = dim_x, dim_y
        self.batch_shape, self.device = torch.Size([count]), device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, n_samples, self.dim_x + self.dim_y)
        xy = torch.randn(shape, generator=generator, dtype=dtype, device=self.device)
        return xy[..., : self.dim_x], xy[..., self.dim_x :]

    def mutual_information(self):
        return torch.zeros(self.batch_shape, dtype=torch.float64, device=self.device)

    def pointwise_mutual_information(self, x, y):
        return torch.zeros(x.shape[:-1], dtype=torch.float64, device=x.device)


def noise(dim_x: int, dim_y: int, count: int, source: Source) -> Noise:
    """Columns that tell nothing."""
    return Noise(dim_x, dim_y, count, source.generator.device)

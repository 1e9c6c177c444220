"""Clayton, Gumbel and Frank copulas: uniform margins, dependence in one tail or in none.

An Archimedean copula has a closed form for its information, because E ln c needs only the law of
C(U, V), which Genest and Rivest (J. Am. Stat. Assoc. 88, 1993) give; the derivations stand with
each class. The families are those of Nelsen, "An Introduction to Copulas", 2006, section 4.3.
"""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.randomness import coin, log_uniform

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source

LEAST_FRANK = 1e-5  # below it (information under 2e-12 nats) differences would lose their digits
LARGEST_UNIFORM = 1 - 2**-53  # a draw of 1 would have the logarithm 0
DEBYE_END = 40.0  # t / (e^t - 1) beyond it is below 2e-16
SERIES_TERMS, FRACTION_DEPTH = 20, 60  # of the exponential integral, to 1e-14


class Copula(Law):
    """One column a side, both uniform on (0, 1), with a parameter theta of shape (*batch,)."""

    dim_x = dim_y = 1

    def __init__(self, theta: Tensor) -> None:
        self.theta = theta
        self.batch_shape, self.device = theta.shape, theta.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        u, v = self._draw(shape, generator)
        return u[..., None].to(dtype), v[..., None].to(dtype)

    def pointwise_mutual_information(self, x, y):
        return self._log_density(x[..., 0].double(), y[..., 0].double())

    @abc.abstractmethod
    def _draw(self, shape: tuple[int, ...], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Pairs of uniforms, each of shape (*batch, n), float64."""

    @abc.abstractmethod
    def _log_density(self, u: Tensor, v: Tensor) -> Tensor:
        """ln c(u, v), shape (*batch, n)."""


class Clayton(Copula):
    """C = (u^-theta + v^-theta - 1)^(-1 / theta), theta > 0: dependence near (0, 0).

    I = ln(1 + theta) - theta / (1 + theta), from E ln u = -1 and E ln C = -1 - 1 / (1 + theta).

    Args:
        theta: shape (*batch,), positive and finite.

    Raises:
        ParameterError: theta outside its range.
    """

    def __init__(self, theta: float | Tensor) -> None:
        theta = as_tensor(theta, "theta")
        require((theta > 0) & theta.isfinite(), theta, "theta must be positive and finite")
        super().__init__(theta)

    def mutual_information(self):
        return self.theta.log1p() - self.theta / (1 + self.theta)

    def _draw(self, shape, generator):
        u, w = _uniforms(2, shape, generator)
        theta = self.theta[..., None]
        # v solves P(V <= v | u) = w; in logarithms, so that no power overflows.
        lift = torch.expm1(-theta / (1 + theta) * w.log()).log() - theta * u.log()
        return u, torch.exp(-torch.logaddexp(lift, torch.zeros_like(lift)) / theta)

    def _log_density(self, u, v):
        theta = self.theta[..., None]
        a, b = -theta * u.log(), -theta * v.log()
        large, small = torch.maximum(a, b), torch.minimum(a, b)
        joint = large + torch.log1p(torch.exp(small - large) - torch.exp(-large))
        return theta.log1p() + (1 + 1 / theta) * (a + b) - (2 + 1 / theta) * joint


class Gumbel(Copula):
    """C = exp(-A), A = (x^theta + y^theta)^(1 / theta), x = -ln u, y = -ln v, theta >= 1.

    Dependence near (1, 1). A is exponential with probability 1 - 1 / theta and the sum of two
    exponentials otherwise, independent of x^theta / A^theta, which is uniform. Hence with
    s = theta - 1: I = euler_gamma - 1 + ln s + (1 + e^s E_1(s)) / theta.

    Args:
        theta: shape (*batch,), at least 1 (independence) and finite.

    Raises:
        ParameterError: theta outside its range.
    """

    def __init__(self, theta: float | Tensor) -> None:
        theta = as_tensor(theta, "theta")
        require((theta >= 1) & theta.isfinite(), theta, "theta must be at least 1 and finite")
        super().__init__(theta)

    def mutual_information(self):
        s = (self.theta - 1).clamp_min(torch.finfo(torch.float64).tiny)
        integral = scaled_exponential_integral(s)
        information = np.euler_gamma - 1 + s.log() + (1 + integral) / self.theta
        return information.clamp_min(0)

    def _draw(self, shape, generator):
        first, second, chance, share = _uniforms(4, shape, generator)
        theta = self.theta[..., None]
        a = -first.log() - torch.where(chance * theta < 1, second.log(), 0.0)
        return torch.exp(-a * share ** (1 / theta)), torch.exp(-a * (1 - share) ** (1 / theta))

    def _log_density(self, u, v):
        theta = self.theta[..., None]
        x, y = -u.log(), -v.log()
        log_a = torch.logaddexp(theta * x.log(), theta * y.log()) / theta
        a = log_a.exp()
        slope = (theta - 1) * (x * y).log() + (1 - 2 * theta) * log_a
        return x + y - a + slope + (a + theta - 1).log()


class Frank(Copula):
    """C = -ln(1 - (1 - e^(-theta u)) (1 - e^(-theta v)) / (1 - e^-theta)) / theta.

    Dependence without tails, negative for theta < 0. ln c is linear in u, v and C, and E C is
    (1 + Kendall's tau) / 4, so that with the Debye function D_1
    I = ln(theta / (1 - e^-theta)) - 2 + 2 D_1(theta).

    Args:
        theta: shape (*batch,), finite; 0 is independence.

    Raises:
        ParameterError: theta that is not finite.
    """

    def __init__(self, theta: float | Tensor) -> None:
        theta = as_tensor(theta, "theta")
        require(theta.isfinite(), theta, "theta must be finite")
        super().__init__(torch.where(theta.abs() < LEAST_FRANK, LEAST_FRANK, theta))

    def mutual_information(self):
        theta = self.theta.abs()  # turning one side over changes the sign
        return ((theta / -torch.expm1(-theta)).log() - 2 + 2 * _debye(theta)).clamp_min(0)

    def _draw(self, shape, generator):
        u, w = _uniforms(2, shape, generator)
        theta = self.theta[..., None]
        fading = torch.log1p(-w) - theta * u
        v = torch.logaddexp(w.log(), fading) - torch.logaddexp(fading, w.log() - theta)
        return u, v / theta

    def _log_density(self, u, v):
        sign, theta = self.theta.sign()[..., None], self.theta.abs()[..., None]
        v = torch.where(sign > 0, v, 1 - v)
        whole = -torch.expm1(-theta)
        # D = whole e^(-theta C), as a sum of positive terms: no cancellation for large theta.
        part = torch.exp(-theta * u) * -torch.expm1(-theta * v)
        rest = torch.exp(-theta * v) * -torch.expm1(-theta * (1 - v))
        return theta.log() + whole.log() - theta * (u + v) - 2 * (part + rest).log()


COPULAS: dict[str, Callable[[int, Source], Copula]] = {
    "clayton": lambda count, source: Clayton(log_uniform(source, 0.2, 50, count)),
    "gumbel": lambda count, source: Gumbel(1 + log_uniform(source, 0.1, 15, count)),
    "frank": lambda count, source: Frank(
        log_uniform(source, 1, 150, count) * torch.where(coin(source, 0.5, count), 1.0, -1.0)
    ),
}


def random_copulas(count: int, source: Source) -> Copula:
    """A batch of one of the `COPULAS`, with an information from 0.01 to 3 nats."""
    return COPULAS[source.rng.choice(list(COPULAS))](count, source)


def scaled_exponential_integral(s: Tensor) -> Tensor:
    """e^s E_1(s) for s > 0: a power series below 1, a continued fraction above.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 5.1.11 and 5.1.22.
    """
    small, large = s.clamp_max(1), s.clamp_min(1)
    term, total = torch.ones_like(s), -np.euler_gamma - small.log()
    for k in range(1, SERIES_TERMS + 1):
        term = -term * small / k
        total = total - term / k
    fraction = torch.zeros_like(s)
    for k in range(FRACTION_DEPTH, 0, -1):
        fraction = k**2 / (large + 2 * k + 1 - fraction)
    return torch.where(s < 1, small.exp() * total, 1 / (large + 1 - fraction))


def _debye(theta: Tensor) -> Tensor:
    """D_1 = (1 / theta) times the integral of t / (e^t - 1) over (0, theta), theta > 0."""
    nodes, weights = (
        torch.as_tensor(part, device=theta.device) for part in np.polynomial.legendre.leggauss(40)
    )
    end = theta.clamp_max(DEBYE_END)[..., None]
    t = end * (nodes + 1) / 2
    return (weights * t / torch.expm1(t)).sum(-1) * end[..., 0] / (2 * theta)


def _uniforms(count: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """`count` tensors of uniforms strictly inside (0, 1), float64."""
    u = torch.rand(
        (count, *shape), generator=generator, dtype=torch.float64, device=generator.device
    )
    return u.clamp(torch.finfo(torch.float64).tiny, LARGEST_UNIFORM)

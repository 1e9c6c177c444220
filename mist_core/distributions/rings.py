"""Shapes without correlation: noisy rings and noisy squared norms.

The densities are one-dimensional integrals, and so are the entropies: all truths are by
Gauss-Legendre quadrature, to 1e-7 nats (2e-5 for a squared norm of 64 columns with noise 0.001).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mist_core.distributions.noisy import (
    LN_2_PI,
    REACH,
    NoisyLaw,
    log_normal,
    standard_normal,
    surprise,
)
from mist_core.distributions.numerics.parameters import require_dim
from mist_core.distributions.numerics.quadrature import legendre_panels
from mist_core.distributions.numerics.randomness import log_uniform

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source

SIDE_PANELS, LOCAL_PANELS = 8, 3  # of 16 nodes: for an entropy; for a density at one point


class Ring(NoisyLaw):
    """(X, Y) = (cos T, sin T) + s (E, F): a circle of radius 1 with normal noise.

    I = 2 h(X) - h(X, Y). The joint density depends on the radius alone, through the Bessel
    function I_0; that of X is an arcsine law smoothed by the noise.

    Args:
        noise: s, positive and finite, shape (*batch,).
    """

    dim_x = dim_y = 1

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        turn = torch.rand(shape, generator=generator, dtype=dtype, device=self.device)
        noise = self.noise[..., None].to(dtype) * standard_normal((2, *shape), generator, dtype)
        x, y = torch.cos(2 * math.pi * turn), torch.sin(2 * math.pi * turn)
        return (x + noise[0])[..., None], (y + noise[1])[..., None]

    def mutual_information(self):
        # x = 1 - s sinh(t) resolves the peak at 1, which is as wide as the noise.
        s = self.noise
        t, weight = legendre_panels(
            torch.asinh(torch.full_like(s, -REACH)), torch.asinh(1 / s), SIDE_PANELS
        )
        surprising = surprise(self._log_margin(1 - s[..., None] * t.sinh()))
        side = 2 * s * (weight * t.cosh() * surprising).sum(-1)
        radius, weight = legendre_panels((1 - REACH * s).clamp_min(0), 1 + REACH * s, SIDE_PANELS)
        joint = 2 * math.pi * (weight * radius * surprise(self._log_joint(radius))).sum(-1)
        return (2 * side - joint).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        x, y = x[..., 0].double(), y[..., 0].double()
        return self.log_joint(x, y) - sum(self.log_margins(x, y))

    def log_joint(self, x: Tensor, y: Tensor) -> Tensor:
        """ln p(x, y) at points, each (*batch, n)."""
        return self._log_joint(torch.hypot(x, y))

    def log_margins(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """ln p(x) and ln p(y), (*batch, n) each."""
        return self._log_margin(x), self._log_margin(y)

    def _log_joint(self, radius: Tensor) -> Tensor:
        """ln p(x, y) at radius sqrt(x^2 + y^2), shape (*batch, n)."""
        s = self.noise[..., None]
        bessel = torch.special.i0e(radius / s.square())
        return bessel.log() - ((radius - 1) / s).square() / 2 - 2 * s.log() - LN_2_PI

    def _log_margin(self, x: Tensor) -> Tensor:
        """ln p(x), shape (*batch, n): over the angles within reach of x, analytic there."""
        s = self.noise[..., None]
        reach = (REACH + 2) * s
        ends = [(x + shift).clamp(-1, 1).acos() for shift in (reach, -reach)]
        angle, weight = legendre_panels(*ends, LOCAL_PANELS)  # (*batch, n, nodes)
        given = log_normal(x[..., None] - angle.cos(), s[..., None])
        return ((weight / math.pi).log() + given).logsumexp(-1)


class NoisySquare(NoisyLaw):
    """Y = |X|^2 + s E, X standard normal in dim_x columns, E standard normal.

    I = h(Y) - ln(s sqrt(2 pi e)); the density of Y is that of chi-square smoothed by the noise.

    Args:
        noise: s, positive and finite, shape (*batch,).
        dim_x: columns of X, at least 1.
    """

    dim_y = 1

    def __init__(self, noise: float | Tensor, dim_x: int) -> None:
        super().__init__(noise)
        self.dim_x = require_dim(dim_x, "dim_x")

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        x = standard_normal((*shape, self.dim_x), generator, dtype)
        noise = self.noise[..., None].to(dtype) * standard_normal(shape, generator, dtype)
        return x, (x.square().sum(-1) + noise)[..., None]

    def mutual_information(self):
        # y = s sinh(t) resolves the edge at 0, which is as wide as the noise.
        s = self.noise
        longest = math.sqrt(self.dim_x) + REACH + 1  # norm of X
        t, weight = legendre_panels(
            torch.asinh(torch.full_like(s, -REACH)),
            torch.asinh(longest**2 / s + REACH),
            SIDE_PANELS,
        )
        surprising = surprise(self._log_margin(s[..., None] * t.sinh()))
        entropy = s * (weight * t.cosh() * surprising).sum(-1)
        return (entropy - s.log() - (LN_2_PI + 1) / 2).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        x, y = x.double(), y[..., 0].double()
        given = log_normal(y - x.square().sum(-1), self.noise[..., None])
        return given - self._log_margin(y)

    def _log_margin(self, y: Tensor) -> Tensor:
        """ln p(y), shape (*batch, n): over the norms of X within reach of y, analytic there."""
        s, half = self.noise[..., None], self.dim_x / 2
        reach = (REACH + 2) * s
        ends = [(y + shift).clamp_min(0).sqrt() for shift in (-reach, reach)]
        radius, weight = legendre_panels(*ends, LOCAL_PANELS)  # (*batch, n, nodes)
        power = torch.tensor(self.dim_x - 1.0, dtype=s.dtype, device=s.device)
        log_chi = torch.xlogy(power, radius) - radius.square() / 2
        log_chi = log_chi + (1 - half) * math.log(2) - math.lgamma(half)
        given = log_normal(y[..., None] - radius.square(), s[..., None])
        return (weight.log() + log_chi + given).logsumexp(-1)


def random_rings(count: int, source: Source) -> Ring:
    """Rings from 0.001 to 2.5 nats."""
    return Ring(log_uniform(source, 0.01, 1, count))


def random_squares(count: int, source: Source, dim_x: int) -> NoisySquare:
    """Squared norms of `dim_x` columns, from 0.03 to 3 or 4 nats."""
    return NoisySquare(math.sqrt(2 * dim_x) * log_uniform(source, 0.02, 4, count), dim_x)

"""Products: the dependence shows only when three columns are seen together.

The truths are by Gauss-Legendre quadrature, to 1e-7 nats.
"""

from __future__ import annotations

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

OUTER_PANELS, INNER_PANELS = 8, 4  # of 16 nodes: over Y; over the factor of known value


class NoisyProduct(NoisyLaw):
    """Y = X_1 X_2 + s E, all standard normal: one column of X alone does not tell the mean of Y.

    I = h(Y) - ln(s sqrt(2 pi e)); given X_1 = a, Y is normal with variance a^2 + s^2.

    Args:
        noise: s, positive and finite, shape (*batch,).
    """

    dim_x, dim_y = 2, 1

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"), 3)
        first, second, noise = standard_normal(shape, generator, dtype).unbind(-1)
        y = first * second + self.noise[..., None].to(dtype) * noise
        return torch.stack([first, second], dim=-1), y[..., None]

    def mutual_information(self):
        # y = s sinh(t) resolves the peak at 0, which is as wide as the noise, and the tails.
        s = self.noise
        furthest = REACH * (REACH + s)
        t, weight = legendre_panels(torch.zeros_like(s), torch.asinh(furthest / s), OUTER_PANELS)
        surprising = surprise(self._log_margin(s[..., None] * t.sinh()))
        entropy = 2 * s * (weight * t.cosh() * surprising).sum(-1)
        return (entropy - s.log() - (LN_2_PI + 1) / 2).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        y = y[..., 0].double()
        given = log_normal(y - x.double().prod(-1), self.noise[..., None])
        return given - self._log_margin(y)

    def _log_margin(self, y: Tensor) -> Tensor:
        """ln p(y), shape (*batch, n), over X_1 = s sinh(t), where Y has deviation s cosh(t)."""
        t, log_weight = _factor_nodes(self.noise)
        deviation = self.noise[..., None] * t.cosh()
        given = log_normal(y[..., None], deviation[..., None, :])
        return (log_weight[..., None, :] + given).logsumexp(-1)


class GatedNoise(NoisyLaw):
    """Y = (W, W X + s E), all standard normal: the first column of Y is the gain of the second.

    I = E ln(1 + W^2 / s^2) / 2, although each column of Y alone is uncorrelated with X.

    Args:
        noise: s, positive and finite, shape (*batch,).
    """

    dim_x, dim_y = 1, 2

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"), 3)
        x, gain, noise = standard_normal(shape, generator, dtype).unbind(-1)
        y = gain * x + self.noise[..., None].to(dtype) * noise
        return x[..., None], torch.stack([gain, y], dim=-1)

    def mutual_information(self):
        t, log_weight = _factor_nodes(self.noise)
        # 1 + W^2 / s^2 = cosh(t)^2 for W = s sinh(t).
        return (log_weight.exp() * t.cosh().log()).sum(-1)

    def pointwise_mutual_information(self, x, y):
        gain, y = y.double().unbind(-1)
        s = self.noise[..., None]
        given = log_normal(y - gain * x[..., 0].double(), s)
        return given - log_normal(y, torch.hypot(gain, s))


def random_products(count: int, source: Source) -> NoisyProduct:
    """Products from 0.03 to 3.3 nats."""
    return NoisyProduct(log_uniform(source, 0.03, 4, count))


def random_gates(count: int, source: Source) -> GatedNoise:
    """Gated noise from 0.03 to 2.9 nats."""
    return GatedNoise(log_uniform(source, 0.03, 4, count))


def _factor_nodes(s: Tensor) -> tuple[Tensor, Tensor]:
    """t and ln weights, each (*batch, nodes), of E g(|W|), W = s sinh(t) standard normal."""
    t, weight = legendre_panels(torch.zeros_like(s), torch.asinh(REACH / s), INNER_PANELS)
    s = s[..., None]
    density = log_normal(s * t.sinh(), torch.ones_like(s))
    return t, (2 * s * weight * t.cosh()).log() + density

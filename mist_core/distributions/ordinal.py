"""Ordered levels of a hidden normal value: grades, answers on a scale, sizes in coarse steps.

Letters: K and L levels of X and of Y; q nodes of the quadrature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.parameters import as_tensor, require
from mist_core.distributions.numerics.quadrature import legendre_panels
from mist_core.distributions.numerics.randomness import dirichlet, log_uniform
from mist_core.errors import ParameterError

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source

# The hidden normal value of Y is integrated from -REACH to REACH, in panels between the thresholds
# of Y and points PANEL apart; sixteen nodes each, for correlations up to 0.995.
REACH, PANEL = 8.0, 0.5
MOST_LEVELS = 60


class OrdinalNormals(Law):
    """A bivariate normal pair; of X, and maybe of Y, only the number of thresholds below is shown.

    Args:
        correlation: shape (*batch,), in (-1, 1).
        cuts_x: (*batch, K - 1) thresholds of X, increasing.
        cuts_y: (*batch, L - 1) thresholds of Y; None shows its value.

    Raises:
        ParameterError: a correlation outside (-1, 1), or thresholds that do not increase.
    """

    dim_x = dim_y = 1

    def __init__(self, correlation: Tensor, cuts_x: Tensor, cuts_y: Tensor | None = None) -> None:
        self.hidden = Multinormal(bivariate_correlation(correlation), dim_x=1)
        self.correlation = as_tensor(correlation, "correlation")
        self.cuts_x, self.cuts_y = _increasing(cuts_x), cuts_y
        if cuts_y is not None:
            self.cuts_y = _increasing(cuts_y)
        self.batch_shape, self.device = self.correlation.shape, self.correlation.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        x, y = self.hidden.sample(n_samples, generator=generator)
        if self.cuts_y is not None:
            y = _level(self.cuts_y, y[..., 0])[..., None]
        return _level(self.cuts_x, x[..., 0])[..., None].to(dtype), y.to(dtype)

    def mutual_information(self):
        if self.cuts_y is not None:
            return torch.xlogy(self._table, self._ratio).sum((-2, -1)).clamp_min(0)
        y, weights = self._nodes
        given = self._given(y)
        terms = torch.xlogy(given, given / self._margin[..., None, :]).sum(-1)  # (*batch, q)
        return (weights * terms).sum(-1).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        level = x[..., 0].long()
        if self.cuts_y is not None:
            place = level * self._table.shape[-1] + y[..., 0].long()
            return self._ratio.flatten(-2).gather(-1, place).log()
        given = self._given(y[..., 0].double()).gather(-1, level[..., None])[..., 0]
        return (given / self._margin.gather(-1, level)).log()

    def _given(self, y: Tensor) -> Tensor:
        """(*batch, q, K) probability of each level of X given the hidden values y (*batch, q)."""
        rho = self.correlation[..., None, None]
        z = (self.cuts_x[..., None, :] - rho * y[..., None]) / (1 - rho.square()).sqrt()
        return _between(z)

    @property
    def _margin(self) -> Tensor:
        """(*batch, K) probability of each level of X."""
        return _between(self.cuts_x)

    @property
    def _nodes(self) -> tuple[Tensor, Tensor]:
        """(*batch, q) nodes for the hidden Y, and weights with its density in them."""
        grid = torch.arange(-REACH, REACH + PANEL, PANEL, device=self.device, dtype=torch.float64)
        ends = grid.expand(*self.batch_shape, -1)
        if self.cuts_y is not None:
            ends = torch.cat([ends, self.cuts_y.clamp(-REACH, REACH)], -1).sort(-1).values
        nodes, weights = legendre_panels(ends[..., :-1], ends[..., 1:], 1)
        density = torch.exp(-nodes.square() / 2) / (2 * torch.pi) ** 0.5
        return nodes.flatten(-2), (weights * density).flatten(-2)

    @property
    def _table(self) -> Tensor:
        """(*batch, K, L) joint probabilities of the levels."""
        y, weights = self._nodes
        level = _level(self.cuts_y, y)[..., None, :].expand(*self.batch_shape, self._levels, -1)
        table = weights.new_zeros(*self.batch_shape, self._levels, self.cuts_y.shape[-1] + 1)
        return table.scatter_add(-1, level, (weights[..., None] * self._given(y)).mT)

    @property
    def _levels(self) -> int:
        return self.cuts_x.shape[-1] + 1

    @property
    def _ratio(self) -> Tensor:
        """(*batch, K, L) joint probabilities over those of independent levels."""
        table = self._table
        product = table.sum(-1, keepdim=True) * table.sum(-2, keepdim=True)
        return torch.where(product > 0, table / product.where(product > 0, 1.0), 1.0)


def random_ordinals(count: int, source: Source) -> OrdinalNormals:
    """Three to sixty levels, in equal steps or of any shares; on one side or, as often, on both."""
    size = source.uniform(0, 1, count).pow(log_uniform(source, 0.3, 3, count)) * 0.99
    sign = 1 - 2.0 * source.integers(0, 1, count)
    both = source.rng.random() < 0.5
    cuts_x = _random_cuts(count, source)
    return OrdinalNormals(sign * size, cuts_x, _random_cuts(count, source) if both else None)


def _random_cuts(count: int, source: Source) -> Tensor:
    """(count, K - 1) thresholds."""
    levels = round(float(log_uniform(source, 3, MOST_LEVELS)))
    if source.rng.random() < 0.5:
        step = log_uniform(source, 0.7, 1.5, count, 1) * 6 / levels
        middle = source.uniform(-0.8, 0.8, count, 1)
        return middle + step * (torch.arange(levels - 1, device=step.device) - (levels - 2) / 2)
    shares = dirichlet(source, log_uniform(source, 0.7, 20, count, 1).expand(count, levels))
    shares = 0.9 * shares + 0.1 / levels  # so that no level is all but impossible
    return torch.special.ndtri(shares.cumsum(-1)[..., :-1])


def _increasing(cuts: Tensor) -> Tensor:
    cuts = as_tensor(cuts, "cuts")
    if cuts.ndim < 1 or cuts.shape[-1] < 1:
        raise ParameterError(f"cuts must hold at least one threshold; got {tuple(cuts.shape)}.")
    require(cuts.diff(dim=-1) > 0, cuts.diff(dim=-1), "cuts must increase")
    return cuts


def _level(cuts: Tensor, values: Tensor) -> Tensor:
    """How many thresholds (*batch, K - 1) lie below each value (*batch, n)."""
    return torch.searchsorted(cuts.contiguous(), values.contiguous())


def _between(z: Tensor) -> Tensor:
    """(..., K) normal probabilities between thresholds (..., K - 1), precise in both tails."""
    edge = torch.full_like(z[..., :1], torch.inf)
    low, high = torch.cat([-edge, z], -1), torch.cat([z, edge], -1)
    right = low > 0  # there differences of the upper tail keep their digits
    low, high = torch.where(right, -high, low), torch.where(right, -low, high)
    return torch.special.ndtr(high) - torch.special.ndtr(low)

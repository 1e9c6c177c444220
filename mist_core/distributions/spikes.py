"""A mass at one value beside a continuum: rain, spending, counts of expression.

Whether X and Y are at their value is a two by two table; away from it, on both sides, they are a
normal pair, and alone each is as it is in the pair.
"""

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.randomness import Source, coin, dirichlet, log_uniform, normal


class Spiked(Law):
    """X = place_x or exp(scale_x U), Y = place_y or exp(scale_y V); (U, V) normal, correlated.

    I = I(on_x; on_y) + P(both on) I(U; V): a value away from the place has probability 0 there, so
    that who sees X sees on_x, and a value alone tells nothing but that.

    Args:
        table: (*batch, 2, 2) probabilities of (off, on) of X by those of Y, all positive or 0.
        correlation: of U and V, shape (*batch,).
        places: (*batch, 2) value of X and of Y where they are off; not positive, so that no value
            that is on meets it.
        scales: (*batch, 2), positive.

    Raises:
        ParameterError: a parameter out of its range.
    """

    dim_x = dim_y = 1

    def __init__(self, table: Tensor, correlation: Tensor, places: Tensor, scales: Tensor) -> None:
        table, places, scales = (
            as_tensor(value, name)
            for value, name in ((table, "table"), (places, "places"), (scales, "scales"))
        )
        require(table >= 0, table, "table must not be negative")
        require(places <= 0, places, "places must not be positive")
        require(scales > 0, scales, "scales must be positive")
        self.table = table / table.sum((-2, -1), keepdim=True)
        self.pair = Multinormal(bivariate_correlation(correlation), dim_x=1)
        self.places, self.scales = places, scales
        self.batch_shape, self.device = table.shape[:-2], table.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        n = require_dim(n_samples, "n_samples")
        cell = torch.multinomial(
            self.table.reshape(-1, 4), n, replacement=True, generator=generator
        ).reshape(*self.batch_shape, n, 1)
        sides = []
        for k, value in enumerate(self.pair.sample(n, generator=generator)):
            on = cell >= 2 if k == 0 else cell % 2 == 1
            grown = (self.scales[..., k, None, None] * value).exp()
            sides.append(torch.where(on, grown, self.places[..., k, None, None]).to(dtype))
        return tuple(sides)

    def mutual_information(self):
        ratio = self._ratio()
        both = self.table[..., 1, 1] * self.pair.mutual_information()
        return (torch.xlogy(self.table, ratio).sum((-2, -1)) + both).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        x, y = x.double(), y.double()
        on = [side[..., 0] > 0 for side in (x, y)]
        cell = 2 * on[0].long() + on[1].long()
        values = [
            (side.clamp_min(torch.finfo(side.dtype).tiny)).log() / self.scales[..., k, None, None]
            for k, side in enumerate((x, y))
        ]
        pair = self.pair.pointwise_mutual_information(*values)
        log_ratio = self._ratio().log().flatten(-2).gather(-1, cell)
        return log_ratio + torch.where(on[0] & on[1], pair, 0.0)

    def _ratio(self) -> Tensor:
        """p / (p_x p_y) of the table, (*batch, 2, 2); 1 where a margin is 0."""
        product = self.table.sum(-1, keepdim=True) * self.table.sum(-2, keepdim=True)
        return torch.where(product > 0, self.table / product.where(product > 0, 1.0), 1.0)


def random_spikes(count: int, source: Source) -> Spiked:
    """Off together, apart, or as a random table has it; on one side only in one law of five."""
    share = source.uniform(0.05, 0.95, count, 2)  # on, of X and of Y
    apart = torch.stack([1 - share, share], -1)  # (count, 2 sides, off and on)
    independent = apart[:, 0, :, None] * apart[:, 1, None, :]
    together = torch.diag_embed(apart[:, 0])
    strength = source.uniform(0, 1, count, 1, 1)
    strength = torch.where(coin(source, 0.3, count, 1, 1), strength.round(), strength)
    mixed = strength * together + (1 - strength) * independent
    free = dirichlet(source, torch.ones_like(share).repeat(1, 2)).reshape(count, 2, 2)
    table = torch.where(coin(source, 0.3, count, 1, 1), free, mixed)
    one_side = table.sum(-1, keepdim=True) * torch.tensor([0.0, 1.0]).to(table)
    table = torch.where(coin(source, 0.2, count, 1, 1), one_side, table)
    size = source.uniform(0, 1, count).pow(log_uniform(source, 0.3, 2, count)) * 0.99
    correlation = size * (1 - 2.0 * source.integers(0, 1, count))
    places = -normal(source, count, 2).abs() * coin(source, 0.3, count, 2)
    return Spiked(table, correlation, places, log_uniform(source, 0.05, 1.5, count, 2))

"""Heaped numbers: some people report an age to the year, some to the nearest ten."""

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.randomness import Source, coin, log_uniform
from mist_core.distributions.ordinal import OrdinalNormals

SPAN = 3.0  # heaps lie within so many standard deviations; beyond it all fall on the outermost


class Heaped(Law):
    """A normal pair whose X, and maybe Y, is moved to the nearest multiple of a step in some rows.

    Which rows is a matter of chance, and seen: a value that is exactly a multiple was moved. So
    I is the mean of what both ways of reporting tell, X by Y, each an `OrdinalNormals` or the pair.

    Args:
        correlation: shape (*batch,).
        steps: (2,) of X and of Y, the same for all laws: the number of heaps follows from it.
        shares: (*batch, 2) of the rows that are moved, in [0, 1].

    Raises:
        ParameterError: a share outside [0, 1].
    """

    dim_x = dim_y = 1

    def __init__(self, correlation: Tensor, steps: tuple[float, float], shares: Tensor) -> None:
        self.shares = as_tensor(shares, "shares")
        require((self.shares >= 0) & (self.shares <= 1), self.shares, "shares must lie in [0, 1]")
        cuts = [_cuts(step).to(self.shares).expand(len(correlation), -1) for step in steps]
        self.steps = steps
        self.only_x = OrdinalNormals(correlation, cuts[0])
        self.only_y = OrdinalNormals(correlation, cuts[1])
        self.both = OrdinalNormals(correlation, *cuts)
        self.pair = self.both.hidden
        self.batch_shape, self.device = self.pair.batch_shape, self.pair.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        n = require_dim(n_samples, "n_samples")
        sides = self.pair.sample(n, generator=generator)
        shape = (*self.batch_shape, n, 1)
        shown = []
        for k, side in enumerate(sides):
            moved = torch.rand(shape, generator=generator, device=self.device)
            heap = _heap(side, self.steps[k])
            share = self.shares[..., k, None, None]
            shown.append(torch.where(moved < share, heap, side).to(dtype))
        return tuple(shown)

    def mutual_information(self):
        x, y = self.shares.unbind(-1)
        parts = (
            (1 - x) * (1 - y) * self.pair.mutual_information(),
            x * (1 - y) * self.only_x.mutual_information(),
            (1 - x) * y * self.only_y.mutual_information(),
            x * y * self.both.mutual_information(),
        )
        return sum(parts)

    def pointwise_mutual_information(self, x, y):
        x, y = x.double(), y.double()
        levels = [_level(side, step) for side, step in zip((x, y), self.steps, strict=True)]
        moved = [
            (side - _heap(side, step)).abs()[..., 0] < 1e-9
            for side, step in zip((x, y), self.steps, strict=True)
        ]
        neither = self.pair.pointwise_mutual_information(x, y)
        only_x = self.only_x.pointwise_mutual_information(levels[0], y)
        only_y = self.only_y.pointwise_mutual_information(levels[1], x)
        both = self.both.pointwise_mutual_information(*levels)
        return torch.where(
            moved[0],
            torch.where(moved[1], both, only_x),
            torch.where(moved[1], only_y, neither),
        )


def _most(step: float) -> int:
    """Heaps to either side of the one at 0."""
    return max(1, round(SPAN / step))


def _cuts(step: float) -> Tensor:
    """(K - 1,) thresholds halfway between the K heaps."""
    most = _most(step)
    return (torch.arange(2 * most, dtype=torch.float64) - most + 0.5) * step


def _level(side: Tensor, step: float) -> Tensor:
    """Number of the nearest heap, from 0."""
    most = _most(step)
    return (side / step).round().clamp(-most, most) + most


def _heap(side: Tensor, step: float) -> Tensor:
    return (_level(side, step) - _most(step)) * step


def random_heaps(count: int, source: Source) -> Heaped:
    """Three to thirty heaps with a tenth to all of the rows, of X and in half of the laws of Y."""
    size = source.uniform(0, 1, count).pow(log_uniform(source, 0.3, 2, count)) * 0.99
    correlation = size * (1 - 2.0 * source.integers(0, 1, count))
    steps = tuple(float(step) for step in log_uniform(source, 0.2, 2.5, 2))
    shares = source.uniform(0.1, 1.2, count, 2).clamp_max(1)
    shares[:, 1] *= coin(source, 0.5, count)
    return Heaped(correlation, steps, shares)

"""Laws made of two known ones, whose MI nobody knows: see `strangers`.

Each looks like both of its parts and is neither: their sum, rows of the one among rows of the
other, the one where X is low and the other where it is high, or a chain from X of the one to Y of
the other. A network that must know nothing of a family learns only from those without it, so the
names of draws say what they are made of. Letters: B laws, n rows, p and q columns.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from mist_core.distributions.base import Law, Unmeasured
from mist_core.distributions.composite import Independent, noise
from mist_core.distributions.numerics.randomness import Source, log_uniform
from mist_core.priors.block import Block, Request
from mist_core.priors.blocks import BLOCKS

Sides = tuple[Tensor, Tensor]  # x (B, n, p) and y (B, n, q)
# Of two of these a blend is nearly the one or the other.
ELLIPTIC = {"gaussian", "student"}
# Weight of the second law beside the first.
SHARES = (0.4, 2.5)
# Of the largest value: the least scale of columns that are mostly one value.
LEAST_SCALE = 1e-6


def added(first: Sides, second: Sides, share: Tensor, generator: torch.Generator) -> Sides:
    """Both sides of the first and, `share` (B, 1, 1) times, of the second."""
    return tuple(_scaled(a) + share * _scaled(b) for a, b in zip(first, second, strict=True))


def shuffled(first: Sides, second: Sides, share: Tensor, generator: torch.Generator) -> Sides:
    """Rows of the first, and with probability share / (1 + share) of the second."""
    drawn = torch.rand(first[0].shape[:-1], generator=generator, device=share.device)
    due = drawn.unsqueeze(-1) < share / (1 + share)
    return tuple(
        torch.where(due, _scaled(b), _scaled(a)) for a, b in zip(first, second, strict=True)
    )


def switched(first: Sides, second: Sides, share: Tensor, generator: torch.Generator) -> Sides:
    """Y of the first where a column of its X is low, above that of the second, rank by rank."""
    x, y = first
    _, other = _by_rank(second, second[0], x)
    low = _ranks(x[..., :1]) < x.shape[-2] / (1 + share)
    return x, torch.where(low, _scaled(y), _scaled(other))


def chained(first: Sides, second: Sides, share: Tensor, generator: torch.Generator) -> Sides:
    """X of the first and Y of the second, whose X has the ranks of the first's Y in a column."""
    x, y = first
    return x, _by_rank(second, second[0], y)[1]


WAYS: dict[str, Callable[[Sides, Sides, Tensor, torch.Generator], Sides]] = {
    "sum": added,
    "rows": shuffled,
    "switch": switched,
    "chain": chained,
}


class Blend(Unmeasured):
    """Two batches of laws as one.

    Args:
        first, second: laws of the same columns and of one batch shape.
        names: of the blocks they are made of.
        way: key of `WAYS`.
        source: of their shares.
    """

    def __init__(
        self, first: Law, second: Law, names: tuple[str, str], way: str, source: Source
    ) -> None:
        self.first, self.second, self.names, self.way = first, second, names, way
        self.dim_x, self.dim_y = first.dim_x, first.dim_y
        self.batch_shape, self.device = first.batch_shape, first.device
        self.share = log_uniform(source, *SHARES, *self.batch_shape, 1, 1)

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        first, second = (
            law.sample(n_samples, generator=generator, dtype=dtype)
            for law in (self.first, self.second)
        )
        return WAYS[self.way](first, second, self.share.to(dtype), generator)


def random_blends(asked: Request) -> Blend:
    """Two blocks of numbers that differ, with columns of noise where they fill too few."""
    source, dims = asked.source, (asked.dim_x, asked.dim_y)
    fitting = [name for name, b in BLOCKS.items() if b.numeric and b.fits(*dims)]
    first = _pick(fitting, source)
    alike = ELLIPTIC if first in ELLIPTIC else {first}
    second = _pick([name for name in fitting if name not in alike], source)
    laws = (_filled(BLOCKS[name], asked) for name in (first, second))
    way = str(source.rng.choice(list(WAYS)))
    return Blend(*laws, (first, second), way, source)


def _pick(names: list[str], source: Source) -> str:
    weights = np.array([BLOCKS[name].weight for name in names])
    return str(source.rng.choice(names, p=weights / weights.sum()))


def _filled(block: Block, asked: Request) -> Law:
    """A block in the first columns, noise in the others."""
    law = block.within(asked)
    left_x, left_y = asked.dim_x - law.dim_x, asked.dim_y - law.dim_y
    if not (left_x or left_y):
        return law
    return Independent([law, noise(left_x, left_y, asked.count, asked.source)])


def _scaled(side: Tensor) -> Tensor:
    """The columns with median 0 and, whatever their tails, median absolute value 1."""
    centred = side - side.median(-2, keepdim=True).values
    scale = centred.abs().median(-2, keepdim=True).values
    return centred / scale.clamp_min(LEAST_SCALE * (1 + centred.abs().amax(-2, keepdim=True)))


def _ranks(column: Tensor) -> Tensor:
    """(B, n, 1) ranks, from 0, of a column (B, n, 1)."""
    return column.argsort(-2).argsort(-2)


def _by_rank(sides: Sides, order: Tensor, like: Tensor) -> Sides:
    """The sides' rows in that order in which `order`'s first column has the ranks of `like`'s."""
    rows = order[..., :1].argsort(-2).gather(-2, _ranks(like[..., :1]))
    return tuple(side.gather(-2, rows.expand_as(side)) for side in sides)

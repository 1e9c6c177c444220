"""Random invertible maps of one side, batched: a law as a user's columns may show it."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import Source, log_uniform, normal
from mist_core.distributions.transforms.maps import (
    Asinh,
    Compose,
    HalfCube,
    Identity,
    Linear,
    NormalCDF,
    Permutation,
    Transform,
    WigglyX,
    WigglyY,
)
from mist_core.distributions.transforms.spirals import Spiral

MONOTONE: tuple[Transform, ...] = (
    Identity(),
    HalfCube(),
    Asinh(),
    WigglyX(),
    WigglyY(),
    Compose(Asinh(), NormalCDF()),  # asinh first: the CDF alone makes ties of heavy tails
)

# How often a draw is rich in spirals, and how often a side is one then and otherwise.
TOGETHER, SPIRALS_TOGETHER, SPIRALS_ALONE = 0.22, 0.75, 0.05


class PerColumn(Transform):
    """Another increasing map for each column.

    Args:
        maps: one transform a column, each elementwise.
    """

    def __init__(self, maps: Sequence[Transform]) -> None:
        self.maps = tuple(maps)

    def __call__(self, x):
        return self._apply(x, [transform.__call__ for transform in self.maps])

    def inverse(self, y):
        return self._apply(y, [transform.inverse for transform in self.maps])

    def _apply(self, x: Tensor, maps: Sequence) -> Tensor:
        return torch.cat([f(column) for f, column in zip(maps, x.split(1, -1), strict=True)], -1)


def random_maps(
    dims: Sequence[int],
    count: int,
    source: Source,
    *,
    numeric: bool = True,
    mixing: bool = True,
) -> list[Transform]:
    """`count` maps of each side that share a recipe; spirals often come on both sides at once.

    In a third of the draws nothing but the order of a side's columns changes, as bmi's and most
    users' columns are.

    Args:
        dims: columns of each side.
        numeric: false for codes and classes, which only change place.
        mixing: false for maps of single columns alone.
    """
    spirals = SPIRALS_TOGETHER if source.rng.random() < TOGETHER else SPIRALS_ALONE
    return [_random_map(dim, count, source, numeric, mixing, spirals) for dim in dims]


def _random_map(
    dim: int, count: int, source: Source, numeric: bool, mixing: bool, spirals: float
) -> Transform:
    """Maps of one side; `spirals` is how often one is a spiral, if it is mapped at all."""
    mixing = mixing and dim > 1
    steps: list[Transform] = []
    if numeric and source.rng.random() > 0.33:
        if source.rng.random() < 0.5:
            steps.append(_monotone(dim, source))
        if mixing and source.rng.random() < 0.5:
            steps.append(_linear(dim, count, source))
        if mixing and source.rng.random() < spirals:
            i, j = source.rng.choice(dim, 2, replace=False)
            speed = source.uniform(-1.5, 1.5, count) / dim
            steps.append(Spiral((int(i), int(j)), speed))
        if source.rng.random() < 0.3:
            steps.append(_monotone(dim, source))
    order = torch.rand(count, dim, generator=source.generator, device=source.generator.device)
    return Compose(*steps, Permutation(order.argsort(-1)))


def _monotone(dim: int, source: Source) -> Transform:
    """One increasing map for all columns, or one a column."""
    if source.rng.random() < 0.5:
        return MONOTONE[source.rng.integers(len(MONOTONE))]
    return PerColumn([MONOTONE[k] for k in source.rng.integers(len(MONOTONE), size=dim)])


def _linear(dim: int, count: int, source: Source) -> Linear:
    """Rotation, stretch, rotation: a condition number up to 3, or one law in three up to 100."""
    most = 100.0 if source.rng.random() < 0.33 else 3.0
    turns = torch.linalg.qr(normal(source, 2, count, dim, dim)).Q
    stretch = log_uniform(source, 1 / math.sqrt(most), math.sqrt(most), count, dim)
    return Linear(turns[0] * stretch.unsqueeze(-2) @ turns[1])

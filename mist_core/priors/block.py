"""What a block of the `general` meta-distribution is, and the sizes blocks come in.

A block says how many of the columns left it takes, and builds a batch of laws there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mist_core.distributions.base import Law
from mist_core.distributions.composite import Swapped
from mist_core.distributions.numerics.randomness import Source

Size = Callable[[int, int, np.random.Generator], tuple[int, int]]
MOST_CLASSES = 6


@dataclass(frozen=True)
class Request:
    """What is asked of a block.

    Attributes:
        dim_x, dim_y: columns of each side.
        count: laws in the batch.
        source: of all randomness.
        tolerance: standard error that a Monte Carlo truth must reach, nats.
    """

    dim_x: int
    dim_y: int
    count: int
    source: Source
    tolerance: float

    def swapped(self) -> "Request":
        """The same with the columns of X and Y exchanged."""
        return replace(self, dim_x=self.dim_y, dim_y=self.dim_x)


Build = Callable[[Request], Law]


@dataclass(frozen=True)
class Block:
    """One kind of dependence.

    Attributes:
        sentence: what it is, for people.
        build: from a request to a batch of laws.
        size: (columns left of X, of Y, rng) to the columns taken.
        weight: how often it is drawn, relative to the others that fit.
        least: fewest columns of X and of Y.
        numeric: whether its columns may be mixed and bent; classes may not.
        continuous: whether no value comes twice; else rounding would hide some, and repeated rows
            could not be told from others.
        wide: whether it is drawn more often where both sides have many columns.
    """

    sentence: str
    build: Build
    size: Size
    weight: float = 1.0
    least: tuple[int, int] = (1, 1)
    numeric: bool = True
    continuous: bool = True
    wide: bool = False

    def fits(self, left_x: int, left_y: int) -> bool:
        return left_x >= self.least[0] and left_y >= self.least[1]

    def within(self, left: Request) -> Law:
        """Laws in as many of the columns that are left as it likes."""
        dim_x, dim_y = self.size(left.dim_x, left.dim_y, left.source.rng)
        return self.build(replace(left, dim_x=dim_x, dim_y=dim_y))


def any_size(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """All columns in half of the draws, else any number of either side."""
    if rng.random() < 0.5:
        return left_x, left_y
    return int(rng.integers(1, left_x, endpoint=True)), int(rng.integers(1, left_y, endpoint=True))


def up_to(most: int) -> Size:
    """Up to `most` columns a side, few more often."""

    def size(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
        return tuple(1 + int(rng.random() ** 1.5 * min(left, most)) for left in (left_x, left_y))

    return size


def single(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 1, 1


def equal(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    dim = int(rng.integers(1, min(left_x, left_y), endpoint=True))
    return dim, dim


def _class_columns(left: int, rng: np.random.Generator) -> int:
    """1 for integer codes, else the number of classes, one column each."""
    most = min(left, MOST_CLASSES)
    return 1 if most < 2 or rng.random() < 0.4 else int(rng.integers(2, most, endpoint=True))


def two_class_sides(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """Columns of a class variable on either side."""
    return _class_columns(left_x, rng), _class_columns(left_y, rng)


def class_and_numbers(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """Columns of a class variable on the side of X, up to five of numbers on the other."""
    return _class_columns(left_x, rng), 1 + int(rng.random() ** 2 * min(left_y, 5))


def class_side(columns: int, source: Source) -> tuple[int, str]:
    """Number of classes and encoding of a class variable in that many columns."""
    if columns > 1:
        return columns, "onehot"
    return int(source.rng.integers(2, 12, endpoint=True)), "codes"


def either_way(law: Law, source: Source) -> Law:
    """A law of one column a side, seen from either side."""
    return law if source.rng.random() < 0.5 else Swapped(law)


def fixed(draw: Callable[[int, Source], Law]) -> Build:
    """The build of laws that have one shape only."""
    return lambda asked: draw(asked.count, asked.source)


def turned(draw: Callable[[int, Source], Law]) -> Build:
    """The build of laws of one column a side, seen from either side."""
    return lambda asked: either_way(draw(asked.count, asked.source), asked.source)

"""Blocks of what tables hold and normal laws do not.

Angles, chaotic sequences, a mass at one value, counts, heaped numbers, classes with other noise or
beside numbers they act together with, and directions hidden among many columns.
"""

from collections.abc import Callable

import numpy as np

from mist_core.distributions import (
    circles,
    counts,
    heaped,
    indices,
    interactions,
    skewed_classes,
    spikes,
)
from mist_core.distributions.base import Law
from mist_core.distributions.composite import Independent, Transformed
from mist_core.distributions.numerics.randomness import Source, log_uniform
from mist_core.distributions.transforms.maps import Identity
from mist_core.priors.block import Block, Build, class_and_numbers, class_side, either_way, single


def _several(draw: Callable[[int, Source], Law]) -> Build:
    """As many independent pairs of columns of a law of one column a side as there are columns."""

    def build(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
        return Independent([either_way(draw(count, source), source) for _ in range(dim_x)])

    return build


def _few_equal(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """One pair of columns in three of four draws, else up to six."""
    dim = 1 if rng.random() < 0.75 else int(rng.integers(1, min(left_x, left_y, 6), endpoint=True))
    return dim, dim


def _angle(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    """An angle a side, as a number with a seam or as a point on a circle."""
    law = either_way(circles.random_angles(count, source), source)
    sides = [
        Identity() if dim == 1 else circles.OnCircle(log_uniform(source, 0.3, 3, count))
        for dim in (dim_x, dim_y)
    ]
    return Transformed(law, *sides)


def _one_or_two(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return tuple(1 + int(left > 1 and rng.random() < 0.5) for left in (left_x, left_y))


def _folded(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    law = circles.random_folds(count, source)
    if source.rng.random() < 0.3:
        law = Transformed(law, circles.Logistic(), circles.Logistic())
    return either_way(law, source)


def _rate(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return either_way(counts.random_rates_and_counts(count, source), source)


def _skewed(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    classes, encoding = class_side(dim_x, source)
    return skewed_classes.random_skewed_classes(
        count, source, classes, dim_y, encoding, tolerance=tolerance
    )


def _interaction(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    numbers = 1 if dim_x < 3 or source.rng.random() < 0.6 else 2
    classes, encoding = class_side(dim_x - numbers, source)
    return interactions.random_class_slopes(count, source, classes, numbers, encoding)


def _class_beside_numbers(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 2 if rng.random() < 0.4 else int(rng.integers(2, min(left_x, 8), endpoint=True)), 1


def _index(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return indices.random_indices(dim_x, dim_y, count, source)


def _many_to_few(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """All columns of X in half of the draws, and up to four of Y."""
    dim_x = left_x if rng.random() < 0.5 else int(rng.integers(2, left_x, endpoint=True))
    return dim_x, 1 + int(rng.random() ** 2 * min(left_y, 4))


EVERYDAY: dict[str, Block] = {
    "angle": Block(_angle, _one_or_two, weight=0.7),
    "folded": Block(_folded, single, weight=0.7),
    "index": Block(_index, _many_to_few, weight=1.2, least=(2, 1), wide=True),
    "spike": Block(_several(spikes.random_spikes), _few_equal, continuous=False),
    "heaped": Block(_several(heaped.random_heaps), _few_equal, weight=0.5, continuous=False),
    "counts": Block(_several(counts.random_counts), _few_equal, weight=0.5, continuous=False),
    "rate": Block(_rate, single, weight=0.3, continuous=False),
    "skewed-class": Block(_skewed, class_and_numbers, weight=0.8, numeric=False),
    "interaction": Block(_interaction, _class_beside_numbers, least=(2, 1), numeric=False),
}

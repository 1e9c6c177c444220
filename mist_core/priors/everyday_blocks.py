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
from mist_core.priors.block import (
    Block,
    Build,
    Request,
    class_and_numbers,
    class_side,
    single,
    turned,
)


def _several(draw: Callable[[int, Source], Law]) -> Build:
    """As many independent pairs of columns of a law of one column a side as there are columns."""

    return lambda asked: Independent([turned(draw)(asked) for _ in range(asked.dim_x)])


def _few_equal(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """One pair of columns in three of four draws, else up to six."""
    dim = 1 if rng.random() < 0.75 else int(rng.integers(1, min(left_x, left_y, 6), endpoint=True))
    return dim, dim


def _angle(asked: Request) -> Law:
    """An angle a side, as a number with a seam or as a point on a circle."""
    law = turned(circles.random_angles)(asked)
    sides = [
        Identity() if dim == 1 else circles.OnCircle(log_uniform(asked.source, 0.3, 3, asked.count))
        for dim in (asked.dim_x, asked.dim_y)
    ]
    return Transformed(law, *sides)


def _one_or_two(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return tuple(1 + int(left > 1 and rng.random() < 0.5) for left in (left_x, left_y))


def _folded(count: int, source: Source) -> Law:
    law = circles.random_folds(count, source)
    if source.rng.random() < 0.3:
        law = Transformed(law, circles.Logistic(), circles.Logistic())
    return law


def _skewed(asked: Request) -> Law:
    classes, encoding = class_side(asked.dim_x, asked.source)
    return skewed_classes.random_skewed_classes(
        asked.count, asked.source, classes, asked.dim_y, encoding, tolerance=asked.tolerance
    )


def _interaction(asked: Request) -> Law:
    numbers = 1 if asked.dim_x < 3 or asked.source.rng.random() < 0.6 else 2
    classes, encoding = class_side(asked.dim_x - numbers, asked.source)
    return interactions.random_class_slopes(asked.count, asked.source, classes, numbers, encoding)


def _class_beside_numbers(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 2 if rng.random() < 0.4 else int(rng.integers(2, min(left_x, 8), endpoint=True)), 1


def _index(asked: Request) -> Law:
    return indices.random_indices(asked.dim_x, asked.dim_y, asked.count, asked.source)


def _many_to_few(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """All columns of X in half of the draws, and up to four of Y."""
    dim_x = left_x if rng.random() < 0.5 else int(rng.integers(2, left_x, endpoint=True))
    return dim_x, 1 + int(rng.random() ** 2 * min(left_y, 4))


EVERYDAY: dict[str, Block] = {
    "angle": Block(
        "An angle that turns once, twice or three times with another, under noise that "
        "wraps around; as numbers with a seam or as points on a circle.",
        _angle,
        _one_or_two,
        weight=0.7,
    ),
    "folded": Block(
        "Sawtooth and tent maps of up to eight branches, as chaotic sequences have them, "
        "under little noise.",
        turned(_folded),
        single,
        weight=0.7,
    ),
    "index": Block(
        "One or two columns that are curves of hidden directions among the columns of the"
        " other side, plus noise.",
        _index,
        _many_to_few,
        weight=1.2,
        least=(2, 1),
        wide=True,
    ),
    "spike": Block(
        "A mass at one value beside a log-normal continuum, on both sides together, "
        "apart, or on one.",
        _several(spikes.random_spikes),
        _few_equal,
        continuous=False,
    ),
    "heaped": Block(
        "A normal pair of which some rows are moved to the nearest multiple of a step.",
        _several(heaped.random_heaps),
        _few_equal,
        weight=0.5,
        continuous=False,
    ),
    "counts": Block(
        "Two over-dispersed counts of one hidden rate, often with too many zeros.",
        _several(counts.random_counts),
        _few_equal,
        weight=0.5,
        continuous=False,
    ),
    "rate": Block(
        "A gamma rate and a Poisson count of it, often with too many zeros.",
        turned(counts.random_rates_and_counts),
        single,
        weight=0.3,
        continuous=False,
    ),
    "skewed-class": Block(
        "X is a class, and Y has uniform, skewed or Laplace noise given the class.",
        _skewed,
        class_and_numbers,
        weight=0.8,
        numeric=False,
    ),
    "interaction": Block(
        "A class and one or two numbers on one side; in each class Y follows another line.",
        _interaction,
        _class_beside_numbers,
        least=(2, 1),
        numeric=False,
    ),
}

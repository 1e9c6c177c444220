"""Draws for second opinions: what all rows' neighbours say of datasets of known laws."""

from collections.abc import Callable
from dataclasses import dataclass

import joblib
import numpy as np
import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.inference.second_opinion import PAIRS
from mist_core.inference.second_opinion_given import GIVEN
from mist_core.interrupts import quiet_children
from mist_core.networks.second_opinion import Subject
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.conditional import prior as given
from mist_core.priors.general import General
from mist_core.statistics import neighbours_given, second_opinion
from mist_core.statistics.summary import Pair
from mist_core.statistics.triple import triple

LAWS = General(
    rows=(second_opinion.LEAST_ROWS, second_opinion.MOST_ROWS),
    dims=12,
    cells=300_000,
    published=0.15,
    tall=0,
    long=0,
)
GIVEN_ROWS = (neighbours_given.LEAST_ROWS, neighbours_given.MOST_ROWS)
ONE_SHAPE = 8


@dataclass(frozen=True)
class Draws:
    """D datasets.

    Attributes:
        statistics: (D, F).
        truth: (D,) nats.
        columns: (D,) of all sides together.
        kinds: of each, the kinds of law it is made of.
    """

    statistics: Tensor
    truth: Tensor
    columns: Tensor
    kinds: tuple[tuple[str, ...], ...]

    def part(self, places: np.ndarray) -> "Draws":
        """Some of the datasets."""
        kinds = tuple(self.kinds[k] for k in places)
        return Draws(self.statistics[places], self.truth[places], self.columns[places], kinds)


@dataclass(frozen=True)
class Lesson:
    """What a second opinion of a subject learns from: one group of a seed, and all kinds of law."""

    subject: Subject
    group: Callable[[int, int], Draws | None]
    kinds: tuple[str, ...]


def of_pairs(seed: int, index: int) -> Draws | None:
    """The untied ones of `ONE_SHAPE` datasets of `general` laws; None where all are too wide."""
    batch = LAWS.draw(ONE_SHAPE, source(stream(seed, "train", index)))
    pair = Pair(batch.x, batch.y)
    if not second_opinion.fits(pair.rows, pair.columns):
        return None
    statistics, untied = second_opinion.read(pair.views)
    kinds = tuple(composition.blocks for composition in batch.compositions)
    return _told(statistics, batch.mutual_information, pair.columns, kinds, untied)


def of_triples(seed: int, index: int) -> Draws | None:
    """The same of conditional laws, whose rows have no order."""
    drawn = given.draw(
        ONE_SHAPE, source(stream(seed, "train", index)), rows=GIVEN_ROWS, in_time=0.0
    )
    sides = drawn.x, drawn.y, drawn.z
    columns = sum(side.shape[2] for side in sides)
    if not neighbours_given.fits(drawn.x.shape[1], columns):
        return None
    statistics, untied = neighbours_given.read(triple(*(side.float() for side in sides)))
    kinds = ((drawn.kind,),) * ONE_SHAPE
    return _told(statistics, drawn.information, columns, kinds, untied)


def _told(
    statistics: Tensor, truth: Tensor, columns: int, kinds: tuple, untied: Tensor
) -> Draws | None:
    kept = np.flatnonzero(untied.numpy())
    wide = torch.full((len(truth),), columns)
    return Draws(statistics, truth.float(), wide, kinds).part(kept) if len(kept) else None


LESSONS = {
    PAIRS.name: Lesson(PAIRS, of_pairs, tuple(BLOCKS)),
    GIVEN.name: Lesson(GIVEN, of_triples, tuple(given.KINDS)),
}


def drawn(
    lesson: Lesson, shapes: int, seed: int, jobs: int, done: Callable[[int], object]
) -> Draws:
    """Untied datasets of the training laws.

    Args:
        lesson: of which subject.
        shapes: groups of `ONE_SHAPE` datasets that are drawn; those too wide or tied are left out.
        seed: of all randomness.
        jobs: groups at work side by side; the result is the same.
        done: called with 1 for each group.
    """
    parts = []
    with quiet_children():
        tasks = (joblib.delayed(_alone)(lesson.group, seed, index) for index in range(shapes))
        for part in joblib.Parallel(jobs, return_as="generator")(tasks):
            parts += [part] if part else []
            done(1)
    return Draws(
        torch.cat([part.statistics for part in parts]),
        torch.cat([part.truth for part in parts]),
        torch.cat([part.columns for part in parts]),
        sum((part.kinds for part in parts), ()),
    )


def _alone(group: Callable[[int, int], Draws | None], seed: int, index: int) -> Draws | None:
    torch.set_num_threads(1)
    return group(seed, index)

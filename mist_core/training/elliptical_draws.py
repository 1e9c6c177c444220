"""Draws for elliptical opinions: what copulas and a network say of datasets of known laws."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import joblib
import numpy as np
import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.inference import conditional
from mist_core.inference.estimator import MISTEstimator
from mist_core.interrupts import quiet_children
from mist_core.networks.elliptical_opinion import GIVEN, OF_PAIRS
from mist_core.networks.quantiles import Prediction
from mist_core.priors.batch import Batch
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.conditional import prior as given
from mist_core.priors.general import General
from mist_core.priors.paper import PAPER_TRAIN, Paper
from mist_core.statistics import elliptical, elliptical_given
from mist_core.statistics.summary import Pair
from mist_core.statistics.triple import triple

# Datasets of one shape, and of how many rows.
ONE_SHAPE = 8
ROWS, CELLS = (elliptical.LEAST_ROWS, elliptical.MOST_DRAWN), 250_000
# Share of the shapes that are of the published laws, and their most rows: they have many columns.
PUBLISHED, PUBLISHED_ROWS = 0.3, 10_000
ROWS_GIVEN = elliptical_given.LEAST_ROWS, elliptical_given.MOST_DRAWN


@dataclass(frozen=True)
class Draws:
    """D datasets.

    Attributes:
        statistics, estimates, errors: of `elliptical.Fits`, (D, F), (D, C) and (D, C).
        mean, log_quantiles, in_family: of the network's `Prediction`, (D,), (D, L) and (D,).
        truth: (D,) nats.
        kinds: of each, the kinds of law it is made of.
    """

    statistics: Tensor
    estimates: Tensor
    errors: Tensor
    mean: Tensor
    log_quantiles: Tensor
    in_family: Tensor
    truth: Tensor
    kinds: tuple[tuple[str, ...], ...]

    @classmethod
    def of(
        cls, fits: elliptical.Fits, said: Prediction, truth: Tensor, kinds: tuple
    ) -> "Draws | None":
        """The untied ones of some datasets; None where none is."""
        assert said.in_family is not None
        numbers = fits.statistics, fits.estimates, fits.errors
        told = cls(*numbers, said.mean, said.log_quantiles, said.in_family, truth.float(), kinds)
        kept = np.flatnonzero(fits.untied.numpy())
        return told.part(kept) if len(kept) else None

    @property
    def fits(self) -> elliptical.Fits:
        """What copulas make of them."""
        untied = torch.ones_like(self.truth, dtype=torch.bool)
        return elliptical.Fits(self.statistics, self.estimates, self.errors, untied)

    @property
    def prediction(self) -> Prediction:
        """What the network says of them."""
        return Prediction(self.mean, self.log_quantiles, self.in_family)

    def part(self, places: np.ndarray | Tensor) -> "Draws":
        """Some of the datasets."""
        numbers = {f.name: getattr(self, f.name)[places] for f in fields(self) if f.name != "kinds"}
        return Draws(**numbers, kinds=tuple(self.kinds[int(k)] for k in places))

    @staticmethod
    def joined(parts: "list[Draws]") -> "Draws":
        """Several, one after another."""
        names = [f.name for f in fields(Draws) if f.name != "kinds"]
        numbers = {name: torch.cat([getattr(part, name) for part in parts]) for name in names}
        return Draws(**numbers, kinds=sum((part.kinds for part in parts), ()))


@dataclass(frozen=True)
class Lesson:
    """What an opinion learns from.

    Attributes:
        subject: of the opinion.
        group: (weights, seed, index) to one group of datasets.
        kinds: all kinds of law.
        elliptical: those under which copulas fit.
        share: of the other kinds that a member learns from; of few kinds all.
        caution: what trust costs, nats, as a law that looks elliptical may be new.
    """

    subject: str
    group: Callable[[str, int, int], Draws | None]
    kinds: tuple[str, ...]
    elliptical: tuple[str, ...]
    share: float
    caution: float


def of_pairs(weights: str, seed: int, index: int) -> Draws | None:
    """`ONE_SHAPE` datasets of `general` laws or of published ones; None where too wide or tied."""
    batch = _pairs(seed, index)
    pair = Pair(batch.x, batch.y)
    if not elliptical.fits(pair.rows, pair.columns):
        return None
    said = _estimator(weights).predict(pair)
    kinds = tuple(composition.blocks for composition in batch.compositions)
    return Draws.of(elliptical.read(pair.views), said, batch.mutual_information, kinds)


def of_triples(weights: str, seed: int, index: int) -> Draws | None:
    """The same of conditional laws, whose rows have no order; the head needs no other weights."""
    drawn = given.draw(
        ONE_SHAPE, source(stream(seed, "train", index)), rows=ROWS_GIVEN, in_time=0.0
    )
    sides = drawn.x, drawn.y, drawn.z
    if not elliptical_given.fits(drawn.x.shape[1], sum(side.shape[2] for side in sides)):
        return None
    t = triple(*(side.float() for side in sides))
    kinds = ((drawn.kind,),) * ONE_SHAPE
    return Draws.of(elliptical_given.read(t), conditional.predict(t), drawn.information, kinds)


LESSONS = {
    OF_PAIRS: Lesson(
        OF_PAIRS, of_pairs, tuple(BLOCKS), ("gaussian", "student", "independent"), 0.5, 0.1
    ),
    GIVEN: Lesson(GIVEN, of_triples, tuple(given.KINDS), ("gaussian",), 1.0, 0.3),
}


def drawn(
    lesson: Lesson,
    weights: str,
    shapes: int,
    seed: int,
    jobs: int,
    done: Callable[[int], object],
) -> Draws:
    """Untied datasets of the training laws.

    Args:
        lesson: of which subject.
        weights: the network whose answers are kept, by name or path.
        shapes: groups of `ONE_SHAPE` datasets that are drawn; those too wide or tied are left out.
        seed: of all randomness.
        jobs: groups at work side by side; the result is the same.
        done: called with 1 for each group.
    """
    parts = []
    with quiet_children():
        tasks = (joblib.delayed(_alone)(lesson.group, weights, seed, k) for k in range(shapes))
        for part in joblib.Parallel(jobs, return_as="generator")(tasks):
            parts += [part] if part else []
            done(1)
    return Draws.joined(parts)


def _pairs(seed: int, index: int) -> Batch:
    randomness = source(stream(seed, "train", index))
    if randomness.rng.random() < PUBLISHED:
        n = round(math.exp(randomness.rng.uniform(*np.log([ROWS[0], PUBLISHED_ROWS]))))
        return Paper(PAPER_TRAIN, (n, n)).draw(ONE_SHAPE, randomness)
    laws = replace(General(), rows=ROWS, cells=CELLS, published=0.0, tall=0.0, long=0.0)
    return laws.draw(ONE_SHAPE, randomness)


def _alone(group: Callable, weights: str, seed: int, index: int) -> Draws | None:
    torch.set_num_threads(1)
    with torch.inference_mode():
        return group(weights, seed, index)


@functools.cache
def _estimator(weights: str) -> MISTEstimator:
    return MISTEstimator.load(weights, "cpu")

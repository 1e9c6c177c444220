"""Self-consistency: what every estimator of mutual information must satisfy, whatever the truth.

After Song and Ermon (2020, doi:10.48550/arXiv.1910.06222), with more identities. Each check takes
two independent samples of one law, makes of them datasets whose informations are related, and
measures how far the estimates break the relation.
"""

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mist_core.benchmarks.tasks import Cell
from mist_core.distributions.families import FAMILIES
from mist_core.distributions.numerics.randomness import TEST_ENTROPY, Source, source
from mist_core.distributions.transforms.maps import Asinh, HalfCube
from mist_core.priors.batch import Batch, Composition

ROWS = (1000,)
SEEDS = 5
TOLERANCE = 0.05  # nats; about what 1,000 rows leave undecided
# Far from the redraws of the test grids, which are children 0, 1, ... of the same entropy.
_STREAM = 900
_NOISES = (4.0, 2.0, 1.0, 0.5, 0.0)

Pair = tuple[Tensor, Tensor]  # x (n, dim_x) and y (n, dim_y) of one dataset


@dataclass(frozen=True)
class Material:
    """Two independent samples of one law, and noise as wide as Y.

    Attributes:
        first, second: (x, y) each.
        noise: (n, dim), standard normal.
        truth: mutual information of the law, nats.
    """

    first: Pair
    second: Pair
    noise: Tensor
    truth: float


@dataclass(frozen=True)
class Check:
    """One law of information.

    Attributes:
        statement: what must hold, in one sentence.
        parts: from the material to named datasets, each with its truth or NaN.
        violation: from the estimates by part to how far they break it, nats, at least 0.
    """

    statement: str
    parts: Callable[[Material], dict[str, tuple[Tensor, Tensor, float]]]
    violation: Callable[[dict[str, float]], float]


@dataclass(frozen=True, kw_only=True)
class CheckCell(Cell):
    """One part of one check: `task` is the check, `family` the law, in words."""

    def draw(self) -> Batch:
        x, y, truth = parts_of(self.task, self.family, self.n_samples, self.seed)[self.part]
        truths = torch.tensor([truth], dtype=torch.float64)
        return Batch(x.unsqueeze(0), y.unsqueeze(0), truths, (Composition.of(self.family),))

    def bundle(self, draw):
        return self.task, self.family, self.n_samples, self.seed


def check_cells(rows: Sequence[int] = ROWS, n_seeds: int = SEEDS) -> list[CheckCell]:
    """All parts of all checks on all laws."""
    return [
        CheckCell(
            task=check,
            family=law,
            n_samples=n,
            dim_x=x.shape[1],
            dim_y=y.shape[1],
            seed=seed,
            part=part,
        )
        for check in CHECKS
        for law in LAWS
        for n in rows
        for seed in range(n_seeds)
        for part, (x, y, _) in parts_of(check, law, n, seed).items()
    ]


@functools.cache
def parts_of(check: str, law: str, n: int, seed: int) -> dict[str, tuple[Tensor, Tensor, float]]:
    """The datasets of one check on one law: few and small, so they stay in memory."""
    return CHECKS[check].parts(_material(law, n, seed))


def _material(law: str, n: int, seed: int) -> Material:
    family, dim, values = LAWS[law]
    spawn_key = (_STREAM + list(LAWS).index(law), seed)
    randomness = source(np.random.SeedSequence(TEST_ENTROPY, spawn_key=spawn_key))
    built = FAMILIES[family].build(dim, dim, **values)
    first, second = (_sample(built, n, randomness) for _ in range(2))
    noise = torch.randn(n, dim, generator=randomness.generator, dtype=torch.float64)
    return Material(first, second, noise, built.mutual_information().item())


def _sample(law, n: int, randomness: Source) -> Pair:
    return law.sample(n, generator=randomness.generator)


LAWS: dict[str, tuple[str, int, dict]] = {
    "normal, 1 + 1": ("bivariate-normal", 1, {"correlation": 0.75}),
    "normal, 3 + 3": ("normal-dense", 3, {"off_diag": 0.5}),
    "Student, 2 + 2": ("student-dense", 2, {"off_diag": 0.5, "df": 3.0}),
    "uniform, 1 + 1": ("additive", 1, {"epsilon": 0.5}),
}


def _independence(m: Material):
    return {"independent": (m.first[0], m.second[1], 0.0)}


def _additivity(m: Material):
    both = (torch.cat(sides, 1) for sides in zip(m.first, m.second, strict=True))
    return {
        "first": (*m.first, m.truth),
        "second": (*m.second, m.truth),
        "both": (*both, 2 * m.truth),
    }


def _data_processing(m: Material):
    x, y = m.first
    return {
        "whole": (x, y, m.truth),
        "rounded": (x.round(), y, math.nan),
        "noisy": (x + m.noise, y, math.nan),
    }


def _symmetry(m: Material):
    return {"whole": (*m.first, m.truth), "swapped": (*m.first[::-1], m.truth)}


def _monotone(m: Material):
    x, y = m.first
    return {"whole": (x, y, m.truth), "mapped": (HalfCube()(x), -Asinh()(y), m.truth)}


def _linear(m: Material):
    x, y = m.first
    sums = torch.ones(x.shape[1], x.shape[1], dtype=x.dtype).tril()
    return {"whole": (x, y, m.truth), "mapped": (x @ sums.mT + 3, -100 * y.flip(1), m.truth)}


def _growth(m: Material):
    x, y = m.first
    # The same noise ever weaker: each Y is a degraded copy of the next.
    return {f"noise {s:g}": (x, y + s * m.noise, math.nan if s else m.truth) for s in _NOISES}


def _spread(estimates: dict[str, float]) -> float:
    return max(estimates.values()) - min(estimates.values())


def _excess(estimates: dict[str, float]) -> float:
    rest = [value for part, value in estimates.items() if part != "whole"]
    return max(0.0, max(rest) - estimates["whole"])


def _largest_fall(estimates: dict[str, float]) -> float:
    values = [estimates[f"noise {s:g}"] for s in _NOISES]
    return max(0.0, *(before - after for before, after in itertools.pairwise(values)))


CHECKS: dict[str, Check] = {
    "independence": Check(
        "Independent X and Y share no information.",
        _independence,
        lambda e: abs(e["independent"]),
    ),
    "additivity": Check(
        "Two independent blocks share the sum of what each shares.",
        _additivity,
        lambda e: abs(e["both"] - e["first"] - e["second"]),
    ),
    "data processing": Check(
        "Rounding X, or adding noise to it, cannot raise the information.",
        _data_processing,
        _excess,
    ),
    "symmetry": Check("X tells about Y what Y tells about X.", _symmetry, _spread),
    "monotone maps": Check(
        "Increasing or decreasing maps of single columns change nothing.", _monotone, _spread
    ),
    "linear maps": Check(
        "Invertible linear maps of one side, and shifts, change nothing.", _linear, _spread
    ),
    "growth": Check("With less noise on Y the information does not fall.", _growth, _largest_fall),
}

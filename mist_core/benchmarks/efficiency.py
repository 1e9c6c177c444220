"""How close to the best possible: errors beside the efficiency bound, from few rows to a million.

No regular estimator from n rows can have a smaller standard error than sd(i) / sqrt(n), where i is
the pointwise information ln p(x, y) / p(x) p(y): the semiparametric efficiency bound (Bickel et
al., 1993). An error over that bound is the one yardstick that is the same at every n.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from mist_core.benchmarks.base import NEURAL, Answer, Estimator
from mist_core.benchmarks.kept_out import LAWS as KEPT_OUT
from mist_core.benchmarks.kept_out.truths import truths
from mist_core.benchmarks.tasks import Cell
from mist_core.distributions.families import FAMILIES
from mist_core.distributions.transforms.named import stack_transforms
from mist_core.priors.batch import Batch, Composition

ROWS = (100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
SEEDS = 3
# Rows of all datasets of a law and an n: of a million rows one dataset tells enough.
ROWS_A_CELL = 300_000
TRAINED, OTHERS = "trained kinds", "kept-out kinds"
# Rows from which the deviation of a trained law's pointwise information is taken.
MEASURED_ROWS = 2**16
# Rows beyond which an estimator is not asked, and why.
MOST_ROWS = {
    "ksg": (20_000, "its time and memory grow as the square of the rows"),
    "neighbour-ratio": (20_000, "its memory grows as the rows times their square root"),
}
NEURAL_ROWS = 10_000, "it would train for minutes"


@dataclass(frozen=True)
class KnownLaw:
    """A law whose pointwise information is known, shown as data.

    Attributes:
        name: of the law, unique.
        group: TRAINED or OTHERS.
        dim_x, dim_y: columns of each side.
        truth: I(X; Y), nats.
        deviation: of the pointwise information, nats: the bound times sqrt(n).
        sample: (n, rng) to x (n, dim_x) and y (n, dim_y).
    """

    name: str
    group: str
    dim_x: int
    dim_y: int
    truth: float
    deviation: float
    sample: Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Named:
    """A law of a trained family: its key, columns a side, parameters and transforms."""

    family: str
    dim: int = 1
    parameters: tuple[tuple[str, float], ...] = ()
    transforms: tuple[str, ...] = ()


NAMED = {
    "normal pair": Named("bivariate-normal"),
    "normal 5+5": Named("normal-dense", 5),
    "normal 25+25": Named("normal-dense", 25),
    "two pairs among 16+16": Named("normal-sparse", 16),
    "normal 3+3 on spirals": Named("normal-sparse", 3, transforms=("spiral",)),
    "Student 3+3, uncorrelated": Named("student-identity", 3),
    "Student 5+5": Named("student-dense", 5, (("df", 2.0),)),
    "uniform plus uniform": Named("additive"),
    "two humps": Named("bimodal"),
}


@functools.cache
def known_laws() -> dict[str, KnownLaw]:
    """The laws of the benchmark by name: trained ones, then one of each kept-out construction."""
    trained = [_trained(name, named) for name, named in NAMED.items()]
    first = {law.kind: name for name, law in reversed(KEPT_OUT.items())}
    others = [_kept_out(name) for name in KEPT_OUT if name in first.values()]
    return {law.name: law for law in (*trained, *others)}


@dataclass(frozen=True, kw_only=True)
class EfficiencyCell(Cell):
    """One dataset of one law; its `task` is the group and its `family` the law's name."""

    def draw(self) -> Batch:
        laws = known_laws()
        law = laws[self.family]
        place = list(laws).index(self.family)
        x, y = law.sample(self.n_samples, np.random.default_rng([place, self.n_samples, self.seed]))
        sides = (torch.from_numpy(np.ascontiguousarray(side))[None] for side in (x, y))
        truth = torch.tensor([law.truth], dtype=torch.float64)
        return Batch(*sides, truth, (Composition.of(self.family),))


def efficiency_cells(rows: Sequence[int] = ROWS, n_seeds: int = SEEDS) -> list[EfficiencyCell]:
    """Every law at every n with seeds 0, 1, ..., fewer of them where n is large.

    Args:
        rows: values of n.
        n_seeds: datasets of each law and n, at most.
    """
    return [
        EfficiencyCell(
            task=law.group,
            family=law.name,
            n_samples=n,
            dim_x=law.dim_x,
            dim_y=law.dim_y,
            seed=seed,
        )
        for law in known_laws().values()
        for n in rows
        for seed in range(max(1, min(n_seeds, ROWS_A_CELL // n)))
    ]


class Within(Estimator):
    """An estimator that is not asked about more rows than it can take."""

    def __init__(self, inner: Estimator, most: int, reason: str) -> None:
        self.name, self.title, self.kind = inner.name, inner.title, inner.kind
        self.identity, self.batched = f"{inner.identity}, to {most} rows", inner.batched
        self.inner, self.most, self.reason = inner, most, reason

    def answer(self, datasets):
        if len(datasets[0].x) <= self.most:
            return self.inner.answer(datasets)
        failure = f"Not asked about more than {self.most:,} rows: {self.reason}."
        return [Answer(None, 0.0, failure) for _ in datasets]


def within_rows(estimator: Estimator) -> Estimator:
    """The estimator, asked only where it answers in reasonable time and memory."""
    limit = NEURAL_ROWS if estimator.kind == NEURAL else MOST_ROWS.get(estimator.name)
    return Within(estimator, *limit) if limit else estimator


def _trained(name: str, named: Named) -> KnownLaw:
    law = FAMILIES[named.family].build(named.dim, named.dim, **dict(named.parameters))
    maps = stack_transforms(named.transforms, named.dim, named.dim)

    def sample(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
        sides = law.sample(n, generator=generator)
        return tuple(show(side).numpy() for show, side in zip(maps, sides, strict=True))

    generator = torch.Generator().manual_seed(0)
    drawn = law.sample(MEASURED_ROWS, generator=generator)
    deviation = law.pointwise_mutual_information(*drawn).std().item()
    truth = law.mutual_information().item()
    x, y = sample(2, np.random.default_rng(0))
    return KnownLaw(name, TRAINED, x.shape[1], y.shape[1], truth, deviation, sample)


def _kept_out(name: str) -> KnownLaw:
    law, truth = KEPT_OUT[name], truths()[name]

    def sample(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        sides = law.sample(n, rng=rng)
        return tuple(side.reshape(n, -1).astype(np.float64) for side in sides)

    dims = (side.shape[1] for side in sample(2, np.random.default_rng(0)))
    return KnownLaw(name, OTHERS, *dims, truth.mutual_information, truth.deviation, sample)

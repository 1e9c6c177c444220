"""What a benchmark asks: cells of datasets of one shape, each drawn at will, with their truth."""

import abc
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import pandas as pd

from mist_core.benchmarks.base import Dataset
from mist_core.networks.quantiles import LEVELS
from mist_core.priors.batch import Batch


@dataclass(frozen=True, kw_only=True)
class Cell(abc.ABC):
    """Datasets of one law family and one shape.

    Attributes:
        task: what is asked, as the benchmark names it.
        family: the law it is asked of.
        n_samples: rows of each dataset.
        dim_x, dim_y: columns of each side.
        seed: which of the repetitions this is.
        draws: number of datasets, numbered from 0.
        part: which of the datasets that only make sense together; "" where each stands alone.
    """

    task: str
    family: str
    n_samples: int
    dim_x: int
    dim_y: int
    seed: int
    draws: int = 1
    part: str = ""

    @abc.abstractmethod
    def draw(self) -> Batch:
        """The datasets of this cell, the same ones at every call; their truth may be NaN."""

    def key(self, draw: int) -> dict:
        """The columns of a result table that name one of its datasets, by KEYS."""
        shape = (self.n_samples, self.dim_x, self.dim_y)
        values = (self.task, self.family, self.part, *shape, self.seed, draw)
        return dict(zip(KEYS, values, strict=True))

    def datasets(self, draws: Sequence[int] | None = None, first: int = 0) -> list[Dataset]:
        """Some of its datasets, or all.

        Args:
            draws: their numbers in this cell.
            first: number of its first dataset in a benchmark.
        """
        batch = self.draw()
        truths = batch.mutual_information.tolist()
        return [
            Dataset(batch.x[k], batch.y[k], truths[k], self.seed, self.key(k), first + k)
            for k in (range(self.draws) if draws is None else draws)
        ]

    def bundle(self, draw: int) -> Hashable:
        """What is left out or scored as a whole: by default each draw by itself."""
        return self, draw


KEYS = ("task", "family", "part", "n_samples", "dim_x", "dim_y", "seed", "draw")


def quantile_columns() -> list[str]:
    """Names of the quantile columns, in the order of LEVELS: "q0.05" is the 5 % quantile."""
    return [f"q{level:.3g}" for level in LEVELS.tolist()]


def tidy(records: list[dict]) -> pd.DataFrame:
    """The result table: one row an estimator and dataset.

    Columns: `estimator`, KEYS, `truth`, `estimate` (nats, unclipped; missing where it failed), a
    column for each quantile level, `seconds` (of a batch: its share), `failure` (why there is no
    estimate; missing where there is one).
    """
    table = pd.DataFrame(records)
    numbers = ["truth", "estimate", *quantile_columns(), "seconds"]
    table = table.reindex(columns=["estimator", *KEYS, *numbers, "failure"])
    return table.astype(dict.fromkeys(numbers, "float64"))

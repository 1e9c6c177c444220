"""What a benchmark asks: cells of datasets of one shape, each drawn at will, with their truth."""

import abc
from collections.abc import Hashable
from dataclasses import dataclass

import pandas as pd
from torch import Tensor

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

    def bundle(self, draw: int) -> Hashable:
        """What is left out or scored as a whole: by default each draw by itself."""
        return self, draw


@dataclass(frozen=True)
class Dataset:
    """One dataset of a cell.

    Attributes:
        number: its place in the benchmark.
        x, y: (n, dim_x) and (n, dim_y).
        truth: mutual information of its law, nats; NaN where that is not known.
    """

    number: int
    cell: Cell
    draw: int
    x: Tensor
    y: Tensor
    truth: float

    def key(self) -> dict:
        """The columns of the result table that name this dataset."""
        cell = self.cell
        values = (cell.task, cell.family, cell.part, cell.n_samples, cell.dim_x, cell.dim_y)
        return dict(zip(KEYS, (*values, cell.seed, self.draw), strict=True))


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

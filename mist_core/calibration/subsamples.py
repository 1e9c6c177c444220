"""Subsamples of a real table, whose intervals should hold what the whole table says."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from mist_core.benchmarks.tasks import quantile_columns
from mist_core.calibration.study import A_DRAW
from mist_core.calibration.summary import covered
from mist_core.errors import TableError
from mist_core.inference.inputs import read_pair
from mist_core.networks.quantiles import MEDIAN
from mist_core.priors.batch import Batch, Composition
from mist_core.tables.pairs import complete_rows, side
from mist_core.tables.table import Table

ROWS = (50, 100, 200, 500, 1000, 2000)
# The whole table has to be so many times as long as a subsample, or it says no more than that.
TIMES = 4
MOST_ROWS = 20_000
GRID = 200  # values for which a curve says how many intervals would hold them


@dataclass(frozen=True)
class Subsamples:
    """Rows of two columns, drawn without putting back, again and again; as `Study` otherwise.

    Attributes:
        names: of both columns.
        table: what tells the table, as it was read, from another.
        n_samples: rows of a subsample.
        n_datasets: subsamples.
        seed: of the draws.
        x, y: (n, width_x) and (n, width_y), the whole columns as an estimator reads them.
    """

    names: tuple[str, str]
    table: str
    n_samples: int
    n_datasets: int
    seed: int
    x: Tensor = field(compare=False, repr=False)
    y: Tensor = field(compare=False, repr=False)

    @classmethod
    def of(
        cls, table: Table, names: tuple[str, str], n_samples: int, n_datasets: int, seed: int = 0
    ) -> "Subsamples":
        """Subsamples of the rows in which both columns have a value, MOST_ROWS of them at most.

        Raises:
            TableError: there are fewer than TIMES times as many as a subsample has, or a column has
                one value only.
        """
        rows = complete_rows(table, names, max_rows=MOST_ROWS)
        if len(rows) < TIMES * n_samples:
            raise TableError(
                f"These columns have {len(rows):,} complete rows: subsamples of {n_samples:,} need "
                f"{TIMES * n_samples:,}."
            )
        x, y = read_pair(*(side(table, [name], rows) for name in names))
        read = repr([(table[name].kind, table[name].reading) for name in names])
        return cls(names, table.sha256 + read, n_samples, n_datasets, seed, x, y)

    @property
    def laws(self) -> str:
        return " and ".join(self.names)

    def draws(self) -> Iterator[tuple[int, Batch, np.random.Generator]]:
        """As `Study.draws`, but for the truth, which nobody knows: NaN."""
        rng = np.random.default_rng(self.seed)
        for first in range(0, self.n_datasets, A_DRAW):
            count = min(A_DRAW, self.n_datasets - first)
            rows = [rng.choice(len(self.x), self.n_samples, replace=False) for _ in range(count)]
            x, y = (torch.stack([whole[places] for places in rows]) for whole in (self.x, self.y))
            truth = torch.full((count,), torch.nan, dtype=torch.float64)
            yield first, Batch(x, y, truth, (Composition.of(self.laws),) * count), rng


def sizes(table: Table, names: tuple[str, str]) -> list[int]:
    """The ROWS that a subsample of these columns may have."""
    n = len(complete_rows(table, names, max_rows=MOST_ROWS))
    return [rows for rows in ROWS if TIMES * rows <= n]


def intervals(rows: pd.DataFrame, whole: float) -> pd.DataFrame:
    """The 90 % intervals of subsamples beside the whole table's value, by their medians.

    Args:
        rows: of `mist_core.calibration.judge`.
        whole: the whole table's value, nats.

    Returns:
        `number`, `low`, `median`, `high`, nats, and whether the value lies `inside`.
    """
    told = rows.assign(median=rows[quantile_columns()[MEDIAN]], truth=whole)
    told = told.assign(inside=covered(told))[["number", "low", "median", "high", "inside"]]
    return told.sort_values("median").reset_index(drop=True)


def shares(told: pd.DataFrame) -> pd.DataFrame:
    """For values from end to end of all intervals, the `share` that holds each `value`."""
    values = np.linspace(told.low.min(), told.high.max(), GRID)
    return pd.DataFrame({"value": values, "share": [share(told, value) for value in values]})


def share(told: pd.DataFrame, value: float) -> float:
    """Of the intervals of `intervals`, the part that holds a value, nats."""
    return float(((told.low <= value) & (value <= told.high)).mean())

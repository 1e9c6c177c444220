"""Two columns looked at closely: the answer, how it grows with the rows, and what others say."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.inference.containers import MIN_SAMPLES
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior
from mist_core.inspection.plan import ROWS
from mist_core.inspection.variable import read, repeated
from mist_core.tables.association import Association
from mist_core.tables.pairs import associated, complete_rows, side
from mist_core.tables.table import Table

# Rows that slow estimators and the growing curve look at, drawn at random.
MOST_ROWS = 5_000
CURVE_ROWS = (10, 20, 50, 100, 200, 500, 1_000, 2_000)

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of two columns in which both have a value.

    Attributes:
        x: (n, 1) as an estimator reads it.
        y: (n, 1) likewise.
    """

    x: pd.DataFrame
    y: pd.DataFrame

    @classmethod
    def of(cls, table: Table, x: str, y: str, counted: np.ndarray | None = None) -> "Rows":
        """Those of them that count, in the order of the table; so many at most as a survey reads.

        Args:
            table: the data.
            x, y: names of columns.
            counted: (n_rows,) False for copies of other rows, as of `counted`; None counts all.
        """
        rows = complete_rows(table, (x, y), max_rows=ROWS[0][1])
        rows = rows if counted is None else rows[counted[rows]]
        return cls(side(table, (x,), rows), side(table, (y,), rows))

    def __len__(self) -> int:
        return len(self.x)

    def drawn(self, most: int = MOST_ROWS, seed: int = 0) -> "Rows":
        """So many of them at most, in a random order."""
        order = np.random.default_rng(seed).permutation(len(self))[:most]
        return Rows(self.x.iloc[order], self.y.iloc[order])

    def first(self, rows: int) -> "Rows":
        return Rows(self.x.iloc[:rows], self.y.iloc[:rows])


def counted(table: Table) -> np.ndarray:
    """(n_rows,) True where a row is no copy, in all columns, of one above it."""
    return ~repeated([read(column, None) for column in table.columns if column.usable])


def answer(estimator: MISTEstimator, rows: Rows) -> tuple[Posterior, Association]:
    """The posterior of two columns, and what has to be known beside it."""
    (posterior,) = estimator.posteriors([(rows.x, rows.y)])
    return posterior, associated(rows.x, rows.y, posterior)


def growing(
    estimator: MISTEstimator, rows: Rows, progress: Progress = lambda share: None
) -> list[tuple[int, Posterior]]:
    """The posterior from more and more of the rows, which are drawn in a random order."""
    drawn = rows.drawn()
    sizes = [n for n in CURVE_ROWS if MIN_SAMPLES <= n < len(drawn)] + [len(drawn)]
    found = []
    for done, n in enumerate(sizes, start=1):
        part = drawn.first(n)
        found += zip([n], estimator.posteriors([(part.x, part.y)]), strict=True)
        progress(done / len(sizes))
    return found

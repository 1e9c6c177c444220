"""Whether the rows of a table follow each other, though nobody said so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mist_core.inspection.basis import basis
from mist_core.inspection.variable import Variable, read
from mist_core.series.memory import autocorrelations, inflation
from mist_core.tables.columns.column import DATE, Column
from mist_core.tables.table import Table

MOST_ROWS, MOST_COLUMNS = 5_000, 200  # that are looked at
_CLEAR = 4.0  # standard deviations of a lag-one autocorrelation of independent rows
_MATTERS = 1.5  # rows that one is worth, from which a warning is due


@dataclass(frozen=True)
class Memory:
    """How much the rows of a table remember.

    Attributes:
        columns: (name, autocorrelation from row to row) of those that do, the strongest first.
        rows: that were looked at.
        effective_rows: what these are worth for the two that remember most.
    """

    columns: tuple[tuple[str, float], ...]
    rows: int
    effective_rows: float

    def sentence(self) -> str:
        """The warning in plain words; names stand there as they are, to be escaped for display."""
        (first, strongest), *others = self.columns
        more = f"{len(others)} more columns" if len(others) > 1 else others[0][0]
        return (
            f"Rows follow each other: {first} and {more} change little from one row to the next "
            f"(correlation {strongest:.2f}). If that is time, {self.rows:,} rows are worth some "
            f"{max(self.effective_rows, 1):,.0f}, and intervals and p-values here are too good: "
            "see the tab Time."
        )


def memory_of(table: Table) -> Memory | None:
    """What the rows remember as they stand; None where that does not matter.

    It matters where two columns remember: one that does not makes pairs of rows independent. A
    table that was sorted by one of its columns says nothing of time.
    """
    rows = np.arange(min(table.n_rows, MOST_ROWS))
    columns = [c for c in table.columns if c.usable and c.kind != DATE][:MOST_COLUMNS]
    if len(rows) < 16 or any(_is_sorted(column, rows) for column in columns):
        return None
    sides = {c.name: basis(Variable((read(c, rows),)), _present(c, rows)).values for c in columns}
    found = {n: autocorrelations(v[:, :1])[1, 0] for n, v in sides.items() if min(v.shape) > 1}
    clear = {n: r for n, r in found.items() if r > _CLEAR / np.sqrt(len(sides[n]))}
    names = sorted(clear, key=clear.get, reverse=True)
    if len(names) < 2:
        return None
    n = min(len(sides[name]) for name in names[:2])
    worth = inflation(*(sides[name][:n] for name in names[:2]))
    if worth < _MATTERS:
        return None
    return Memory(tuple((name, float(clear[name])) for name in names), n, n / worth)


def _present(column: Column, rows: np.ndarray) -> np.ndarray:
    return np.flatnonzero(~column.missing[rows])


def _is_sorted(column: Column, rows: np.ndarray) -> bool:
    values = column.numbers[rows]
    steps = np.diff(values[~np.isnan(values)])
    varied = np.unique(values[~np.isnan(values)]).size > 2
    return varied and bool((steps >= 0).all() or (steps <= 0).all())

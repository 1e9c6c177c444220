"""The rows of a table in the order of time."""

import numpy as np

from mist_core.errors import TableError
from mist_core.tables.columns.column import DATE
from mist_core.tables.table import Table

MOST_ROWS = 20_000  # of a longer series the last are looked at


def time_columns(table: Table) -> list[str]:
    """Names of the columns of dates, those that tell most rows apart first."""
    dates = [column for column in table.columns if column.kind == DATE]
    return [c.name for c in sorted(dates, key=lambda c: -len(np.unique(c.numbers)))]


def in_order(table: Table, by: str | None = None) -> np.ndarray:
    """Positions of the rows in time: by a column, or as they stand; the last `MOST_ROWS` of them.

    Rows without a date are left out; those of one date stay as they stand.

    Raises:
        TableError: there is no such column, or it has no order.
    """
    if by is None:
        return np.arange(table.n_rows)[-MOST_ROWS:]
    column = table[by]
    if column.is_class:
        raise TableError(f"{by!r} has no order that could be time: choose dates or numbers.")
    order = np.argsort(column.numbers, kind="stable")
    return order[~column.missing[order]][-MOST_ROWS:]

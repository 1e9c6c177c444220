"""What is shown of two columns of a table: findings, each worked out once; names are escaped."""

from collections.abc import Sequence

import pandas as pd

from mist_core.findings import Finding
from mist_core.markdown import plain
from mist_core.tables.association import Association
from mist_core.tables.columns.column import DATE, Column
from mist_core.tables.figures import pair_chart
from mist_core.tables.pairs import complete_rows
from mist_core.tables.table import Table

MOST_DRAWN = 5_000  # rows of a pair


def told(association: Association, target: Sequence[str], unit: str) -> tuple[str, ...]:
    """What one row of a ranking says, and what to be careful about, in Markdown."""
    words = [association.sentence(" + ".join(target), unit)]
    if association.flags:
        words.append(f"Careful: {'; '.join(association.flags)}.")
    return tuple(map(plain, words))


def pair(table: Table, x: str, y: str) -> Finding:
    """Two columns of a table against each other, row by row."""
    rows = complete_rows(table, (x, y), max_rows=MOST_DRAWN)
    drawn = [_drawn(table[name]).iloc[rows] for name in (x, y)]
    frame = pd.concat(drawn, axis="columns", keys=(x, y))
    chart = pair_chart(*drawn)
    about = f"{x} against {y}"
    return Finding(plain(about), frame, (chart,), about=about)


def _drawn(column: Column) -> pd.Series:
    return column.shown if column.kind == DATE else column.values

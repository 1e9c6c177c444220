"""What the tab Time shows: findings, each worked out once; names are escaped."""

import numpy as np
import pandas as pd

from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.markdown import plain
from mist_core.series.figures import lag_chart
from mist_core.series.lags import DOUBTED, Lagged
from mist_core.tables.columns.column import DATE, Column
from mist_core.tables.figures import pair_chart
from mist_core.tables.table import Table

ABOUT = (
    "Dots: mean. Band: 90 % interval, of so many rows as the series are worth. p: the chance that "
    "blocks of rows, moved against each other, show as much at any of these lags; where it is "
    "above 0.05 the band reaches down to 0."
)
MOST_DRAWN = 2_000


def by_lag(found: Lagged, chosen: int, unit: str) -> Finding:
    """What one series tells about another at each lag."""
    factor = UNITS[unit]
    shown = found.frame.copy()
    shown[["mutual_information", "low", "high"]] *= factor
    names = {"mutual_information": f"MI ({unit})", "effective_rows": "worth as independent"}
    chart = lag_chart(shown, chosen, found.x, found.y, unit=unit)
    table = shown.rename(columns=names)
    about = f"mutual information of {found.x} and {found.y} by lag"
    return Finding(plain(told(found, chosen, unit)), table, (chart,), table, (ABOUT,), about)


def told(found: Lagged, lag: int, unit: str) -> str:
    """What one lag says, in words; names as they are."""
    row = found.frame.set_index("lag").loc[lag]
    told, low, high = (UNITS[unit] * row[name] for name in ("mutual_information", "low", "high"))
    worth = max(row["effective_rows"], 1)
    rows = f"{row['rows']:,.0f} rows, worth some {worth:,.0f} independent ones"
    if row["p"] > DOUBTED:
        return (
            f"{_when(lag)} {found.x} may tell nothing about {found.y}: {told:.2f} {unit}, "
            f"90 % interval 0 to {high:.2f}, p = {row['p']:.2f} ({rows})."
        )
    return (
        f"{_when(lag)} {found.x} tells {told:.2f} {unit} about {found.y} (90 % interval "
        f"{low:.2f} to {high:.2f}, p = {row['p']:.3f}; {rows})."
    )


def _when(lag: int) -> str:
    if lag == 0:
        return "At the same time,"
    rows = f"{abs(lag)} row{'s' if abs(lag) > 1 else ''}"
    return f"{rows} earlier," if lag > 0 else f"{rows} later,"


def apart(table: Table, order: np.ndarray, x: str, y: str, lag: int) -> Finding:
    """One series against the other, so many rows apart."""
    n = len(order) - abs(lag)
    first, second = order[max(-lag, 0) :][:n], order[max(lag, 0) :][:n]
    complete = np.flatnonzero(~(table[x].missing[first] | table[y].missing[second]))[-MOST_DRAWN:]
    sides = [
        _drawn(table[name]).iloc[rows[complete]].reset_index(drop=True)
        for name, rows in ((x, first), (y, second))
    ]
    if lag:
        sides[0].name = f"{x}, {abs(lag)} row{'s' if abs(lag) > 1 else ''} " + (
            "earlier" if lag > 0 else "later"
        )
    frame = pd.concat(sides, axis="columns")
    about = f"{sides[0].name} against {y}"
    return Finding(plain(about), frame, (pair_chart(*sides),), about=about)


def _drawn(column: Column) -> pd.Series:
    return column.shown if column.kind == DATE else column.values

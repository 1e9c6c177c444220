"""The frames behind the benchmark page's charts and tables, in the unit shown."""

import numpy as np
import pandas as pd

from mist_core import accuracy, replay
from mist_core.evaluation_summary import BINS, HIGH, LOW
from mist_core.leaderboard import title
from mist_core.posterior import UNITS

# Points of a scatter: more hide each other, and each is drawn in the browser.
MOST_POINTS = 700
ALL_ROWS = "all rows"


def row_groups(benchmark: str, rows: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Ranges of n to look at by themselves, both ends included, by name."""
    counts = sorted(int(n) for n in rows.n_samples.unique())
    whole = {ALL_ROWS: (0, 10**9)}
    if benchmark == "mtest":
        return whole | {f"n in {name}": ends for name, ends in BINS.items()}
    return whole | {f"n = {n:,}": (n, n) for n in counts}


def scatter_points(rows: pd.DataFrame, benchmark: str, unit: str) -> pd.DataFrame:
    """Truths, estimates and 90 % intervals of at most MOST_POINTS datasets, for `scatter_chart`.

    Args:
        rows: of `accuracy.with_errors`, of one estimator.
        benchmark: what they are of.
        unit: of the result.
    """
    chosen = replay.choose(rows, MOST_POINTS)
    factor = UNITS[unit]
    points = pd.DataFrame(
        {
            "truth": factor * chosen.truth,
            "estimate": factor * chosen.estimate,
            "low": factor * chosen[LOW],
            "high": factor * chosen[HIGH],
            "address": _addresses(benchmark, chosen),
        }
    )
    inside = points.truth.between(points.low, points.high) | points.low.isna()
    return points.assign(inside=inside)


def shape_cells(rows: pd.DataFrame, benchmark: str, unit: str) -> pd.DataFrame:
    """`accuracy.by_shape` in `unit` and its square, with the address of each cell's worst."""
    cells, factor = accuracy.by_shape(rows), UNITS[unit]
    return cells.assign(
        bias=factor * cells.bias,
        variance=factor**2 * cells.variance,
        mse=factor**2 * cells.mse,
        address=_addresses(benchmark, rows.loc[cells.worst]),
    ).drop(columns="worst")


def task_table(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`accuracy.by_task` for a reader: rounded, in `unit`, estimators by title."""
    table = accuracy.by_task(rows).rename(columns=title)
    numbers = table.columns.drop("task")
    table[numbers] = (UNITS[unit] * table[numbers]).round(4)
    return table.rename(columns={"truth": "mean truth"})


def needed(rows: pd.DataFrame, target: float) -> pd.DataFrame:
    """`accuracy.rows_needed` with titles; the target is in nats."""
    table = accuracy.rows_needed(rows, target)
    return table.assign(title=table.estimator.map(title))


def check_cells(scores: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Each check of each estimator, on the law that breaks it most, for `checks_chart`."""
    worst = scores.assign(size=scores.violation.astype(float).fillna(-1))
    worst = worst.loc[worst.groupby(["estimator", "check"], sort=False)["size"].idxmax()]
    return pd.DataFrame(
        {
            "check": worst.check,
            "title": worst.estimator.map(title),
            "law": worst.law,
            "verdict": [_verdict(passed) for passed in worst.passed],
            "label": [_tick(r.passed, r.violation, unit) for r in worst.itertuples()],
        }
    ).reset_index(drop=True)


def check_table(scores: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Every check on every law, a column an estimator: a tick and the violation."""
    ticks = [_tick(r.passed, r.violation, unit) for r in scores.itertuples()]
    cells = scores.assign(tick=ticks, title=scores.estimator.map(title))
    keys = ["check", "law", "n"]
    table = cells.pivot_table(
        index=keys, columns="title", values="tick", aggfunc="first", sort=False
    )
    return table[list(dict.fromkeys(cells.title))].reset_index().rename_axis(columns=None)


def timed(table: pd.DataFrame) -> pd.DataFrame:
    """The speed table with titles: ours also in a batch."""
    batch = table.task.map({"a batch": ", a batch"}).fillna("")
    return table.assign(title=table.estimator.map(title) + batch)


def _addresses(benchmark: str, rows: pd.DataFrame) -> list[str]:
    return [replay.address_of(benchmark, row).address for row in rows.itertuples()]


def _verdict(passed: bool | None) -> str:
    return "none" if pd.isna(passed) else "pass" if passed else "fail"


def _tick(passed: bool | None, violation: float | None, unit: str) -> str:
    if pd.isna(passed):
        return "– none"
    return f"{'✓' if passed else '✗'} {UNITS[unit] * float(np.round(violation, 4)):.3f}"

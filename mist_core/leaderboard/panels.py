"""The frames behind the benchmark page's charts and tables, in the unit shown."""

import numpy as np
import pandas as pd

from mist_core.benchmarks.consistency_scores import NONE, decisive
from mist_core.benchmarks.scores import BINS, HIGH, LOW
from mist_core.inference.posterior import UNITS
from mist_core.leaderboard import error_analysis, rerun
from mist_core.leaderboard.board import in_print, title

# Points of a scatter: more hide each other, and each is drawn in the browser.
MOST_POINTS = 700
ALL_ROWS = "all rows"
# The mean of fewer datasets says too little to count rows by.
LEAST_DATASETS = 4


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
    chosen = rerun.choose(rows, MOST_POINTS)
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
    cells, factor = error_analysis.by_shape(rows), UNITS[unit]
    return cells.assign(
        bias=factor * cells.bias,
        variance=factor**2 * cells.variance,
        mse=factor**2 * cells.mse,
        address=_addresses(benchmark, rows.loc[cells.worst]),
    ).drop(columns="worst")


def task_table(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`accuracy.by_task` for a reader: rounded, in `unit`, estimators by title."""
    table = error_analysis.by_task(rows).rename(columns=title)
    numbers = table.columns.drop("task")
    table[numbers] = (UNITS[unit] * table[numbers]).round(4)
    return table.rename(columns={"truth": "mean truth"})


def needed(rows: pd.DataFrame, target: float) -> pd.DataFrame:
    """`accuracy.rows_needed` with titles, of estimators with enough datasets at each n.

    The target is in nats.
    """
    table = error_analysis.rows_needed(rows, target)
    table = table[table.datasets >= LEAST_DATASETS].reset_index(drop=True)
    return table.assign(title=table.estimator.map(title))


def times_column(times: pd.DataFrame, first: str) -> pd.Series | None:
    """`accuracy.beside` as a column of the leaderboard, None where nobody is beside the first."""
    if times.empty:
        return None
    numbers = times.set_index(times.estimator.map(title)).times
    return numbers.map(in_print).rename(f"times {title(first)}'s")


def replayed(records: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Estimates made again, for a reader: in `unit`, which their headings name."""
    names = ["truth", "stored", "now"]
    numbers = records.assign(**{name: UNITS[unit] * records[name].astype(float) for name in names})
    return numbers.rename(columns={name: f"{name} ({unit})" for name in names})


def rechecked(laws: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`replay.recheck` for a reader: violations in `unit`, which their headings name."""
    names = ["stored", "now"]
    numbers = laws.assign(**{name: (UNITS[unit] * laws[name]).round(4) for name in names})
    return numbers.rename(columns={name: f"{name} ({unit})" for name in names})


def failure_table(table: pd.DataFrame) -> pd.DataFrame:
    """`accuracy.failures` for a reader."""
    failed = error_analysis.failures(table)
    return failed.assign(estimator=failed.estimator.map(title))


def check_cells(scores: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Each check of each estimator, on the law of its verdict, for `checks_chart`."""
    cells = []
    for (estimator, check), laws in scores.groupby(["estimator", "check"], sort=False):
        verdict, law = decisive(laws)
        label, known = _tick(law, unit), int(laws.passed.notna().sum())
        if verdict == NONE and known:
            label = f"– {known}/{len(laws)}"
        names = {"check": check, "title": title(estimator), "law": law["law"]}
        cells.append(names | {"verdict": verdict, "label": label})
    return pd.DataFrame(cells)


def check_table(scores: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Every check on every law, a column an estimator: a tick and the violation."""
    records = scores.to_dict("records")
    ticks = [_tick(record, unit, record["failure"]) for record in records]
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


def time_table(table: pd.DataFrame) -> pd.DataFrame:
    """Seconds an estimate, a row an estimator and number of columns, n across.

    Args:
        table: of `timed`.
    """
    wide = table.pivot_table(
        index=["title", "dim_x"], columns="n_samples", values="seconds", sort=False
    )
    named = wide[sorted(wide)].rename(columns=lambda n: f"{n:,} rows (s)")
    shown = named.reset_index().rename_axis(columns=None)
    return shown.rename(columns={"title": "estimator", "dim_x": "columns a side"})


def growth_table(exponents: list[dict]) -> pd.DataFrame:
    """`speed_scores.growth` for a reader; where too little was timed there is no exponent."""
    table = timed(pd.DataFrame(exponents))
    return pd.DataFrame(
        {
            "estimator": table.title,
            "columns a side": table.dim,
            "exponent of n": table.exponent.astype(float).round(2),
        }
    )


def throughput_table(rates: pd.DataFrame) -> pd.DataFrame:
    """`benchmark_results.throughput` for a reader."""
    names = {"total": "datasets a second", "per_core": "in a second of one core"}
    return rates.round(0).rename(columns=names)


def _addresses(benchmark: str, rows: pd.DataFrame) -> list[str]:
    return [rerun.address_of(benchmark, row).address for row in rows.itertuples()]


def _tick(record: dict, unit: str, failure: str | None = "none") -> str:
    """The verdict and the violation, or why there is none."""
    if pd.isna(record["passed"]):
        return f"– {failure}"
    size = UNITS[unit] * float(np.round(record["violation"], 4))
    return f"{'✓' if record['passed'] else '✗'} {size:.3f}"

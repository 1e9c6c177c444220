"""What the Benchmark page shows of measured errors and checks: findings, each worked out once."""

import pandas as pd

from mist_core.benchmarks.consistency import CHECKS
from mist_core.benchmarks.scores import HIGH, LOW
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.leaderboard import board as boards
from mist_core.leaderboard import checks, error_analysis, figures, rerun, text
from mist_core.leaderboard.labels import PUBLISHED
from mist_core.leaderboard.results import Results

# Points of a scatter: more hide each other, and each is drawn in the browser.
MOST_POINTS = 700


def leaderboard(results: Results, unit: str) -> Finding:
    """Measured errors by split and n, beside published ones."""
    benchmark = results.benchmark
    metric = boards.metric(benchmark, unit)
    table = boards.in_unit(boards.board(benchmark, results.scores), benchmark, unit)
    sentence, times, notes = text.about_board(table, metric), None, []
    if table.empty:
        return Finding(sentence, table)
    if (table.kind == PUBLISHED).any():
        notes.append(text.PUBLISHED_NOTE)
    if len(results.table):
        first = results.title(results.estimators[0])
        beside = error_analysis.beside(results.errors, first, boards.power(benchmark))
        times = boards.times_column(beside, first)
        sentence += f"\n\n{text.about_times(beside, first)}"
        notes += [] if times is None else [text.ABOUT_TIMES]
    if (table.error > boards.FAR_OFF).any():
        notes.append(text.ABOUT_FAR_OFF)
    charts = figures.board_charts(table, metric=metric)
    about = f"{metric} of each estimator"
    return Finding(sentence, table, tuple(charts), boards.wide(table, times), tuple(notes), about)


def failures(results: Results) -> Finding:
    """Which estimators gave no answer, how often, and what they said."""
    failed = error_analysis.failures(results.table)
    return Finding("What could not run, and why", failed, shown=failed)


def scatter(results: Results, name: str, rows: tuple[int, int], unit: str) -> Finding | None:
    """One estimator's estimates against truths, in a range of rows; None without estimates."""
    every = results.errors_of(name)
    mine = every[every.n_samples.between(*rows)]
    if mine.empty:
        return None
    points = scatter_points(mine, results.benchmark, unit)
    chart = figures.scatter_chart(points, unit=unit)
    notes = ("Click a point: its dataset opens in Explore.",)
    about = "estimates against truths"
    shown, sentence = points.drop(columns="address"), text.about_scatter(mine, unit)
    return Finding(sentence, points, (chart,), shown, notes, about)


def shapes(results: Results, name: str, amount: str, unit: str) -> Finding | None:
    """One of `figures.AMOUNTS` of an estimator's errors by rows and columns."""
    mine = results.errors_of(name)
    if mine.empty:
        return None
    cells = shape_cells(mine, results.benchmark, unit)
    chart = figures.shape_chart(cells, amount, unit=unit)
    notes = ("Click a cell: its dataset with the largest error opens in Explore.",)
    sentence, about = text.about_shapes(cells, amount, unit), f"{amount} by rows and columns"
    shown = cells.drop(columns=["address", "n_order", "d_order"])
    return Finding(sentence, cells, (chart,), shown, notes, about)


def needed(results: Results, target: float, unit: str) -> Finding:
    """The rows that a target error takes, by columns; the target is in `unit`."""
    table = error_analysis.rows_needed(results.errors, target / UNITS[unit])
    if table.empty:
        return Finding(text.ABOUT_NEEDED, table)
    titles, aim = list(dict.fromkeys(table.title)), f"{target:g} {unit}"
    chart = figures.needed_chart(table, titles, target=aim)
    about = f"rows needed for {aim} by columns"
    sentence, notes = text.about_needed(table, aim), (text.ABOUT_NEEDED,)
    return Finding(sentence, table, (chart,), notes=notes, about=about)


def tasks(results: Results, rows: tuple[int, int], unit: str) -> Finding:
    """Errors task by task, in a range of rows."""
    inside = results.errors[results.errors.n_samples.between(*rows)]
    table = task_table(inside, unit)
    sentence = text.about_tasks(table, unit, error_analysis.complete(inside))
    return Finding(sentence, table, shown=table, notes=("Click a heading to sort.",))


def self_consistency(results: Results, unit: str) -> Finding:
    """Ticks by check and estimator, and every check on every law."""
    cells = checks.check_cells(results.scores, unit)
    table = checks.check_table(results.scores, unit)
    chart = checks.checks_chart(cells)
    notes = (text.about_seeds(results.scores), text.about_statements(CHECKS))
    about = "ticks by check and estimator"
    return Finding(text.about_checks(cells, unit), table, (chart,), table, notes, about)


def again(records: pd.DataFrame, unit: str) -> Finding:
    """Estimates made again, of `rerun.replay`."""
    shown = _in_unit(records, ["truth", "stored", "now"], unit)
    return Finding(text.about_replay(records, unit), records, shown=shown)


def checked_again(records: pd.DataFrame, unit: str) -> Finding:
    """A check made again, from its estimates of `rerun.replay`."""
    laws = rerun.recheck(records)
    shown = _in_unit(laws, ["stored", "now"], unit).round(4)
    return Finding(text.about_recheck(laws, unit), laws, shown=shown)


def scatter_points(rows: pd.DataFrame, benchmark: str, unit: str) -> pd.DataFrame:
    """Truths, estimates and 90 % intervals of at most MOST_POINTS datasets, for `scatter_chart`.

    Args:
        rows: of `error_analysis.with_errors`, of one estimator.
        benchmark: what they are of.
        unit: of the result.
    """
    chosen, factor = rerun.choose(rows, MOST_POINTS), UNITS[unit]
    points = pd.DataFrame(
        {
            "truth": factor * chosen.truth,
            "estimate": factor * chosen.estimate,
            "low": factor * chosen[LOW],
            "high": factor * chosen[HIGH],
            "address": rerun.addresses(benchmark, chosen),
        }
    )
    inside = points.truth.between(points.low, points.high) | points.low.isna()
    return points.assign(inside=inside)


def shape_cells(rows: pd.DataFrame, benchmark: str, unit: str) -> pd.DataFrame:
    """`error_analysis.by_shape` in `unit` and its square, with the address of each cell's worst."""
    cells, factor = error_analysis.by_shape(rows), UNITS[unit]
    return cells.assign(
        bias=factor * cells.bias,
        variance=factor**2 * cells.variance,
        mse=factor**2 * cells.mse,
        address=rerun.addresses(benchmark, rows.loc[cells.worst]),
    ).drop(columns="worst")


def task_table(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`error_analysis.by_task` for a reader: rounded, in `unit`."""
    table = error_analysis.by_task(rows)
    numbers = table.columns.drop("task")
    table[numbers] = (UNITS[unit] * table[numbers]).round(4)
    return table.rename(columns={"truth": "mean truth"})


def _in_unit(table: pd.DataFrame, names: list[str], unit: str) -> pd.DataFrame:
    """Columns of nats in `unit`, which their headings name."""
    numbers = table.assign(**{name: UNITS[unit] * table[name].astype(float) for name in names})
    return numbers.rename(columns={name: f"{name} ({unit})" for name in names})

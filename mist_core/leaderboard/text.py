"""Sentences about benchmark runs, each computed from what its figure shows."""

from operator import itemgetter

import pandas as pd

from mist_core.benchmarks.base import OURS
from mist_core.benchmarks.consistency import TOLERANCE, Check
from mist_core.inference.posterior import UNITS
from mist_core.leaderboard.board import FAR_OFF
from mist_core.leaderboard.labels import PUBLISHED
from mist_core.leaderboard.results import Results
from mist_core.markdown import listed, percent, plain

ABOUT = {
    "mtest": (
        "The test grids of the MIST publication, redrawn ten times: thirteen laws, 10 to 500 rows, "
        "2 to 32 columns a side."
    ),
    "mtest-extended": (
        "Every published law under every published transform, to 2,000 rows and 32 columns a side."
    ),
    "bmi40": "The forty tasks of Beyond Normal (Czyż et al., 2023), 1 to 50 columns a side.",
    "selfconsistency": (
        "What every estimator of mutual information must satisfy, whatever the truth is."
    ),
    "conditional": (
        "What X and Y still tell of one another where Z is known: grids, classes, systems, "
        "transfer of entropy, and laws kept out of every training."
    ),
    "selection": (
        "Which columns matter: laws whose Markov blanket is known, the least set that leaves the "
        "others nothing to tell, and real tables."
    ),
    "efficiency": (
        "Errors divided by what no estimator can beat, sd(i)/√n, where i is the pointwise "
        "information of a row: at 1 an estimator gets all out of its rows that there is."
    ),
    "speed": "Seconds for one estimate, the warm-up left out, on the same Gaussian data.",
}
PUBLISHED_NOTE = (
    "\\* published, own protocol: as printed by its authors, on draws and by rules of their own, "
    "so for orientation only; the table names the source."
)
ABOUT_TIMES = (
    "*times* compares errors on the datasets that both answered; some estimators cannot run on "
    "all, and those that train on each dataset may have seen only a part."
)
ABOUT_FAR_OFF = f"Errors above {FAR_OFF:,.0f} are shown as {FAR_OFF:,.0f}; the file has them all."
ABOUT_NEEDED = "Estimators with fewer than four datasets at some number of rows are left out."


def about_missing(results: Results) -> list[str]:
    """One sentence for each stored result that is not there yet, with its command."""
    return [
        f"{listed(titles)}: no stored result yet; `{command}` adds "
        f"{'it' if len(titles) == 1 else 'them'}."
        for titles, command in results.missing()
    ]


def about_board(board: pd.DataFrame, metric: str) -> str:
    """Who has the lowest measured error, in how many of the columns, and how far ahead it is.

    Only those with the most datasets of a column compete there: means over others say nothing.
    """
    measured = board[board.kind != PUBLISHED].dropna(subset=["error"])
    if measured.empty:
        return _only_published(board, metric)
    cells = measured.groupby(["split", "n"], sort=False)
    whole = measured[~measured.partial]
    winners = whole.loc[whole.groupby(["split", "n"], sort=False).error.idxmin()].title
    counts = winners.value_counts()
    lead = f"**{plain(counts.index[0])}** has the lowest {metric} in {counts.iloc[0]} of "
    lead += f"{len(cells)} columns" if len(cells) > 1 else "1 column"
    others = [f"{plain(name)} in {count}" for name, count in counts.iloc[1:].items()]
    among = whole.title.nunique()
    beside = f", {listed(others)}" if others else ""
    who = f"of {among} estimators, each where it ran on all" if among > 1 else "and ran alone"
    return f"{lead}{beside}, {who}.{_beside(board)}"


def about_times(times: pd.DataFrame, first: str) -> str:
    """How far off others are beside one of ours, dataset by dataset.

    Args:
        times: of `error_analysis.beside`.
        first: title of the one it compares with.
    """
    if times.empty:
        return ""
    ordered = times.sort_values("times")
    ends = [f"{_times(r.times)} ({plain(r.title)})" for r in ordered.itertuples()]
    shown = ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"
    return (
        f"On the datasets that both answered, others' errors are {shown} as large as those of "
        f"{plain(first)}."
    )


def about_scatter(rows: pd.DataFrame, unit: str) -> str:
    """How far off the estimates are, and how many intervals hold the truth."""
    middle = UNITS[unit] * rows.error.abs().median()
    low = (rows.error < 0).mean()
    side = (
        f"{percent(low)} lie below the truth"
        if low >= 0.5
        else f"{percent(1 - low)} lie above the truth"
    )
    words = f"Half of {len(rows):,} estimates are within {middle:.3f} {unit} of the truth; {side}."
    known = rows.dropna(subset=["q0.05"])
    if len(known):
        held = known.truth.between(known["q0.05"], known["q0.95"]).mean()
        words += f" {percent(held, 1)} of the 90 % intervals hold the truth."
    return words


def about_shapes(cells: pd.DataFrame, amount: str, unit: str) -> str:
    """Where the amount is largest in size, and where smallest."""
    sizes = cells[amount].abs().to_numpy()
    most, least = (list(cells.itertuples())[k] for k in (sizes.argmax(), sizes.argmin()))
    name = unit if amount == "bias" else f"{unit}²"
    return (
        f"Largest at {most.n} rows and {_columns(most.d)}, {getattr(most, amount):.2g} {name}; "
        f"smallest at {least.n} rows and {_columns(least.d)}, {getattr(least, amount):.2g} {name}."
    )


def about_needed(table: pd.DataFrame, target: str) -> str:
    """For the most columns, who reaches the target with how many rows."""
    widest = table[table.d_order == table.d_order.max()].sort_values("n")
    enough = widest.dropna(subset=["n"])
    reached = [f"{plain(r.title)} from {int(r.n):,} rows" for r in enough.itertuples()]
    rest = len(widest) - len(reached)
    words = f"With {_columns(widest.d.iloc[0])} a side, {target} takes " + (
        listed(reached) if reached else f"more than {int(widest.most.max()):,} rows"
    )
    if reached and rest:
        words += f"; {rest} other{'s' * (rest > 1)} would need more than were tried"
    return words + "."


def about_tasks(table: pd.DataFrame, unit: str, complete: pd.DataFrame) -> str:
    """The hardest task of the first estimator, and how often it is the best one.

    Args:
        table: of `findings.task_table`.
        unit: of its errors.
        complete: of `error_analysis.complete`; in each task only those compete who answered most.
    """
    first, names = table.columns[2], list(table.columns[2:])
    hardest, worst = max(zip(table.task, table[first].fillna(-1), strict=True), key=itemgetter(1))
    words = f"{plain(first)} errs most on {hardest}, by {worst:.3f} {unit} on average"
    if len(names) == 1:
        return f"{words}."
    errors = table.set_index("task")[names].where(complete)
    best = int((errors.idxmin(axis=1) == first).sum())
    return (
        f"{words}; it is the nearest in {best} of {len(table)} tasks, among those who answered "
        "most of a task's datasets."
    )


def about_checks(cells: pd.DataFrame, unit: str) -> str:
    """How many checks each estimator passes on every law."""
    total = cells.check.nunique()
    passed = (cells.verdict == "pass").groupby(cells.title, sort=False).sum()
    ordered = passed.sort_values(ascending=False)
    counts = [f"{plain(name)} {count}" for name, count in ordered.items()]
    return (
        f"How many of {total} checks hold on every law: {listed(counts)}. A violation up to "
        f"{UNITS[unit] * TOLERANCE:.3f} {unit} passes: rows decide no more than that."
    )


def about_seeds(scores: pd.DataFrame) -> str:
    """How many repetitions the verdicts of each estimator rest on."""
    most = scores.groupby("title", sort=False).seeds.max()
    words = [
        f"{count} for {listed([plain(name) for name in names])}"
        for count, names in most.groupby(most, sort=False).groups.items()
    ]
    return f"Repetitions of each check: {'; '.join(words)}."


def about_statements(checks: dict[str, Check]) -> str:
    """What must hold, check by check, as a list."""
    return "\n".join(f"- **{name}**: {check.statement}" for name, check in checks.items())


def about_replay(records: pd.DataFrame, unit: str) -> str:
    """Whether the estimates made here are those that are stored."""
    both = records.dropna(subset=["now", "stored"])
    if both.empty:
        return f"None of {len(records)} could be estimated here; the table says why."
    factor = UNITS[unit]
    change = factor * (both.now - both.stored).abs().max()
    stored, now = (
        factor**2 * ((both[name] - both.truth) ** 2).mean() for name in ("stored", "now")
    )
    return (
        f"{len(both)} of {len(records)} datasets estimated again in {records.seconds.sum():.1f} s: "
        f"mean squared error {now:.4g} {unit}², stored {stored:.4g}; the largest change of an "
        f"estimate is {change:.2g} {unit}."
    )


def about_recheck(laws: pd.DataFrame, unit: str) -> str:
    """Whether a check made here ends as the stored one did.

    Args:
        laws: of `rerun.recheck`.
        unit: of the violations.
    """
    both = laws.dropna(subset=["stored", "now"])
    if both.empty:
        return "No law could be checked here."
    change = UNITS[unit] * (both.now - both.stored).abs().max()
    return (
        f"Checked again on {len(both)} of {len(laws)} laws: it holds on "
        f"{int(both.holds.fillna(False).astype(bool).sum())}, and the violation changes by at most "
        f"{round(change, 6):.2g} {unit}."
    )


def _only_published(board: pd.DataFrame, metric: str) -> str:
    if board.empty:
        return "Nothing is stored for this benchmark yet."
    best = min(board.itertuples(), key=lambda row: row.error)
    return (
        f"No run is stored yet; the lowest {metric} that others published is {best.error:.3g}, by "
        f"{best.title.removesuffix(' *')}."
    )


def _beside(board: pd.DataFrame) -> str:
    """Ours beside the best published number of the same column."""
    ours = board[board.kind == OURS].dropna(subset=["error"])
    published = board[board.kind == PUBLISHED].groupby(["split", "n"]).error.min()
    best = ours.groupby(["split", "n"]).error.min()
    both = pd.concat([best, published], axis=1, keys=["ours", "theirs"]).dropna()
    if both.empty:
        return ""
    ahead = int((both.ours < both.theirs).sum())
    return f" Ours are below every published number in {ahead} of {len(both)}."


def _times(factor: float) -> str:
    return f"{factor:.3g} times" if factor < 1e6 else "more than a million times"


def _columns(label: str) -> str:
    return f"{label} column" if label == "1" else f"{label} columns"

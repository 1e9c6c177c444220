"""How close to the best possible estimators come: findings, each worked out once."""

import pandas as pd

from mist_core.benchmarks.base import OURS
from mist_core.benchmarks.efficiency_scores import typical
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.leaderboard import figures
from mist_core.leaderboard.results import Results
from mist_core.markdown import plain

SHOWN = ("ratio", "coverage", "width", "seconds", "laws")


def in_the_middle(results: Results, group: str) -> Finding:
    """Error over the bound against rows, the median law of a group."""
    scores = results.scores[results.scores.group == group]
    titles = list(dict.fromkeys(scores.title))
    table = typical(scores).merge(scores[["estimator", "title", "kind"]].drop_duplicates())
    drawn = table.rename(columns={"ratio": "value"})
    chart = figures.efficiency_chart(
        drawn, titles, 1.0, y="error over the bound", about=f"median of {group}"
    )
    return Finding(
        _about(table, scores), table, (chart,), _wide(table), about=f"efficiency on {group}"
    )


def on_one_law(results: Results, law: str, unit: str) -> Finding:
    """Mean absolute error against rows on one law, with the bound."""
    factor = UNITS[unit]
    scores = results.scores[(results.scores.law == law) & (results.scores.datasets > 0)]
    table = scores.assign(value=factor * scores.mae.astype(float), bound=factor * scores.bound)
    titles = list(dict.fromkeys(table.title))
    chart = figures.efficiency_chart(
        table, titles, None, y=f"mean absolute error ({unit})", about=law
    )
    return Finding(_told(table, unit), table, (chart,), about=f"Errors on {law}")


def _told(table: pd.DataFrame, unit: str) -> str:
    """The smallest error at the most rows, ours, and the bound there."""
    at = table[table.n == table.n.max()].dropna(subset=["value"])
    if at.empty:
        return "No stored result yet."
    chosen = dict.fromkeys([at.value.idxmin(), *at.index[at.kind == OURS]])
    told = [f"{plain(one.title)} {one.value:.3f}" for one in at.loc[list(chosen)].itertuples()]
    bound = f"the bound is {at.bound.iloc[0]:.3f} {unit}"
    return f"Mean absolute error at {at.n.iloc[0]:,} rows: {', '.join(told)}; {bound}."


def _about(table: pd.DataFrame, scores: pd.DataFrame) -> str:
    """Where ours stands at the most rows that it answered, beside the nearest other."""
    known = table.dropna(subset=["ratio"])
    ours, others = known[known.kind == OURS], known[known.kind != OURS]
    if ours.empty:
        return "No stored result of MIST yet."
    at = ours[ours.n == ours.n.max()]
    best = at.loc[at.ratio.idxmin()]
    words = (
        f"From {best.n:,} rows **{plain(best.title)}** errs by {best.ratio:.2g} times the least "
        "error that is possible, in the middle of these laws"
    )
    rival = others[others.n == best.n]
    if len(rival):
        words += _beside(best, rival.loc[rival.ratio.idxmin()], scores[scores.n == best.n])
    return words + "."


def _beside(best: pd.Series, nearest: pd.Series, scores: pd.DataFrame) -> str:
    """The nearest other; where it cannot answer all laws, both on those that it can."""
    if nearest.laws == best.laws:
        return f"; the nearest other, {plain(nearest.title)}, by {nearest.ratio:.2g} times"
    answered = scores[(scores.estimator == nearest.estimator) & (scores.datasets > 0)].law
    ours = scores[(scores.estimator == best.estimator) & scores.law.isin(answered)]
    return (
        f"; on the {nearest.laws} of {best.laws} laws that {plain(nearest.title)} can answer, by "
        f"{ours.ratio.astype(float).median():.2g} times, and {plain(nearest.title)} by "
        f"{nearest.ratio:.2g}"
    )


def _wide(table: pd.DataFrame) -> pd.DataFrame:
    """One row an estimator and n, for a reader."""
    names = {"title": "estimator", "n": "rows", "ratio": "error over bound", "seconds": "seconds"}
    return table[["title", "n", *SHOWN]].rename(columns=names)

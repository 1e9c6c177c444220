"""Figures of the lessons: rows, errors and intervals, each with its numbers."""

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, GREEN, GREY, VERMILLION, scatter, titled
from mist_core.findings import ENDS
from mist_core.lessons.lesson import Figure
from mist_core.markdown import percent

COLOURS = alt.Scale(
    domain=["MIST", "KSG", "CCA", "Histogram"], range=[BLUE, GREEN, "#E69F00", "#CC79A7"]
)


# What a reader calls the columns of our tables.
WORDS = ENDS | {
    "q25": "from (25 %)",
    "q75": "to (75 %)",
    "middle": "median",
    "holds": "holds the truth",
    "who": "intervals of",
    "score": "mean interval score (nats)",
    "width": "half-width (nats)",
}


def rows_of(x: np.ndarray, y: np.ndarray, *, x_title: str, y_title: str, **looks) -> Figure:
    """The scatter of two columns, (n,) each.

    Args:
        x, y: as they come.
        x_title, y_title: of axes and columns.
        looks: properties of the chart, other than its own.
    """
    drawn = scatter(x, y, a_title=x_title, b_title=y_title).properties(**looks)
    return Figure(drawn, pd.DataFrame({x_title: x, y_title: y}))


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """A table of ours with names that a reader knows."""
    return table.rename(columns=WORDS)


def mean_errors(curve: pd.DataFrame, against: str, subtitle: str) -> Figure:
    by_columns = against == "columns"
    at = "columns a side" if by_columns else "truth (nats)"
    x = alt.X(
        "at:Q",
        title=at,
        scale=alt.Scale(type="log", base=2) if by_columns else alt.Scale(zero=True),
    )
    y = alt.Y("error:Q", title="mean error (nats)")
    zero = alt.Chart(pd.DataFrame({"error": [0.0]})).mark_rule(
        color=VERMILLION, strokeDash=[6, 4], strokeWidth=2
    )
    drawn = alt.layer(_lines(curve, x, y), zero.encode(y="error:Q")).properties(
        title=titled("Mean error", subtitle), height=340
    )
    return Figure(drawn, _by_estimator(curve, at))


def errors(curve: pd.DataFrame, one: float, subtitle: str) -> Figure:
    log = alt.Scale(type="log", nice=False)
    x = alt.X("at:Q", title="rows", scale=log)
    y = alt.Y("error:Q", title="error (nats)", scale=alt.Scale(type="log", nice=False))
    rows = sorted(set(curve["at"]))
    line = pd.DataFrame({"at": rows, "error": [one / n**0.5 for n in rows]})
    least = (
        alt.Chart(line)
        .mark_line(color=VERMILLION, strokeDash=[6, 4], strokeWidth=2)
        .encode(x=x, y=y)
    )
    drawn = alt.layer(_lines(curve, x, y), least).properties(
        title=titled("Error against rows", subtitle), height=340
    )
    return Figure(drawn, _by_estimator(curve, "rows").assign(bound=line.error))


def _by_estimator(curve: pd.DataFrame, at: str) -> pd.DataFrame:
    """The error at each place, a column an estimator."""
    names = dict.fromkeys(curve.estimator)
    wide = curve.pivot(index="at", columns="estimator", values="error")[list(names)]
    return wide.rename_axis(index=at, columns=None).reset_index()


def _lines(curve: pd.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    legend = alt.Legend(orient="bottom", title=None)
    return (
        alt.Chart(curve)
        .mark_line(point=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color("estimator:N", scale=COLOURS, legend=legend),
            strokeDash=alt.StrokeDash("estimator:N", legend=None),
            shape=alt.Shape("estimator:N", legend=None),
        )
    )


def strips(table: pd.DataFrame, title: str) -> Figure:
    """Each interval at its place by truth, with the truth on it; misses in another colour."""
    ordered = table.sort_values("truth").reset_index(drop=True)
    inside = (ordered.low <= ordered.truth) & (ordered.truth <= ordered.high)
    shown = ordered.assign(number=range(1, len(ordered) + 1), holds=np.where(inside, "yes", "no"))
    x = alt.X(
        "number:Q", title="datasets, by their truth", axis=alt.Axis(labels=False, ticks=False)
    )
    colour = alt.Color(
        "holds:N",
        title="holds the truth",
        scale=alt.Scale(domain=["yes", "no"], range=[BLUE, VERMILLION]),
        legend=alt.Legend(orient="bottom"),
    )
    base = alt.Chart(shown)
    y = alt.Y("low:Q", title="nats", scale=alt.Scale(zero=True))
    text = f"{percent(inside.mean())} of {len(shown)} hold the truth (the grey ticks)"
    drawn = alt.layer(
        base.mark_rule(strokeWidth=4, opacity=0.6).encode(x=x, y=y, y2="high:Q", color=colour),
        base.mark_tick(color=GREY, thickness=3, size=7).encode(x=x, y="truth:Q"),
    ).properties(title=titled(title, text), height=320)
    return Figure(drawn, in_words(shown.drop(columns="number")))


def score_bars(curve: pd.DataFrame, width: float) -> Figure:
    shown = curve.assign(label=[percent(c) for c in curve.coverage], chosen=curve.width == width)
    x = alt.X("width:O", title="half-width (nats)", axis=alt.Axis(labelAngle=0))
    room = alt.Scale(domain=[0, 1.15 * curve.score.max()], nice=False)  # for the labels
    y = alt.Y("score:Q", title="mean interval score (nats)", scale=room)
    colour = alt.condition(alt.datum.chosen, alt.value(VERMILLION), alt.value(BLUE))
    base = alt.Chart(shown)
    drawn = alt.layer(
        base.mark_bar().encode(x=x, y=y, color=colour),
        base.mark_text(dy=-6, color=GREY).encode(x=x, y=y, text="label:N"),
    ).properties(
        title=titled("What each width scores", "labels: coverage; less is better"), height=240
    )
    return Figure(drawn, in_words(curve[["width", "coverage", "score"]]))


def coverages(rated: pd.DataFrame, promised: float) -> Figure:
    names = list(rated.index)
    shown = rated.reset_index(names="who").assign(label=[percent(c) for c in rated.coverage])
    y = alt.Y("who:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=160))
    x = alt.X("coverage:Q", title="share of truths held", scale=alt.Scale(domain=[0, 1.1]))
    line = alt.Chart(pd.DataFrame({"coverage": [promised]})).mark_rule(
        color=VERMILLION, strokeDash=[6, 4], strokeWidth=2
    )
    base = alt.Chart(shown)
    drawn = alt.layer(
        base.mark_bar(color=BLUE).encode(x=x, y=y),
        base.mark_text(align="left", dx=4, color=GREY).encode(x=x, y=y, text="label:N"),
        line.encode(x="coverage:Q"),
    ).properties(title=titled("Coverage", "dashed: the promise"), height=160)
    return Figure(drawn, in_words(shown.drop(columns="label")).assign(promised=promised))

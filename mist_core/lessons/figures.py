"""Charts of the lessons on errors and on intervals."""

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, GREEN, GREY, VERMILLION, titled

COLOURS = alt.Scale(
    domain=["MIST", "KSG", "CCA", "Histogram"], range=[BLUE, GREEN, "#E69F00", "#CC79A7"]
)


def mean_errors(curve: pd.DataFrame, against: str, subtitle: str) -> alt.LayerChart:
    by_columns = against == "columns"
    x = alt.X(
        "at:Q",
        title="columns a side" if by_columns else "truth (nats)",
        scale=alt.Scale(type="log", base=2) if by_columns else alt.Scale(zero=True),
    )
    y = alt.Y("error:Q", title="mean error (nats)")
    zero = alt.Chart(pd.DataFrame({"error": [0.0]})).mark_rule(
        color=VERMILLION, strokeDash=[6, 4], strokeWidth=2
    )
    return alt.layer(_lines(curve, x, y), zero.encode(y="error:Q")).properties(
        title=titled("Mean error", subtitle), height=340
    )


def errors(curve: pd.DataFrame, one: float, subtitle: str) -> alt.LayerChart:
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
    return alt.layer(_lines(curve, x, y), least).properties(
        title=titled("Error against rows", subtitle), height=340
    )


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


def strips(table: pd.DataFrame, title: str) -> alt.LayerChart:
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
    text = f"{100 * inside.mean():.0f} % of {len(shown)} hold the truth (the grey ticks)"
    return alt.layer(
        base.mark_rule(strokeWidth=4, opacity=0.6).encode(x=x, y=y, y2="high:Q", color=colour),
        base.mark_tick(color=GREY, thickness=3, size=7).encode(x=x, y="truth:Q"),
    ).properties(title=titled(title, text), height=320)


def score_bars(curve: pd.DataFrame, width: float) -> alt.LayerChart:
    shown = curve.assign(
        label=[f"{100 * c:.0f} %" for c in curve.coverage], chosen=curve.width == width
    )
    x = alt.X("width:O", title="half-width (nats)", axis=alt.Axis(labelAngle=0))
    room = alt.Scale(domain=[0, 1.15 * curve.score.max()], nice=False)  # for the labels
    y = alt.Y("score:Q", title="mean interval score (nats)", scale=room)
    colour = alt.condition(alt.datum.chosen, alt.value(VERMILLION), alt.value(BLUE))
    base = alt.Chart(shown)
    return alt.layer(
        base.mark_bar().encode(x=x, y=y, color=colour),
        base.mark_text(dy=-6, color=GREY).encode(x=x, y=y, text="label:N"),
    ).properties(
        title=titled("What each width scores", "labels: coverage; less is better"), height=240
    )


def coverages(rated: pd.DataFrame, promised: float) -> alt.LayerChart:
    names = list(rated.index)
    shown = rated.reset_index(names="who").assign(
        label=[f"{100 * c:.0f} %" for c in rated.coverage]
    )
    y = alt.Y("who:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=160))
    x = alt.X("coverage:Q", title="share of truths held", scale=alt.Scale(domain=[0, 1.1]))
    line = alt.Chart(pd.DataFrame({"coverage": [promised]})).mark_rule(
        color=VERMILLION, strokeDash=[6, 4], strokeWidth=2
    )
    base = alt.Chart(shown)
    return alt.layer(
        base.mark_bar(color=BLUE).encode(x=x, y=y),
        base.mark_text(align="left", dx=4, color=GREY).encode(x=x, y=y, text="label:N"),
        line.encode(x="coverage:Q"),
    ).properties(title=titled("Coverage", "dashed: the promise"), height=160)

"""Charts of a run: what it will see, how its losses fall, how honest it is, what it gained."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, GREEN, GREY, VERMILLION, fixed_scale, titled
from mist_core.inference.posterior import UNITS
from mist_core.jobs.comparison import Comparison
from mist_core.jobs.progress import reliability
from mist_core.markdown import percent
from mist_core.weights.learning_curve import MOST_MEDIANS

VALIDATION, TRAINING, START = "validation draws", "training draws", "frozen start"
_STYLES = {VALIDATION: (BLUE, [1, 0]), TRAINING: (VERMILLION, [5, 3]), START: (GREEN, [2, 2])}
# Earlier evaluations drawn faintly behind the last.
EARLIER = 4
TRUTH_BINS = 24
LATEST, BEFORE_THAT = "latest evaluation", "earlier ones"


def losses_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Losses of training and validation draws against minutes, and the line to beat.

    Args:
        table: of `losses_table`.
    """
    low, high = table["loss"].min(), table["loss"].max()
    high = min(1.03 * high, MOST_MEDIANS * float(table["loss"].median()))
    names = [name for name in _STYLES if (table["series"] == name).any()]
    colours = alt.Scale(domain=names, range=[_STYLES[name][0] for name in names])
    dashes = alt.Scale(domain=names, range=[_STYLES[name][1] for name in names])
    legend = alt.Legend(orient="bottom", title=None, columns=2, symbolType="stroke", labelLimit=400)
    scale = alt.Scale(nice=False, padding=6)  # room for the dots at the end
    base = alt.Chart(table).encode(
        x=alt.X("minutes:Q", title="minutes of training", scale=scale),
        y=alt.Y("loss:Q", title="loss", scale=fixed_scale((0.97 * low, high))),
        color=alt.Color("series:N", scale=colours, legend=legend),
        strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=legend),
    )
    last = base.transform_filter(alt.datum.last).mark_circle(size=70, opacity=1, clip=True)
    title = titled("How it learns", "lower is better; only validation draws can be compared")
    lines = base.mark_line(strokeWidth=2, clip=True)
    return alt.layer(lines, last).properties(title=title, height=320)


def reliability_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Share of truths inside each central interval against the share promised.

    Args:
        table: of `reliability_table`; the latest evaluation is drawn boldly.
    """
    latest = table[table["series"] == LATEST].set_index("nominal")["empirical"]
    scale = alt.Scale(domain=[LATEST, BEFORE_THAT], range=[BLUE, GREY])
    base = alt.Chart(table).encode(
        x=alt.X("nominal:Q", title="promised (%)", scale=fixed_scale((0, 100))),
        y=alt.Y("empirical:Q", title="truths inside (%)", scale=fixed_scale((0, 100))),
        color=alt.Color("series:N", scale=scale, legend=alt.Legend(orient="bottom", title=None)),
        detail="minutes:Q",
    )
    thin = base.transform_filter(alt.datum.series == BEFORE_THAT)
    bold = base.transform_filter(alt.datum.series == LATEST)
    diagonal = (
        alt.Chart(pd.DataFrame({"nominal": [0, 100]}))
        .mark_line(color=GREY, strokeDash=[4, 4])
        .encode(x="nominal:Q", y=alt.Y("nominal:Q"))
    )
    title = titled(
        "How honest it is", f"the 90 % interval holds {percent(latest[90] / 100, 1)} of the truths"
    )
    layers = [
        diagonal,
        thin.mark_line(strokeWidth=1.5, opacity=0.6),
        bold.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=45)),
    ]
    return alt.layer(*layers).properties(title=title, height=320)


def truths_chart(table: pd.DataFrame, *, unit: str) -> alt.Chart:
    """How the true mutual information of training datasets is spread.

    Args:
        table: of `truths_table`, in `unit`.
        unit: shown.
    """
    top, count = float(table["high"].max()), int(table["datasets"].sum())
    # Few datasets tell much and many tell little: the axis is stretched at zero.
    scale = alt.Scale(type="symlog", domain=[0, top], nice=False)
    x = alt.X("low:Q", title=f"true mutual information ({unit})", scale=scale)
    x = x.axis(
        values=[v for v in (0, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if v <= top],
        labelExpr="'' + datum.value",
    )
    bars = alt.Chart(table.assign(none=0)).mark_rect(color=BLUE, opacity=0.85)
    title = titled("What it will learn from", f"{count} draws")
    y = alt.Y("datasets:Q", title="datasets")
    return bars.encode(x=x, x2="high:Q", y=y, y2="none:Q").properties(title=title, height=320)


def gain_chart(table: pd.DataFrame, *, unit: str) -> alt.LayerChart:
    """The mean absolute error on each bench, before and after, joined by a line.

    Args:
        table: of `gain_table`, in `unit`.
        unit: shown.
    """
    frame = table[["bench", "before", "after"]]
    dots = frame.melt("bench", var_name="weights", value_name="error")
    dots["label"] = dots["error"].map("{:.3f}".format)
    rows = list(frame["bench"])
    axis = alt.Axis(labelLimit=230)
    y = alt.Y("bench:N", sort=rows, title=None, axis=axis, scale=alt.Scale(domain=rows))
    high = 1.15 * float(dots["error"].max())
    x = alt.X("error:Q", title=f"mean absolute error ({unit})", scale=fixed_scale((0, high)))
    scale = alt.Scale(domain=["before", "after"], range=[GREY, BLUE])
    shapes = alt.Scale(domain=["before", "after"], range=["circle", "diamond"])
    legend = alt.Legend(orient="bottom", title=None)
    base = alt.Chart(dots).encode(
        x=x, y=y, color=alt.Color("weights:N", scale=scale, legend=legend)
    )
    line = alt.Chart(frame).mark_rule(color=GREY).encode(x=alt.X("before:Q"), x2="after:Q", y=y)
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        shape=alt.Shape("weights:N", scale=shapes, legend=legend)
    )
    above = alt.datum.weights == "after"
    labels = [
        base.transform_filter(above).mark_text(dy=-14).encode(text="label:N"),
        base.transform_filter(~above).mark_text(dy=18).encode(text="label:N"),
    ]
    title = titled("Before and after", "fresh draws; lower is better")
    return alt.layer(line, points, *labels).properties(title=title, height=90 + 70 * len(rows))


def losses_table(points: Sequence[dict]) -> pd.DataFrame:
    """`series`, `loss`, `minutes`, and whether it is the `last` point: one row a loss.

    Args:
        points: of `progress.read_progress`, at least one.
    """
    rows = []
    for point in points:
        series = {VALIDATION: point["validation"]["loss"], TRAINING: point.get("train_loss", 0)}
        if point.get("start"):
            series[START] = point["start"]["loss"]
        last = point is points[-1]
        rows += [
            {"series": name, "loss": loss, "minutes": point["minutes"], "last": last}
            for name, loss in series.items()
            if loss > 0
        ]
    return pd.DataFrame(rows)


def reliability_table(points: Sequence[dict]) -> pd.DataFrame:
    """`minutes`, `series`, and coverage in per cent, `nominal` and `empirical`.

    Args:
        points: as `losses_table`; the last, and some earlier ones.
    """
    shown = [*points[: -1 : -(-len(points) // EARLIER)], points[-1]]
    return pd.DataFrame(
        {
            "minutes": point["minutes"],
            "series": LATEST if point is points[-1] else BEFORE_THAT,
            "nominal": round(100 * nominal),
            "empirical": 100 * empirical,
        }
        for point in shown
        for nominal, empirical in reliability(point["validation"])
    )


def truths_table(values: np.ndarray) -> pd.DataFrame:
    """How many of the truths (n,) lie from `low` to `high`: `datasets`, bin by bin."""
    top = max(float(values.max()), 0.1)
    edges = np.expm1(np.linspace(0, np.log1p(top), TRUTH_BINS + 1))
    edges[-1] = top  # rounding would drop the largest
    counts = np.histogram(values, edges)[0]
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "datasets": counts})


def gain_table(comparisons: Sequence[Comparison], unit: str) -> pd.DataFrame:
    """Mean absolute errors `before` and `after` on each `bench`, in `unit`, and more."""
    factor = UNITS[unit]
    return pd.DataFrame(
        {
            "bench": c.bench,
            "datasets": c.datasets,
            "before": factor * c.mae_before,
            "after": factor * c.mae_after,
            "coverage before": c.coverage_before,
            "coverage after": c.coverage_after,
        }
        for c in comparisons
    )

"""Charts of a calibration study; an honest study stays on the grey lines and in the grey bands."""

import altair as alt
import pandas as pd

from mist_core.calibration.judge import COVERAGE
from mist_core.charts import BLUE, GREY, INK, VERMILLION, fixed_scale, titled

HEIGHT = 320
# Shapes and colours: what is inside the band, or holds the truth, and what does not.
_INSIDE = alt.condition("datum.inside", alt.value(BLUE), alt.value(VERMILLION))
_BELOW_TO_ABOVE = ["#D55E00", "#F3F5F7", "#2E86C7"]
_PERCENT = alt.Axis(format=".0%")


def reliability_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Empirical against nominal coverage, from `summary.reliability`."""
    x = alt.X("nominal:Q", title="nominal coverage", axis=_PERCENT, scale=fixed_scale((0, 1)))
    scale = fixed_scale((0, 1))
    y = alt.Y("empirical:Q", title="share of truths inside", axis=_PERCENT, scale=scale)
    base = alt.Chart(table).encode(x=x)
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        y=y, color=_INSIDE, shape=_shape()
    )
    band = base.mark_area(color=GREY, opacity=0.35).encode(y="lowest:Q", y2="highest:Q")
    diagonal = base.mark_line(color=GREY, strokeDash=[4, 4]).encode(y="nominal:Q")
    title = titled("Reliability", "band: what chance leaves in 95 %; triangles: outside it")
    return alt.layer(band, diagonal, points).properties(title=title, height=HEIGHT)


def pit_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Histogram of the randomised PIT, from `summary.pit_histogram`."""
    title = "level of the truth in its posterior (PIT)"
    x = alt.X("left:Q", title=title, axis=_PERCENT, scale=fixed_scale((0, 1)))
    base = alt.Chart(table).encode(x=x, x2="right:Q")
    y = alt.Y("empirical:Q", title="share of datasets", axis=_PERCENT)
    layers = [
        base.mark_rect(opacity=0.75).encode(y=y, y2=alt.datum(0), color=_INSIDE),
        base.mark_rect(color=GREY, opacity=0.35).encode(y="lowest:Q", y2="highest:Q"),
        base.mark_rule(color=GREY, strokeDash=[4, 4]).encode(y="nominal:Q"),
    ]
    title = titled("Where the truth falls", "band: what chance leaves in 95 % of cases")
    return alt.layer(*layers).properties(title=title, height=HEIGHT)


def strip_chart(table: pd.DataFrame, *, unit: str) -> alt.LayerChart:
    """Intervals in the order of their truths, misses marked, from `summary.strip` in `unit`."""
    frame = table.assign(place=table.index)
    axis, ends = alt.Axis(labels=False, ticks=False), fixed_scale((-1, len(frame)))
    x = alt.X("place:Q", title="datasets, by their truth", axis=axis, scale=ends)
    y = _information("low:Q", f"mutual information ({unit})")
    base = alt.Chart(frame).encode(x=x)
    layers = [
        base.mark_rule(strokeWidth=2, opacity=0.8).encode(y=y, y2="high:Q", color=_INSIDE),
        base.mark_point(filled=True, size=22, opacity=1).encode(
            y="truth:Q", color=_strong(), shape=_shape()
        ),
    ]
    title = titled(
        "Interval by interval", "lines: 90 % intervals; points: truths; triangles: missed"
    )
    return alt.layer(*layers).properties(title=title, height=HEIGHT)


def width_chart(rows: pd.DataFrame, medians: pd.DataFrame, *, unit: str) -> alt.LayerChart:
    """Width of the 90 % interval against n, values already in `unit`.

    Args:
        rows: `n` and `width`, one a dataset.
        medians: from `summary.width_by_rows`.
        unit: of both.
    """
    x = alt.X("n:Q", title="rows", scale=alt.Scale(type="log", nice=False))
    y = _information("width:Q", f"width of the interval ({unit})")
    points = alt.Chart(rows).mark_circle(color=BLUE, size=14, opacity=0.35).encode(x=x, y=y)
    line = alt.Chart(medians).mark_line(
        color=VERMILLION, point=alt.OverlayMarkDef(color=VERMILLION, size=45)
    )
    title = titled("Width", "points: datasets; line: medians of eighths of the datasets")
    layers = alt.layer(points, line.encode(x="n:Q", y="width:Q"))
    return layers.properties(title=title, height=HEIGHT)


def shape_chart(cells: pd.DataFrame) -> alt.LayerChart:
    """Coverage over (n, d), from `summary.by_shape`; its number in each cell."""
    # What chance explains is paler: small cells stray far.
    distance = (cells.coverage - COVERAGE) * cells.inside.map({True: 0.3, False: 1.0})
    frame = cells.assign(
        shade=COVERAGE + distance,
        label=cells.coverage.map(lambda share: f"{100 * share:.0f}"),
        count=cells.datasets.map("of {:,}".format),
    )
    rows, dims = (list(frame.sort_values(f"{k}_order")[k].unique()) for k in ("n", "d"))
    angle = alt.Axis(labelAngle=-40 if len(rows) > 4 else 0, labelOverlap=False, labelFlush=False)
    base = alt.Chart(frame).encode(
        x=alt.X("n:N", sort=rows, title="rows", axis=angle),
        y=alt.Y("d:N", sort=dims[::-1], title="columns of the wider side"),
    )
    scale = alt.Scale(
        domain=[0.7, COVERAGE, 1], range=_BELOW_TO_ABOVE, clamp=True, interpolate="rgb"
    )
    colour = alt.Color("shade:Q", scale=scale, legend=None)
    layers = [
        base.mark_rect().encode(color=colour),
        base.mark_text(dy=-6, fontWeight="bold").encode(text="label:N", color=alt.value(INK)),
        base.mark_text(dy=8, fontSize=9).encode(text="count:N", color=alt.value(INK)),
    ]
    # Signs of percent would touch each other on a phone.
    subtitle = "in percent; white: 90; orange: less; blue: more; pale: no more than chance"
    title = titled("Coverage by rows and columns", subtitle)
    # Each cell holds two lines of text; title, axis and slanted labels take the rest.
    return alt.layer(*layers).properties(title=title, height=max(HEIGHT, 220 + 30 * len(dims)))


def law_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Coverage of each law with its 95 % range, from `summary.by_law`."""
    laws = list(table.law)
    y = alt.Y("law:N", sort=laws, title=None, axis=alt.Axis(labelLimit=220, labelOverlap=False))
    domain = fixed_scale((min(0.7, float(table.lowest.min())), 1))
    x = alt.X("lowest:Q", title="coverage of the 90 % interval", axis=_PERCENT, scale=domain)
    base = alt.Chart(table).encode(y=y)
    nominal = alt.Chart(pd.DataFrame({"at": [COVERAGE]}))
    layers = [
        nominal.mark_rule(color=GREY, strokeDash=[4, 4]).encode(x=alt.X("at:Q", scale=domain)),
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=x, x2="highest:Q", color=_INSIDE),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x="coverage:Q", color=_INSIDE, shape=_shape()
        ),
    ]
    title = titled("Law by law", "lines: what chance leaves open in 95 % of cases")
    return alt.layer(*layers).properties(title=title, height=130 + 30 * len(laws))


def _information(field: str, title: str) -> alt.Y:
    """An axis from 0, linear near it and logarithmic far off."""
    scale = alt.Scale(type="symlog", constant=0.1, domainMin=0, nice=False)
    axis = alt.Axis(values=[0, 0.1, 0.3, 1, 3, 10, 30, 100], labelExpr="'' + datum.value")
    return alt.Y(field, title=title, scale=scale, axis=axis)


def _shape() -> alt.Shape:
    scale = alt.Scale(domain=[True, False], range=["circle", "triangle-up"])
    return alt.Shape("inside:N", scale=scale, legend=None)


def _strong() -> dict:
    """Dark enough against its interval, on white and on black."""
    return alt.condition("datum.inside", alt.value("#56B4E9"), alt.value(VERMILLION))

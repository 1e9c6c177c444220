"""Charts of samples and estimates, as Altair objects that know nothing about the app.

Colours are those of Okabe and Ito (2008); no chart relies on colour alone, and every number a
reader needs stands in a label, so nothing has to be hovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from mist_core.posterior import Posterior

BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
# Central intervals of a fan, drawn over each other so that the middle is darkest.
FAN_COVERAGES = (0.99, 0.9, 0.75, 0.5, 0.25)
# Up to here each row is a point; beyond, points hide each other and a density says more.
MAX_POINTS = 2000
DENSITY_BINS = 60


@dataclass(frozen=True)
class Fan:
    """A posterior cut down to what a chart shows, in the posterior's unit."""

    median: float
    bands: tuple[tuple[float, float, float], ...]
    """(coverage, low, high) for each of FAN_COVERAGES."""

    @classmethod
    def of(cls, posterior: Posterior) -> Fan:
        """Keep the median and the central intervals of FAN_COVERAGES."""
        return cls(posterior.median, tuple((c, *posterior.interval(c)) for c in FAN_COVERAGES))

    def interval(self, coverage: float = 0.9) -> tuple[float, float]:
        """Ends of one of the fan's central intervals."""
        return next((low, high) for c, low, high in self.bands if c == coverage)


@dataclass(frozen=True)
class Rival:
    """Another estimator's row: its value, or why there is none (yet)."""

    name: str
    value: float | None
    note: str


def scatter(a: np.ndarray, b: np.ndarray, *, a_title: str, b_title: str) -> alt.Chart:
    """Draw b against a, both (n,): points for few rows, a binned density for many.

    The axes show the middle 99 % of a heavy-tailed coordinate; the subtitle counts what is
    outside, so that no row disappears in silence.
    """
    frame = pd.DataFrame({"a": a, "b": b}, dtype=float)
    a_range, b_range = _axis_range(a), _axis_range(b)
    inside = frame[frame["a"].between(*a_range) & frame["b"].between(*b_range)]
    draw = _points if len(frame) <= MAX_POINTS else _density
    chart = draw(inside, alt.X("a:Q", title=a_title, scale=_scale(a_range)), b_title, b_range)
    n_outside = len(frame) - len(inside)
    caption = f"{len(frame):,} rows" + (f", {n_outside:,} outside the frame" if n_outside else "")
    return chart.properties(title=alt.Title("The sample", subtitle=caption), height=320)


def comparison(fan: Fan, truth: float, rivals: Sequence[Rival], *, unit: str) -> alt.LayerChart:
    """Draw the model's quantile fan, each rival's value and the true mutual information."""
    low, high = _comparison_range(fan, truth, rivals)
    x = alt.X("low:Q", title=f"mutual information ({unit})", scale=_scale((low, high)))
    rows = [_fan_label(fan), *(_rival_label(r) for r in rivals)]
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=_two_line_axis())
    # The label goes to the side that has room for it.
    align = "right" if truth > (low + high) / 2 else "left"
    rule = _truth_rule(truth, alt.X("truth:Q"), unit, align=align)
    layers = [*_fan_layers(fan, rows[0], x, y), rule]
    if any(r.value is not None for r in rivals):
        layers.insert(0, _rival_points(rivals, rows[1:], x, y))
    title = alt.Title("The estimates", subtitle="bands: 25 to 99 %; whiskers: 90 % interval")
    return alt.layer(*layers).properties(title=title, height=max(320, 44 * len(rows)))


def convergence(
    n_samples: Sequence[int], fans: Sequence[Fan], truth: float, *, unit: str
) -> alt.LayerChart:
    """Draw the median with its 50 % and 90 % intervals against the number of rows."""
    frame = pd.DataFrame(
        {
            "n": n_samples,
            "median": [fan.median for fan in fans],
            "low90": [fan.interval(0.9)[0] for fan in fans],
            "high90": [fan.interval(0.9)[1] for fan in fans],
            "low50": [fan.interval(0.5)[0] for fan in fans],
            "high50": [fan.interval(0.5)[1] for fan in fans],
        }
    )
    x = alt.X("n:Q", title="rows used", scale=alt.Scale(type="log", nice=False))
    base = alt.Chart(frame).encode(x=x)
    title = f"mutual information ({unit})"
    y90 = alt.Y("low90:Q", title=title, scale=alt.Scale(zero=True))
    layers = [
        base.mark_area(color=BLUE, opacity=0.2).encode(y=y90, y2="high90:Q"),
        base.mark_area(color=BLUE, opacity=0.35).encode(y="low50:Q", y2="high50:Q"),
        base.mark_line(color=BLUE, point=alt.OverlayMarkDef(color=BLUE, size=40)).encode(
            y="median:Q"
        ),
        _truth_rule(truth, alt.Y("truth:Q"), unit, align="right"),
    ]
    subtitle = "median, 50 % and 90 % interval on the first n rows of the same sample"
    title = alt.Title("How it converges", subtitle=subtitle)
    return alt.layer(*layers).properties(title=title, height=260)


def poster(sample: alt.Chart, estimates: alt.LayerChart, curve: alt.LayerChart) -> alt.VConcatChart:
    """Put the three charts on one white sheet of fixed size, for download."""
    top = alt.hconcat(sample.properties(width=340), estimates.properties(width=420), spacing=40)
    sheet = alt.vconcat(top, curve.properties(width=900), spacing=30).resolve_scale(
        color="independent", shape="independent"
    )
    return sheet.configure(background="white", padding=16).configure_title(anchor="start")


def to_svg(chart: alt.TopLevelMixin) -> str:
    """Render a chart as SVG text, without a browser."""
    return vl_convert.vegalite_to_svg(chart.to_json())


def to_png(chart: alt.TopLevelMixin) -> bytes:
    """Render a chart as PNG bytes at twice the screen's density, without a browser."""
    return vl_convert.vegalite_to_png(chart.to_json(), scale=2)


def _points(frame: pd.DataFrame, x: alt.X, b_title: str, b_range: tuple) -> alt.Chart:
    opacity = float(np.clip(12 / np.sqrt(len(frame) + 1), 0.25, 0.8))
    mark = alt.Chart(frame).mark_circle(size=28, color=BLUE, opacity=opacity)
    return mark.encode(x=x, y=alt.Y("b:Q", title=b_title, scale=_scale(b_range)))


def _density(frame: pd.DataFrame, x: alt.X, b_title: str, b_range: tuple) -> alt.Chart:
    counts, a_edges, b_edges = np.histogram2d(frame["a"], frame["b"], bins=DENSITY_BINS)
    i, j = np.nonzero(counts)
    cells = pd.DataFrame(
        {
            "a": a_edges[i],
            "a2": a_edges[i + 1],
            "b": b_edges[j],
            "b2": b_edges[j + 1],
            "rows": counts[i, j].astype(int),
        }
    )
    # Logarithmic, or one full cell would leave all others in the darkest colour.
    scale = alt.Scale(type="log", scheme="cividis")
    legend = alt.Legend(orient="bottom", title="rows a cell", tickCount=3)
    colour = alt.Color("rows:Q", scale=scale, legend=legend)
    y = alt.Y("b:Q", title=b_title, scale=_scale(b_range))
    return alt.Chart(cells).mark_rect().encode(x=x, x2="a2:Q", y=y, y2="b2:Q", color=colour)


def _fan_layers(fan: Fan, row: str, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    bands = pd.DataFrame(fan.bands, columns=["coverage", "low", "high"]).assign(row=row)
    low, high = fan.interval(0.9)
    ends = pd.DataFrame({"row": [row, row], "low": [low, high]})
    middle = pd.DataFrame({"row": [row], "low": [fan.median]})
    return [
        alt.Chart(bands)
        .mark_bar(color=BLUE, opacity=0.25, size=26)
        .encode(x=x, x2="high:Q", y=y, detail="coverage:N"),
        alt.Chart(ends).mark_tick(color=BLUE, size=26, thickness=2).encode(x=x, y=y),
        alt.Chart(middle).mark_tick(color=BLUE, size=34, thickness=4).encode(x=x, y=y),
    ]


def _rival_points(rivals: Sequence[Rival], rows: Sequence[str], x: alt.X, y: alt.Y) -> alt.Chart:
    low, high = x.to_dict()["scale"]["domain"]
    frame = pd.DataFrame(
        [
            # A value off the chart sits at its edge as a triangle; its label has the number.
            {
                "row": row,
                "low": float(np.clip(r.value, low, high)),
                "off": _side(r.value, low, high),
            }
            for r, row in zip(rivals, rows, strict=True)
            if r.value is not None
        ]
    )
    shapes = alt.Scale(
        domain=["left", "inside", "right"], range=["triangle-left", "diamond", "triangle-right"]
    )
    shape = alt.Shape("off:N", scale=shapes, legend=None)
    return (
        alt.Chart(frame)
        .mark_point(filled=True, color=GREEN, size=110, opacity=1)
        .encode(x=x, y=y, shape=shape)
    )


def _truth_rule(truth: float, position: alt.X | alt.Y, unit: str, *, align: str) -> alt.LayerChart:
    channel = type(position).__name__.lower()
    base = alt.Chart(pd.DataFrame({"truth": [truth], "label": [f"truth {truth:.3f} {unit}"]}))
    rule = base.mark_rule(color=VERMILLION, strokeDash=[6, 4], strokeWidth=2)
    text = base.mark_text(
        color=VERMILLION, align=align, dx=5 if align == "left" else -5, dy=-6, baseline="bottom"
    )
    corner = {"y": alt.value(0)} if channel == "x" else {"x": alt.value("width")}
    return rule.encode(**{channel: position}) + text.encode(
        text="label:N", **{channel: position}, **corner
    )


def _fan_label(fan: Fan) -> str:
    low, high = fan.interval(0.9)
    return f"MIST\n{fan.median:.3f} ({low:.3f} to {high:.3f})"


def _rival_label(rival: Rival) -> str:
    return f"{rival.name}\n{rival.note}"


def _two_line_axis() -> alt.Axis:
    return alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=200, grid=False, ticks=False)


def _comparison_range(fan: Fan, truth: float, rivals: Sequence[Rival]) -> tuple[float, float]:
    """Room for the fan and the truth; rivals far outside are pinned to the edge."""
    top = 1.25 * max(truth, fan.bands[0][2], 0.1)
    lowest = min([0.0, *(r.value for r in rivals if r.value is not None)])
    return max(lowest, -0.25 * top), top


def _side(value: float, low: float, high: float) -> str:
    return "left" if value < low else "right" if value > high else "inside"


def _axis_range(values: np.ndarray) -> tuple[float, float]:
    """Full range, or the middle 99 % where tails would squeeze the rest into a line."""
    low, high = np.quantile(values, [0.005, 0.995])
    full_low, full_high = float(np.min(values)), float(np.max(values))
    heavy = full_high - full_low > 3 * (high - low) > 0
    low, high = (low, high) if heavy else (full_low, full_high)
    margin = 0.03 * (high - low) or 0.5
    return float(low - margin), float(high + margin)


def _scale(domain: tuple[float, float]) -> alt.Scale:
    return alt.Scale(domain=list(domain), nice=False, zero=False)

"""Charts of estimates: the model's fan, the truth, other estimators, and how it converges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from mist_core.benchmarks.base import Answer
from mist_core.charts import BLUE, GREEN, VERMILLION, fixed_scale, titled
from mist_core.inference.posterior import UNITS, Posterior

# Channels are objects and no strings here: Altair takes milliseconds to make one out of a string.

# Central intervals of a fan, drawn over each other so that the middle is darkest.
RIVAL_COLOURS = [GREEN, "#E69F00", "#CC79A7"]
FAN_COVERAGES = (0.99, 0.9, 0.75, 0.5, 0.25)


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


def comparison(
    fan: Fan, truth: float | None, others: Mapping[str, Answer | None], *, unit: str
) -> alt.LayerChart:
    """Draw the model's quantile fan, what each other estimator says, and the truth.

    Args:
        fan: in `unit`.
        truth: mutual information, in `unit`; None where nobody knows it.
        others: the answer of each by title, nats; None while it is at work.
        unit: shown.
    """
    frame = _others(others, unit)
    low, high = _comparison_range(fan, truth or 0.0, frame)
    x = alt.X("low:Q", title=f"mutual information ({unit})", scale=fixed_scale((low, high)))
    rows = [_fan_label(fan), *frame.row]
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=_two_line_axis())
    layers = _fan_layers(fan, rows[0], x, y)
    if truth is not None:
        # The label goes to the side that has room for it.
        align = "right" if truth > (low + high) / 2 else "left"
        layers.append(_truth_rule(truth, alt.X("truth:Q"), unit, align=align))
    if frame.value.notna().any():
        layers.insert(0, _other_points(frame, x, y))
    title = titled("The estimates", "bands: 25 to 99 %; ticks: median and 90 % interval")
    return alt.layer(*layers, title=title, height=max(400, 60 * len(rows)))


def convergence(
    n_samples: Sequence[int],
    fans: Sequence[Fan],
    truth: float | None,
    *,
    unit: str,
    rows: str = "first rows of the sample",
    rivals: pd.DataFrame | None = None,
) -> alt.LayerChart:
    """Draw the median with its 50 % and 90 % intervals against the number of rows.

    Args:
        n_samples: how many rows each fan comes from.
        fans: in `unit`.
        truth: in `unit`; None where nobody knows it.
        unit: shown.
        rows: which, in a few words.
        rivals: `n`, `estimator` and `estimate` in `unit` of others, drawn as lines.
    """
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
    y90 = alt.Y("low90:Q", title=f"mutual information ({unit})", scale=alt.Scale(zero=True))
    layers = [
        base.mark_area(color=BLUE, opacity=0.2).encode(y=y90, y2=alt.Y2("high90:Q")),
        base.mark_area(color=BLUE, opacity=0.35).encode(y=alt.Y("low50:Q"), y2=alt.Y2("high50:Q")),
        base.mark_line(color=BLUE, point=alt.OverlayMarkDef(color=BLUE, size=40)).encode(
            y=alt.Y("median:Q")
        ),
    ]
    if rivals is not None and len(rivals):
        layers.insert(0, _rival_lines(rivals))
    if truth is not None:
        # Said in the subtitle: beside the line a label would cover the medians that reach it.
        layers.append(_rule(truth, alt.Y("truth:Q")))
        rows += f"; dashed: truth {truth:.3f} {unit}"
    title = titled("How it converges", f"{rows}; bands: 50 and 90 %")
    return alt.layer(*layers, title=title, height=340)


def _rival_lines(rivals: pd.DataFrame) -> alt.Chart:
    names = list(dict.fromkeys(rivals.estimator))
    legend = alt.Legend(orient="bottom", title=None)
    return (
        alt.Chart(rivals)
        .mark_line(strokeDash=[4, 3], strokeWidth=2)
        .encode(
            x="n:Q",
            y="estimate:Q",
            color=alt.Color(
                "estimator:N", scale=alt.Scale(domain=names, range=RIVAL_COLOURS), legend=legend
            ),
        )
    )


def poster(sample: alt.Chart, estimates: alt.LayerChart, curve: alt.LayerChart) -> alt.VConcatChart:
    """Put the three charts on one white sheet of fixed size, for download."""
    top = alt.hconcat(sample.properties(width=340), estimates.properties(width=420), spacing=40)
    sheet = alt.vconcat(top, curve.properties(width=900), spacing=30).resolve_scale(
        color="independent", shape="independent"
    )
    return sheet.configure(background="white", padding=16).configure_title(anchor="start")


def _fan_layers(fan: Fan, row: str, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    bands = pd.DataFrame(fan.bands, columns=["coverage", "low", "high"]).assign(row=row)
    low, high = fan.interval(0.9)
    ends = pd.DataFrame({"row": [row, row], "low": [low, high]})
    middle = pd.DataFrame({"row": [row], "low": [fan.median]})
    return [
        alt.Chart(bands)
        .mark_bar(color=BLUE, opacity=0.25, size=26)
        .encode(x=x, x2=alt.X2("high:Q"), y=y, detail=alt.Detail("coverage:N")),
        alt.Chart(ends).mark_tick(color=BLUE, size=26, thickness=2).encode(x=x, y=y),
        alt.Chart(middle).mark_tick(color=BLUE, size=34, thickness=4).encode(x=x, y=y),
    ]


def _others(others: Mapping[str, Answer | None], unit: str) -> pd.DataFrame:
    """A row for each: its label `row`, and its `value` as it came, negative ones included."""
    rows = []
    for title, answer in others.items():
        value, note = None, "at work …"
        if answer is not None and answer.estimate is None:
            note = "no estimate"
        elif answer is not None:
            value = answer.estimate * UNITS[unit]
            note = f"{value:.3f} in {answer.seconds:.2f} s"
        rows.append((f"{title}\n{note}", value))
    return pd.DataFrame(rows, columns=["row", "value"]).astype({"value": float})


def _other_points(others: pd.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    low, high = x.to_dict()["scale"]["domain"]
    known = others.dropna(subset=["value"])
    # A value off the chart sits at its edge as a triangle; its label has the number.
    off = [_side(value, low, high) for value in known.value]
    frame = known.assign(low=known.value.clip(low, high), off=off)
    shapes = alt.Scale(
        domain=["left", "inside", "right"], range=["triangle-left", "diamond", "triangle-right"]
    )
    shape = alt.Shape("off:N", scale=shapes, legend=None)
    return (
        alt.Chart(frame)
        .mark_point(filled=True, color=GREEN, size=110, opacity=1)
        .encode(x=x, y=y, shape=shape)
    )


def _truth_rule(truth: float, position: alt.X, unit: str, *, align: str) -> alt.LayerChart:
    """The truth as a line upright, its number above the chart."""
    base = alt.Chart(pd.DataFrame({"truth": [truth], "label": [f"truth {truth:.3f} {unit}"]}))
    text = base.mark_text(
        color=VERMILLION, align=align, dx=5 if align == "left" else -5, dy=-6, baseline="bottom"
    )
    words = text.encode(text=alt.Text("label:N"), x=position, y=alt.YValue(0))
    return _rule(truth, position) + words


def _rule(truth: float, position: alt.X | alt.Y) -> alt.Chart:
    rule = alt.Chart(pd.DataFrame({"truth": [truth]}))
    rule = rule.mark_rule(color=VERMILLION, strokeDash=[6, 4], strokeWidth=2)
    return rule.encode(**{type(position).__name__.lower(): position})


def _fan_label(fan: Fan) -> str:
    low, high = fan.interval(0.9)
    return f"MIST\n{fan.median:.3f} ({low:.3f} to {high:.3f})"


def _two_line_axis() -> alt.Axis:
    return alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=200, grid=False, ticks=False)


def _comparison_range(fan: Fan, truth: float, others: pd.DataFrame) -> tuple[float, float]:
    """Room for the fan and the truth; values far outside are pinned to the edge."""
    top = 1.25 * max(truth, fan.bands[0][2], 0.1)
    lowest = min([0.0, *others.value.dropna()])
    return max(lowest, -0.25 * top), top


def _side(value: float, low: float, high: float) -> str:
    return "left" if value < low else "right" if value > high else "inside"

"""What is shown of subsamples: how many of their intervals hold what the whole table says."""

import altair as alt
import pandas as pd

from mist_core.calibration.judge import COVERAGE
from mist_core.calibration.subsamples import Subsamples, intervals, share, shares
from mist_core.charts import BLUE, GREY, VERMILLION, fixed_scale, titled
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS, Posterior
from mist_core.markdown import percent

HEIGHT = 340
NOTE = (
    "The whole table's value comes from the same weights, so an error that they make at any number "
    "of rows does not show here. Subsamples share rows with one another and with the whole table: "
    "they miss together, and less often than fresh rows would."
)


def whole_table(
    rows: pd.DataFrame, study: Subsamples, whole: Posterior, unit: str
) -> tuple[Finding, Finding]:
    """Interval by interval, and for any value how many intervals hold it.

    Args:
        rows: of `mist_core.calibration.judge`, of the subsamples so far.
        study: what they are.
        whole: what all rows say, nats.
        unit: shown.
    """
    told = intervals(rows, whole.median)
    low, high = whole.interval(COVERAGE)
    held = share(told, whole.median)
    refined = " refined" if whole.evidence is not None else ""
    sentence = (
        f"**90 % intervals from {study.n_samples:,} rows hold the{refined} value of the whole "
        f"table, {_said(whole.median, unit)} {unit}, in {told.inside.sum():,} of {len(told):,} "
        f"subsamples: {percent(held, 1)}.** That value is an estimate, too: from "
        f"{len(study.x):,} rows, 90 % interval {_said(low, unit)} to {_said(high, unit)}. Were the "
        f"truth at its lower end, {percent(share(told, low))} would hold it; at its upper end, "
        f"{percent(share(told, high))}."
    )
    drawn, curve = _in_unit(told, unit), _in_unit(shares(told), unit)
    at = {"value": [whole.median], "lowest": [low], "highest": [high]}
    line = _in_unit(pd.DataFrame(at), unit)
    missed = told[~told.inside]
    above = int((missed.low > whole.median).sum())
    about = (
        f"{len(missed)} of {len(told)} intervals miss the whole table's value: {above} lie above "
        f"it, {len(missed) - above} below."
    )
    best = curve.loc[curve.share.idxmax()]
    most = f"Most intervals, {percent(best.share)}, hold {best.value:.2f} {unit}."
    return (
        Finding(sentence, drawn, (_fan(drawn, line, unit),), notes=(about, NOTE), about=about),
        Finding(most, curve, (_curve(curve, line, unit),), about=most),
    )


def _said(value: float, unit: str) -> str:
    return f"{value * UNITS[unit]:.2f}"


def _in_unit(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    names = table.columns.intersection(["low", "median", "high", "value", "lowest", "highest"])
    return table.assign(**{name: UNITS[unit] * table[name] for name in names})


def _fan(told: pd.DataFrame, line: pd.DataFrame, unit: str) -> alt.LayerChart:
    """Intervals by their medians, those marked that miss the line of the whole table."""
    frame = told.assign(place=told.index)
    axis, ends = alt.Axis(labels=False, ticks=False), fixed_scale((-1, len(frame)))
    x = alt.X("place:Q", title="subsamples, by their median", axis=axis, scale=ends)
    y = alt.Y("low:Q", title=f"mutual information ({unit})")
    colour = alt.condition("datum.inside", alt.value(BLUE), alt.value(VERMILLION))
    shapes = alt.Scale(domain=[True, False], range=["circle", "triangle-up"])
    base = alt.Chart(frame).encode(x=x)
    whole = alt.Chart(line)
    layers = [
        whole.mark_rect(color=GREY, opacity=0.25).encode(y="lowest:Q", y2="highest:Q"),
        base.mark_rule(strokeWidth=2, opacity=0.7).encode(y=y, y2="high:Q", color=colour),
        base.mark_point(filled=True, size=22, opacity=1).encode(
            y="median:Q", color=colour, shape=alt.Shape("inside:N", scale=shapes, legend=None)
        ),
        whole.mark_rule(strokeWidth=2, color=GREY, strokeDash=[6, 3]).encode(y="value:Q"),
    ]
    subtitle = "dashed line and band: whole table; triangles: missed"
    title = titled("Subsample by subsample", subtitle)
    return alt.layer(*layers).properties(title=title, height=HEIGHT)


def _curve(curve: pd.DataFrame, line: pd.DataFrame, unit: str) -> alt.LayerChart:
    """The share of intervals that holds each value, and where the whole table's lies."""
    x = alt.X("value:Q", title=f"value ({unit})", scale=alt.Scale(nice=False, zero=False))
    axis = alt.Axis(format=".0%")
    y = alt.Y("share:Q", title="intervals that hold it", axis=axis, scale=fixed_scale((0, 1)))
    nominal = alt.Chart(pd.DataFrame({"at": [COVERAGE]}))
    whole = alt.Chart(line)
    layers = [
        whole.mark_rect(color=GREY, opacity=0.25).encode(x="lowest:Q", x2="highest:Q"),
        nominal.mark_rule(color=GREY, strokeDash=[2, 3]).encode(y="at:Q"),
        alt.Chart(curve).mark_line(color=BLUE, strokeWidth=2.5).encode(x=x, y=y),
        whole.mark_rule(strokeWidth=2, color=GREY, strokeDash=[6, 3]).encode(x="value:Q"),
    ]
    title = titled("If another value were true", "dashed: the whole table's; dotted: 90 %")
    return alt.layer(*layers).properties(title=title, height=HEIGHT)

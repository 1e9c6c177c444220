"""Figures of a survey at the width of one column of a paper."""

from collections.abc import Callable
from typing import Any

import altair as alt

from mist_core import charts
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.inspection import figures, findings
from mist_core.inspection.result import Survey

COLUMN = 240  # points: 85 mm
RANKED = 20  # pairs of a ranking
_SCALE = 0.6  # of a height on a screen, and of widths of lines
_SMALL = 7  # points of the smallest letters
# Of marks and axes made for a screen, at most so much on paper.
_MOST = {"fontSize": _SMALL, "labelLimit": 90, "size": 36, "strokeWidth": 2, "gradientLength": 110}
_LETTERS = {
    "font": "Arial, Helvetica, sans-serif",
    "axis": {"labelFontSize": _SMALL, "titleFontSize": 8, "titleFontWeight": "normal"},
    "legend": {"labelFontSize": _SMALL, "titleFontSize": 8, "titleFontWeight": "normal"},
    "text": {"fontSize": _SMALL},
    "background": "white",
    "view": {"strokeWidth": 0.5},
}
KINDS: dict[str, tuple[Callable[[dict], Any], str]] = {
    "SVG": (charts.to_svg, "image/svg+xml"),
    "PNG": (charts.to_print, "image/png"),
    "PDF": (charts.to_pdf, "application/pdf"),
}


def drawn(survey: Survey, unit: str) -> dict[str, Finding]:
    """The figures of a survey by name, as on a screen; only of those there is something in."""
    if survey.pairs.empty:
        return {}
    found = {"ranking": ranked(survey, unit)}
    if survey.target is None:
        found |= {"heatmap": findings.heatmap(survey), "network": findings.network(survey)}
    return {name: finding for name, finding in found.items() if finding.charts}


def ranked(survey: Survey, unit: str) -> Finding:
    """The strongest pairs with their intervals."""
    known, factor = findings.measured(survey).head(RANKED), UNITS[unit]
    bars = known.assign(
        x=known["x"] if survey.target else known["x"].str.cat(known["y"], sep=" · "),
        middle=factor * known["mutual_information"],
        low=factor * known["low"],
        high=factor * known["high"],
        found=findings.found(known),
    )
    chart = figures.bars_chart(bars, float("inf"), unit=unit)
    about = "Dots: mean; lines: 90 % intervals; pale: may be chance."
    return Finding(about, known, (chart,), about=about)


def one_column(chart: alt.TopLevelMixin) -> dict:
    """A chart's specification, COLUMN wide all in all, its letters readable in print."""
    spec = _lessened(chart.to_dict())
    tall = _SCALE * spec.get("height", COLUMN)
    fit = {"type": "fit", "contains": "padding"}
    return spec | {
        "width": COLUMN,
        "height": max(110, min(tall, 1.5 * COLUMN)),
        "autosize": fit,
        "padding": 2,
        "config": _LETTERS,
    }


def _lessened(part: Any) -> Any:
    """The same with all sizes cut to what paper has room for."""
    if isinstance(part, list):
        return [_lessened(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {key: _cut(key, value) for key, value in part.items()}


def _cut(key: str, value: Any) -> Any:
    if key == "datasets":
        return value
    if key in _MOST and isinstance(value, int | float):
        return min(value, _MOST[key])
    if key == "range" and all(isinstance(end, int | float) for end in value):
        return [_SCALE * end for end in value]  # of widths
    return _lessened(value)

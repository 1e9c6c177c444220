"""A posterior as a picture: fifty dots, so that a share of the probability can be counted."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, GREY, VERMILLION, fixed_scale, titled
from mist_core.inference.posterior import Posterior

DOTS = 50
COLUMNS = 30  # of dots across the picture
TALLEST = 10  # dots on each other before they shrink
WIDTH, HEIGHT = 420, 150  # pixels
ABOUT = "each dot: 2 % of the probability; hollow: outside the interval; dashed: the median"


def quantile_dots(posterior: Posterior, truth: float | None = None) -> alt.LayerChart:
    """A quantile dot plot (Kay, Kola, Hullman and Munson, 2016, doi:10.1145/2858036.2858558).

    Args:
        posterior: whose quantiles are drawn, in its unit.
        truth: where it is known, in the same unit; a red rule marks it.
    """
    (low, high), unit = posterior.interval(0.9), posterior.unit
    dots = stacked(posterior)
    ends = _range([*dots.value, *([] if truth is None else [truth])])
    x = alt.X("value:Q", title=f"mutual information ({unit})", scale=fixed_scale(ends))
    layers = [_dots(dots, x), _rule(posterior.median, x, color=GREY, strokeDash=[4, 3])]
    if truth is not None:
        layers.append(_rule(truth, x, color=VERMILLION, strokeWidth=2))
    words = f"{posterior.median:.3f} {unit}, 90 % interval {low:.3f} to {high:.3f}"
    title = titled(words, ABOUT if truth is None else f"{ABOUT}; red: the truth")
    return alt.LayerChart(layer=layers, title=title, width=WIDTH, height=HEIGHT)


def stacked(posterior: Posterior) -> pd.DataFrame:
    """`value`, `place` in its column of dots, and whether it lies `inside` the 90 % interval."""
    levels = (np.arange(DOTS) + 0.5) / DOTS
    quantiles = posterior.quantile(levels)
    step = max(float(np.ptp(quantiles)) / COLUMNS, 1e-9)
    columns = np.floor((quantiles - quantiles[0]) / step)
    place = np.arange(DOTS) - np.searchsorted(columns, columns) + 1
    return pd.DataFrame(
        {
            "value": quantiles[0] + step * (columns + 0.5),
            "place": place,
            "inside": np.abs(levels - 0.5) <= 0.45,
        }
    )


def _range(values: list[float]) -> tuple[float, float]:
    """All of them; from 0 where that costs no more than half of the picture."""
    low, high = min(values), max(values)
    width = max(high - low, 0.01)
    return (0.0 if low < width else low - 0.1 * width), high + 0.1 * width


def _dots(dots: pd.DataFrame, x: alt.X) -> alt.Chart:
    tallest = max(TALLEST, int(dots.place.max()))
    across = min(HEIGHT / (tallest + 1), WIDTH / COLUMNS)
    y = alt.Y("place:Q", axis=None, scale=fixed_scale((0, tallest + 1)))
    fill = alt.condition("datum.inside", alt.value(BLUE), alt.value("transparent"))
    marks = alt.Chart(dots).mark_circle(
        stroke=BLUE, strokeWidth=1.2, opacity=1, size=0.7 * across**2
    )
    return marks.encode(x=x, y=y, fill=fill)


def _rule(value: float, x: alt.X, **look: Any) -> alt.Chart:
    return alt.Chart(pd.DataFrame({"value": [value]})).mark_rule(**look).encode(x=x)

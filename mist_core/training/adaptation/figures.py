"""Charts that set a table's rows beside their imitations: single columns, and pairs of them."""

from itertools import combinations

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, VERMILLION, fixed_scale
from mist_core.training.adaptation.side import FittedSide

REAL, SIMULATED = "your rows", "simulated"
MOST_COLUMNS, MOST_PAIRS = 12, 6
BINS = 16
HEIGHT = 190  # pixels, with the axis titles
_SCALE = alt.Scale(domain=[REAL, SIMULATED], range=[BLUE, VERMILLION])
_BARE = alt.Axis(labels=False, ticks=False, grid=False)


def marginals(side: FittedSide) -> list[alt.LayerChart]:
    """Shares of the rows by value, a chart a column: the table's as bars, the imitation's as dots.

    Args:
        side: at most MOST_COLUMNS of its columns are drawn.
    """
    return [_marginal(side, name) for name in side.names[:MOST_COLUMNS]]


def pairs(side: FittedSide) -> list[alt.Chart]:
    """Two numeric columns against each other: the table's rows, then the imitations, pair by pair.

    Args:
        side: the MOST_PAIRS pairs of strongest rank correlation are drawn.
    """
    numeric = [name for name in side.names if name not in side.discrete]
    ranks = side.data[numeric].rank().corr().abs()
    chosen = sorted(combinations(numeric, 2), key=lambda pair: -ranks.loc[pair])[:MOST_PAIRS]
    return [chart for pair in chosen for chart in _pair(side, *pair)]


def _marginal(side: FittedSide, name: str) -> alt.LayerChart:
    base = alt.Chart(_shares(side, name)).encode(
        x=alt.X("value:N", sort=None, title=name, axis=_BARE),
        y=alt.Y("share:Q", title="share (%)"),
        color=alt.Color("rows:N", scale=_SCALE, legend=None),
    )
    bars = base.transform_filter(alt.datum.rows == REAL).mark_bar(opacity=0.45)
    dots = base.transform_filter(alt.datum.rows == SIMULATED).mark_point(filled=True, opacity=1)
    return alt.layer(bars, dots).properties(height=HEIGHT)


def _pair(side: FittedSide, a: str, b: str) -> list[alt.Chart]:
    real = side.data[[a, b]]
    scales = [fixed_scale((float(real[c].min()), float(real[c].max()))) for c in (a, b)]
    charts = []
    for rows, frame, colour in (
        (REAL, side.data, BLUE),
        (SIMULATED, side.simulated, VERMILLION),
    ):
        points = pd.DataFrame({"a": frame[a], "b": frame[b]})
        mark = alt.Chart(points).mark_circle(size=16, opacity=0.6, color=colour, clip=True)
        x = alt.X("a:Q", title=a, scale=scales[0], axis=_BARE)
        y = alt.Y("b:Q", title=b, scale=scales[1], axis=_BARE)
        charts.append(mark.encode(x=x, y=y).properties(height=HEIGHT, title=rows))
    return charts


def _shares(side: FittedSide, name: str) -> pd.DataFrame:
    """Shares of the rows by value, or by bin; the outer bins take what lies beyond them."""
    real, simulated = side.data[name], side.simulated[name]
    if name in side.discrete:
        values = sorted(set(real) | set(simulated))
        counts = [[int((column == v).sum()) for v in values] for column in (real, simulated)]
        labels = [f"{v:g}" if isinstance(v, float) else str(v) for v in values]
    else:
        edges = np.linspace(*np.quantile(real, [0.005, 0.995]), BINS + 1)
        inside = (column.clip(edges[0], edges[-1]) for column in (real, simulated))
        counts = [np.histogram(column, edges)[0] for column in inside]
        labels = [f"{edge:.4g}" for edge in edges[:-1]]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "column": name,
                    "value": labels,
                    "share": 100 * np.array(count) / len(real),
                    "rows": rows,
                }
            )
            for rows, count in zip((REAL, SIMULATED), counts, strict=True)
        ]
    )

"""Charts of a whole table's dependences: a heatmap, a network, and one column against the others.

Names from the table are drawn as text, in fields whose own names are fixed. A click selects a mark
by its fields `x` and `y`, the two columns' names.
"""

import altair as alt
import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from mist_core.charts import BLUE, GREY, INK, VERMILLION
from mist_core.inspection.network_layout import (
    ABOVE,
    ACROSS,
    NAME_UP,
    UP,
    aside,
    beside,
    places,
)
from mist_core.tables.figures import ceiling_layers
from mist_core.tables.labels import labels as short_names

CLICKED = "clicked"
MOST_CELLS = 30  # columns a side of the heatmap
MOST_EDGES = 40
EDGES_A_COLUMN = 2  # more of them hide each other
MOST_BARS = 30
_WRITTEN_CELLS, _WRITTEN_EDGES = 14, 24  # up to here each one bears its number
_LONGEST_LABEL = 22  # letters
_SEEN, _MISSED, _CHANCE = "correlation sees it", "correlation misses it", "may be chance"
_LEGEND = 40  # pixels of a network's legend
_AROUND = 230  # pixels for names below the heatmap and its legend
_PALE = alt.condition("datum.found", alt.value(1.0), alt.value(0.35))
_TIPS = [
    alt.Tooltip("x:N", title="one"),
    alt.Tooltip("y:N", title="other"),
    alt.Tooltip("strength:Q", title="as a correlation", format=".2f"),
]
_AXIS = alt.Axis(labelLimit=160, labelOverlap=False, labelFlush=False)


def heatmap_chart(pairs: pd.DataFrame) -> alt.LayerChart:
    """Squares of one colour scale from 0 to 1; what may be chance is small.

    Args:
        pairs: `x`, `y`, `strength` in [0, 1] and whether it is `found`; of few columns.
    """
    order = clustered(pairs)
    labels = short_names(order, _LONGEST_LABEL)
    both = pd.concat([pairs, pairs.rename(columns={"x": "y", "y": "x"})], ignore_index=True)
    both["across"], both["up"] = both["x"].map(labels), both["y"].map(labels)
    both["written"] = [f"{value:.2f}".lstrip("0") for value in both["strength"]]
    sort = [labels[name] for name in order]
    axis = {"title": None, "sort": sort, "scale": alt.Scale(domain=sort, paddingInner=0.04)}
    base = alt.Chart(both).encode(
        x=alt.X("across:N", axis=_AXIS, **axis), y=alt.Y("up:N", axis=_AXIS, **axis)
    )
    colour = alt.Color(
        "strength:Q",
        title="as a correlation",
        scale=alt.Scale(domain=[0, 1], scheme="cividis"),
        legend=alt.Legend(orient="bottom", gradientLength=180),
    )
    side = 34 if len(order) <= _WRITTEN_CELLS else 18
    clicked = alt.selection_point(name=CLICKED, fields=["x", "y"])
    layers = [
        base.mark_rect().encode(color=colour, opacity=_PALE),
        # On top of all, unseen: what is clicked.
        base.mark_rect(opacity=0.001, cursor="pointer").encode(tooltip=_TIPS).add_params(clicked),
    ]
    if len(order) <= _WRITTEN_CELLS:
        found = base.transform_filter("datum.found")
        ink = alt.condition("datum.strength > 0.55", alt.value(INK), alt.value("white"))
        layers.insert(1, found.mark_text(fontSize=11).encode(text="written:N", color=ink))
    return alt.layer(*layers).properties(height=_AROUND + side * len(order))


def network_chart(edges: pd.DataFrame) -> alt.LayerChart:
    """Columns as dots, dependences as lines: the thicker, the stronger; dashed where missed.

    Args:
        edges: `x`, `y`, `strength` in [0, 1] and whether correlation `missed` it.
    """
    names = list(dict.fromkeys([*edges["x"], *edges["y"]]))
    number = {name: place for place, name in enumerate(names)}
    ends = np.column_stack([edges["x"].map(number), edges["y"].map(number)])
    at = places(len(names), ends, 0.2 + edges["strength"].to_numpy())
    lines = edges.assign(
        x1=at[ends[:, 0], 0], y1=at[ends[:, 0], 1], x2=at[ends[:, 1], 0], y2=at[ends[:, 1], 1]
    )
    lines["kind"] = np.where(edges["missed"], _MISSED, _SEEN)
    written = list(short_names(names, _LONGEST_LABEL).values())
    nodes = pd.DataFrame({"x1": at[:, 0], "y1": at[:, 1], "name": written})
    height = min(300 + 16 * len(names), 620)
    shares = beside(at, ends, written, height - _LEGEND)
    clicked = alt.selection_point(name=CLICKED, fields=["x", "y"])
    layers = [
        _edges(lines),
        alt.Chart(nodes).mark_circle(size=140, color=BLUE, opacity=1).encode(*_place()),
        *_edge_numbers(lines, shares),
        # Unseen and wide, so that a line is easily hit.
        _edges(lines, clicked),
        alt.Chart(nodes)
        .mark_text(dy=-NAME_UP, fontSize=13, fontWeight=600, color=GREY)
        .encode(*_place(), text="name:N"),
    ]
    return alt.layer(*layers).properties(height=height)


def clustered(pairs: pd.DataFrame) -> list[str]:
    """The columns in an order that puts those beside each other which depend on each other."""
    names = list(dict.fromkeys([*pairs["x"], *pairs["y"]]))
    if len(names) < 3:
        return names
    square = pairs.pivot_table(index="x", columns="y", values="strength", aggfunc="max")
    square = square.reindex(index=names, columns=names).to_numpy()
    square = np.fmax(square, square.T)
    distance = 1 - np.nan_to_num(square)
    np.fill_diagonal(distance, 0)
    order = leaves_list(linkage(squareform(distance), "average", optimal_ordering=True))
    return [names[place] for place in order]


def bars_chart(pairs: pd.DataFrame, most: float, *, unit: str) -> alt.LayerChart:
    """Dots with their intervals, the strongest on top, each with its number.

    Args:
        pairs: `x`, the column; `middle`, `low`, `high` in `unit`, and whether it is `found`.
        most: what can be told at all, in `unit`: drawn where it is in view.
        unit: for the axis.
    """
    shown = pairs.head(MOST_BARS)
    labels = short_names(list(shown["x"]), _LONGEST_LABEL)
    frame = shown.assign(
        name=list(labels.values()), written=[f"{value:.2f}" for value in shown["middle"]]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=list(labels.values()), title=None, axis=_AXIS),
        opacity=_PALE,
    )
    right = 1.15 * max(frame["high"].max(), 0.02)
    scale = alt.Scale(domain=[0, right], nice=False)
    x = alt.X("low:Q", title=f"mutual information ({unit})", scale=scale)
    layers = [
        *(ceiling_layers(most) if most <= right else []),
        base.mark_rule(color=BLUE, strokeWidth=3).encode(x=x, x2="high:Q"),
        base.mark_circle(color=BLUE, size=90).encode(x="middle:Q"),
        # As dark as the others: pale numbers could not be read.
        base.mark_text(align="left", dx=7, color=GREY).encode(
            x="high:Q", text="written:N", opacity=alt.value(1)
        ),
    ]
    return alt.layer(*layers).properties(height=100 + 28 * len(frame))


def _place() -> tuple[alt.X, alt.Y]:
    return (
        alt.X("x1:Q", axis=None, scale=alt.Scale(domain=ACROSS)),
        alt.Y("y1:Q", axis=None, scale=alt.Scale(domain=UP)),
    )


def _edges(lines: pd.DataFrame, clicked: alt.Parameter | None = None) -> alt.Chart:
    base = alt.Chart(lines).encode(*_place(), x2="x2", y2="y2")
    if clicked is not None:
        wide = base.mark_rule(strokeWidth=16, opacity=0.001, cursor="pointer")
        return wide.encode(tooltip=_TIPS).add_params(clicked)
    kinds, legend = [_SEEN, _MISSED], alt.Legend(orient="bottom", title=None)
    colours = alt.Scale(domain=kinds, range=[BLUE, VERMILLION])
    dashes = alt.Scale(domain=kinds, range=[[1, 0], [6, 4]])
    widths = alt.Scale(domain=[0, 1], range=[0.7, 8])
    return base.mark_rule(opacity=0.75).encode(
        strokeWidth=alt.StrokeWidth("strength:Q", scale=widths, legend=None),
        color=alt.Color("kind:N", scale=colours, legend=legend),
        strokeDash=alt.StrokeDash("kind:N", scale=dashes, legend=legend),
    )


def _edge_numbers(lines: pd.DataFrame, shares: np.ndarray) -> list[alt.Chart]:
    """A number beside each line that has room for it, to its left where it rises."""
    if len(lines) > _WRITTEN_EDGES:
        return []
    first, last = (lines[[f"x{end}", f"y{end}"]].to_numpy() for end in (1, 2))
    place = first + shares[:, None] * (last - first)
    numbers = lines.assign(
        x1=place[:, 0],
        y1=place[:, 1],
        aside=[aside(*ends) for ends in zip(first, last, strict=True)],
        written=[f"{value:.2f}".lstrip("0") for value in lines["strength"]],
    ).dropna(subset=["x1"])
    return [
        alt.Chart(side).mark_text(dx=dx, dy=-ABOVE, color=GREY).encode(*_place(), text="written:N")
        for dx, side in numbers.groupby("aside")
    ]

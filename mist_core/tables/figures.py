"""Charts of one pair of columns, as Vega-Lite.

Names and labels from a table go into titles and axes, which Vega draws as text; the fields behind
them have fixed names.
"""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from mist_core.charts import BLUE, MAX_POINTS, VERMILLION, scatter
from mist_core.tables.smoothing import smooth_line

MOST_CLASSES = 12
_RARE_TO_FREQUENT = ["#4393C3", "#F3F5F7", "#E08214"]  # blue, white, orange: colour-blind-safe
_AXES_HEIGHT = 100  # pixels for a chart's axis and titles, which the page counts in its height
_INK = "#8C8C8C"  # readable on the light and on the dark background
_FLAT_AXIS = alt.Axis(labelLimit=110, labelAngle=0, labelFlush=False)
# Every row is named, long names are cut short, and no label moves off its row at an end.
_AXIS = alt.Axis(labelLimit=150, labelOverlap=False, labelFlush=False)

# On a scale of numbers, since bins and quantiles of days are numbers.
_DATES = alt.Axis(labelExpr="utcFormat(datum.value * 86400000, '%Y-%m-%d')", labelAngle=0)


def pair_chart(x: pd.Series, y: pd.Series) -> alt.TopLevelMixin:
    """Two columns against each other: counts where both have few values, strips, or points.

    Args:
        x: (n,) float, category or datetime, no gaps; its name titles the axis.
        y: (n,) likewise.
    """
    dates = [column.name for column in (x, y) if is_datetime64_any_dtype(column)]
    return _with_dates(_drawn(*map(_in_days, (x, y))), dates) if dates else _drawn(x, y)


def _in_days(column: pd.Series) -> pd.Series:
    """Days since 1970 of dates, or classes where they are few; other columns as they are."""
    if not is_datetime64_any_dtype(column):
        return column
    if column.nunique() <= MOST_CLASSES:
        return column.dt.strftime("%Y-%m-%d").astype("category")
    days = column.to_numpy().astype("M8[us]").astype(np.int64) / 86_400e6
    return pd.Series(days, name=column.name)


def _with_dates(chart: alt.TopLevelMixin, names: Sequence[str]) -> alt.TopLevelMixin:
    """The chart with dates at the axes of these names, whose values are days since 1970."""
    for part in getattr(chart, "layer", [chart]):
        for axis in ("x", "y"):
            channel = getattr(part.encoding, axis)
            if channel is not alt.Undefined and channel["title"] in names:
                channel["axis"] = _DATES
    return chart


def _drawn(x: pd.Series, y: pd.Series) -> alt.TopLevelMixin:
    classes = [isinstance(column.dtype, pd.CategoricalDtype) for column in (x, y)]
    if all(column.nunique() <= MOST_CLASSES for column in (x, y)) or all(classes):
        return _counts(x, y)
    if any(classes):
        label, number = (x, y) if classes[0] else (y, x)
        return _strips(label, number)
    points = scatter(x.to_numpy(), y.to_numpy(), a_title=str(x.name), b_title=str(y.name))
    at, height = smooth_line(x.to_numpy(float), y.to_numpy(float))
    title = _title(len(x), "line: local mean" if len(at) else "")
    if not len(at):
        return points.properties(title=title)
    encoding = points.encoding
    line = (
        alt.Chart(pd.DataFrame({"a": at, "b": height}))
        .mark_line(color=VERMILLION, strokeWidth=3, clip=True)
        .encode(x=alt.X("a:Q", **_shared(encoding.x)), y=alt.Y("b:Q", **_shared(encoding.y)))
    )
    return alt.layer(points, line).properties(title=title, height=400)


def _shared(channel: alt.X | alt.Y) -> dict:
    """What a second layer takes over of an axis."""
    return {"title": channel["title"], "scale": channel["scale"]}


def _title(n_rows: int, subtitle: str) -> alt.Title:
    return alt.Title(f"{n_rows:,} rows", subtitle=subtitle, subtitleColor=_INK)


def ceiling_layers(most: float) -> list[alt.Chart]:
    """A line at the entropy of classes, beyond which nothing can be told about them."""
    base = alt.Chart(pd.DataFrame({"at": [most], "label": ["entropy: all there is to tell"]}))
    line = base.mark_rule(color=VERMILLION, strokeDash=[5, 4], strokeWidth=2).encode(x="at:Q")
    text = base.mark_text(color=VERMILLION, align="right", baseline="bottom", dy=-3)
    return [line, text.encode(x="at:Q", y=alt.value(0), text="label:N")]


def _strips(label: pd.Series, number: pd.Series) -> alt.LayerChart:
    """The number's quartiles and middle 90 % in each class, with the rows where they are few."""
    shown = _merge_rare(label)
    frame = pd.DataFrame({"label": shown, "value": number.to_numpy(float)})
    levels = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
    spread = pd.DataFrame(
        [
            {"label": name, **dict(zip(levels, np.quantile(rows, [*levels.values()]), strict=True))}
            for name, rows in frame.groupby("label")["value"]
        ]
    )
    order = list(spread.sort_values("q50")["label"])
    y = alt.Y("label:N", sort=order, title=str(label.name), axis=_AXIS)
    x = alt.X("q05:Q", title=str(number.name), scale=alt.Scale(zero=False))
    base = alt.Chart(spread).encode(y=y)
    layers = [
        base.mark_rule(color=BLUE, strokeWidth=2).encode(x=x, x2="q95:Q"),
        base.mark_bar(color=BLUE, opacity=0.45, size=16).encode(x="q25:Q", x2="q75:Q"),
        base.mark_tick(color=VERMILLION, thickness=3, size=24).encode(x="q50:Q"),
    ]
    if len(frame) <= MAX_POINTS:  # the rows themselves, as ticks below their class's bar
        rows = alt.Chart(frame).mark_tick(color=BLUE, size=16, opacity=0.4, yOffset=24)
        layers.append(rows.encode(y=y, x="value:Q"))
    subtitle = "median, middle 50 % and 90 %" + ("; rows below" if len(layers) > 3 else "")
    height = _AXES_HEIGHT + 72 * len(order)
    return alt.layer(*layers).properties(title=_title(len(frame), subtitle), height=height)


def _counts(x: pd.Series, y: pd.Series) -> alt.LayerChart:
    """Counts, coloured by how often the pair occurs against how often it would by chance."""
    (x_codes, x_names), (y_codes, y_names) = map(_codes, (x, y))
    counts = np.zeros((len(x_names), len(y_names)), dtype=int)
    np.add.at(counts, (x_codes, y_codes), 1)
    by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / len(x)
    cells = pd.DataFrame(
        {
            "x": np.repeat(x_names, len(y_names)),
            "y": np.tile(y_names, len(x_names)),
            "count": counts.ravel(),
            "ratio": (counts / by_chance).ravel().clip(0.125, 8),
        }
    )
    base = alt.Chart(cells).encode(
        x=alt.X("x:N", sort=x_names, title=str(x.name), axis=_FLAT_AXIS),
        y=alt.Y("y:N", sort=y_names[::-1], title=str(y.name), axis=_AXIS),
    )
    colour = alt.Color(
        "ratio:Q",
        title="times chance",
        scale=alt.Scale(
            type="log", domain=[0.125, 1, 8], range=_RARE_TO_FREQUENT, interpolate="rgb"
        ),
        legend=alt.Legend(values=[0.125, 0.5, 1, 2, 8]),
    )
    title = _title(len(x), "counts; colour: against independence")
    text = base.mark_text().encode(text="count:Q", color=alt.value("#1F2933"))
    layers = alt.layer(base.mark_rect().encode(color=colour), text)
    return layers.properties(title=title, height=_AXES_HEIGHT + 20 + 36 * len(y_names))


def _codes(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """(n,) positions among the names of the classes or numbers, which are in order."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        values, codes = np.unique(column, return_inverse=True)
        return codes, [f"{value:g}" for value in values]
    codes, names = pd.factorize(_merge_rare(column), sort=True)
    return codes, list(names)


def _merge_rare(column: pd.Series) -> np.ndarray:
    """(n,) the classes as texts, all but the most frequent ones as "other"."""
    texts = column.astype(object).map(_text)
    frequent = list(texts.value_counts().index)
    kept = set(frequent if len(frequent) <= MOST_CLASSES else frequent[: MOST_CLASSES - 1])
    return np.array([text if text in kept else "(other)" for text in texts], dtype=object)


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)

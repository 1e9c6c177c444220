"""Charts of benchmark results: leaderboard, estimates against truths, where errors lie, time."""

import math

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, GREEN, GREY, INK, VERMILLION, titled
from mist_core.leaderboard.board import FAR_OFF
from mist_core.leaderboard.labels import PUBLISHED

HEIGHT = 380
# A click selects by this name, and the page reads `address` from what was clicked.
PICKED = "picked"
AMOUNTS = ("bias", "variance", "mse")
_COLOURS = (BLUE, VERMILLION, GREEN, "#E69F00", "#CC79A7", "#56B4E9", GREY, "#B79F00")
_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down", "wedge", "arrow")
_LEGEND_COLUMNS = 2  # as many as fit on a phone
_PALE = "#F3F5F7"
_MISSED = "#F7D7BC"


def board_charts(table: pd.DataFrame, *, metric: str) -> list[alt.LayerChart]:
    """The leaderboard as dots on a logarithmic axis, the best estimator on top, a chart a split.

    Args:
        table: of `board.board`, its errors already in the unit of `metric`.
    """
    shown = table.dropna(subset=["error"])
    shown = shown.assign(published=shown.kind == PUBLISHED, error=shown.error.clip(1e-4, FAR_OFF))
    rows = list(np.log(shown.error).groupby(shown.title).mean().sort_values().index)
    scale = alt.Scale(type="log", domain=[shown.error.min() / 1.3, shown.error.max() * 1.3])
    cut = f", cut at {FAR_OFF:,.0f}" if shown.error.max() == FAR_OFF else ""
    # On a narrow screen the title is wider than the axis; there is room on the left.
    axis = _few_ticks(titleAnchor="end")
    x = alt.X("error:Q", title=metric + cut, scale=scale, axis=axis)
    splits = list(dict.fromkeys(shown.split))
    return [_board_part(shown[shown.split == split], rows, x, split) for split in splits]


def scatter_chart(points: pd.DataFrame, *, unit: str) -> alt.LayerChart:
    """Estimates against truths, with 90 % intervals where there are some.

    Args:
        points: `truth`, `estimate`, `low`, `high` (missing without intervals), `inside` and
            `address`, already in `unit`.
    """
    highest = max(float(points.truth.max()), 0.1)
    # Some estimators diverge: what lies far off is cut, not the rest squeezed.
    top = 1.05 * min(max(highest, float(points.estimate.quantile(0.995))), 3 * highest)
    bottom = max(min(0.0, float(points.estimate.quantile(0.005))), -highest)
    x = alt.X("truth:Q", title=f"true mutual information ({unit})", **_stretched(0.0, top))
    y = alt.Y("estimate:Q", title=f"estimate ({unit})", **_stretched(bottom, top))
    colour = alt.condition("datum.inside", alt.value(BLUE), alt.value(VERMILLION))
    base = alt.Chart(points).encode(x=x)
    line = alt.Chart(pd.DataFrame({"truth": [0.0, top], "estimate": [0.0, top]}))
    layers = [line.mark_line(color=GREY, strokeDash=[5, 4]).encode(x=x, y=y)]
    subtitle = "dashed: exact"
    if points.low.notna().any():
        subtitle += "; lines: 90 % intervals; triangles: missed"
        rules = base.mark_rule(strokeWidth=1.2, opacity=0.35, clip=True)
        layers.append(rules.encode(y="low:Q", y2="high:Q", color=colour))
    shape = alt.Shape(
        "inside:N",
        scale=alt.Scale(domain=[True, False], range=["circle", "triangle-up"]),
        legend=None,
    )
    dots = base.mark_point(filled=True, size=34, opacity=0.8, clip=True)
    dots = dots.encode(y=y, color=colour, shape=shape, detail="address:N")
    layers.append(dots.add_params(_picked()))
    title = titled("Estimates against truths", subtitle)
    return alt.layer(*layers).properties(title=title, height=HEIGHT)


def shape_chart(cells: pd.DataFrame, amount: str, *, unit: str) -> alt.LayerChart:
    """One of AMOUNTS over rows and columns, its number in each cell.

    Args:
        cells: of `error_analysis.by_shape`, already in `unit`, with `address`.
    """
    frame = cells.assign(amount=cells[amount], label=cells[amount].map(_two_digits))
    rows, dims = (list(frame.sort_values(f"{k}_order")[k].unique()) for k in ("n", "d"))
    angle = alt.Axis(labelAngle=-40 if len(rows) > 6 else 0, labelOverlap=False)
    base = alt.Chart(frame).encode(
        x=alt.X("n:N", sort=rows, title="rows", axis=angle),
        y=alt.Y("d:N", sort=dims[::-1], title="columns of the wider side"),
    )
    colour = alt.Color("amount:Q", scale=_amount_scale(frame.amount, amount), legend=None)
    cell = base.mark_rect(cursor="pointer").encode(color=colour, detail="address:N")
    text = base.mark_text(fontSize=11).encode(text="label:N", color=alt.value(INK))
    names = {"bias": f"Bias ({unit})", "variance": f"Variance ({unit}²)", "mse": f"MSE ({unit}²)"}
    about = {"bias": "blue: too low; orange: too high", "mse": "bias² + variance; darker: larger"}
    title = titled(names[amount], about.get(amount, "of the error; darker: larger"))
    layers = alt.layer(cell.add_params(_picked()), text)
    return layers.properties(title=title, height=HEIGHT)


def needed_chart(table: pd.DataFrame, titles: list[str], *, target: str) -> alt.LayerChart:
    """Rows needed, an estimator a row, the columns across, the number in each cell.

    Args:
        table: of `error_analysis.rows_needed`.
        titles: of all estimators, in order.
        target: the error aimed at, in words.
    """
    enough = table.n.notna()
    rows = table.n.fillna(table.most)
    frame = table.assign(
        enough=enough, n=rows, label=np.where(enough, "", "> ") + rows.map(_briefly)
    )
    dims = list(frame.sort_values("d_order").d.unique())
    angle = alt.Axis(labelAngle=-40 if len(dims) > 3 else 0, labelOverlap=False)
    base = alt.Chart(frame).encode(
        x=alt.X("d:N", sort=dims, title="columns of the wider side", axis=angle),
        y=alt.Y("title:N", sort=titles, title=None, axis=alt.Axis(labelLimit=200)),
    )
    amount = alt.Color("n:Q", scale=_amount_scale(rows, "rows"), legend=None)
    cell = base.mark_rect().encode(color=alt.condition("datum.enough", amount, alt.value(_MISSED)))
    text = base.mark_text(fontSize=11).encode(text="label:N", color=alt.value(INK))
    title = titled(
        f"Rows needed for {target}", "darker: more; orange: more than the most rows tried"
    )
    return alt.layer(cell, text).properties(title=title, height=150 + 24 * len(titles))


def time_chart(
    table: pd.DataFrame, titles: list[str], across: str, *, about: str
) -> alt.LayerChart:
    """Seconds an estimate on logarithmic axes, a line an estimator.

    Args:
        table: `title`, `n_samples`, `dim_x` and `seconds`.
        titles: of all estimators, in order.
        across: "n_samples" or "dim_x".
        about: what the rest is fixed at.
    """
    names = {"n_samples": "rows", "dim_x": "columns a side"}
    ticks = sorted(table[across].unique().tolist())
    axis = alt.Axis(values=ticks, format="~s" if across == "n_samples" else "~g")
    base = alt.Chart(table.dropna(subset=["seconds"])).encode(
        x=alt.X(f"{across}:Q", title=names[across], scale=_log(padding=12), axis=axis),
        y=alt.Y(
            "seconds:Q", title="seconds an estimate", scale=_log(padding=12), axis=_few_ticks()
        ),
        color=_colour(titles),
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(shape=_shape(titles))
    title = titled(f"Time against {names[across]}", about)
    layers = alt.layer(base.mark_line(strokeWidth=2), points)
    return layers.properties(title=title, height=HEIGHT + _legend_height(len(titles)))


def efficiency_chart(
    table: pd.DataFrame, titles: list[str], bound: float | None, *, y: str, about: str
) -> alt.LayerChart:
    """Errors against rows on logarithmic axes, a line an estimator, and the bound below them.

    Args:
        table: `title`, `n` and `value`; without one bound for all n also `bound`.
        titles: of all estimators, in order.
        bound: the least that is possible at any n.
        y: what the values are.
        about: of which laws.
    """
    least = table.assign(bound=table.bound if bound is None else bound)
    x = alt.X("n:Q", title="rows", scale=_log(padding=12), axis=_few_ticks(format="~s"))
    axis = _few_ticks(format="~g")
    value = alt.Y("value:Q", title=y, scale=_log(padding=12), axis=axis)
    base = alt.Chart(table.dropna(subset=["value"])).encode(x=x, y=value, color=_colour(titles))
    points = base.mark_point(filled=True, size=70, opacity=1).encode(shape=_shape(titles))
    line = alt.Chart(least[["n", "bound"]].drop_duplicates())
    line = line.mark_line(color=GREY, strokeDash=[5, 4], strokeWidth=2)
    line = line.encode(x=x, y=alt.Y("bound:Q", title=y, scale=_log(padding=12), axis=axis))
    title = titled("How close to the best possible", f"{about}; dashed: the bound")
    layers = alt.layer(line, base.mark_line(strokeWidth=2), points)
    return layers.properties(title=title, height=HEIGHT + _legend_height(len(titles)))


def _board_part(rows: pd.DataFrame, order: list[str], x: alt.X, split: str) -> alt.LayerChart:
    bins = list(dict.fromkeys(rows.n))
    y = alt.Y("title:N", sort=order, title=None, axis=alt.Axis(labelLimit=200, labelOverlap=False))
    legend = _legend()
    base = alt.Chart(rows).encode(x=x, y=y)
    thread = base.mark_line(color=GREY, strokeWidth=1, opacity=0.6).encode(detail="title:N")
    scale = alt.Scale(domain=bins, range=list(_COLOURS[: len(bins)]))
    shapes = alt.Scale(domain=bins, range=list(_SHAPES[: len(bins)]))
    dots = base.mark_point(size=95, strokeWidth=2).encode(
        opacity=alt.condition("datum.partial", alt.value(0.35), alt.value(1)),
        color=alt.Color("n:N", scale=scale, legend=legend),
        fill=alt.Fill("n:N", scale=scale, legend=legend),
        shape=alt.Shape("n:N", scale=shapes, legend=legend),
        fillOpacity=alt.condition("datum.published", alt.value(0), alt.value(1)),
    )
    subtitle = "by rows" + ("; hollow, *: published" if rows.published.any() else "")
    subtitle += "; pale: on some datasets" if rows.partial.any() else ""
    title = titled(split or "Leaderboard", subtitle)
    height = 150 + 26 * rows.title.nunique() + _legend_height(len(bins))
    return alt.layer(thread, dots).properties(title=title, height=height)


def _picked() -> alt.Parameter:
    return alt.selection_point(name=PICKED, fields=["address"], on="click", clear=False)


def _colour(titles: list[str]) -> alt.Color:
    return alt.Color("title:N", scale=_scale(titles, _COLOURS), legend=_legend())


def _shape(titles: list[str]) -> alt.Shape:
    # One fewer than colours: together they tell seven times as many titles apart.
    return alt.Shape("title:N", scale=_scale(titles, _SHAPES[:-1]), legend=_legend())


def _briefly(rows: float) -> str:
    """A number of rows as a narrow cell has room for."""
    return f"{rows:,.0f}" if rows < 10_000 else f"{rows / 1000:g}k"


def _two_digits(number: float) -> str:
    if abs(number) >= 1e5:
        return f"{number:.0e}"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.2g}"


def _log(padding: int) -> alt.Scale:
    return alt.Scale(type="log", nice=False, padding=padding)


def _few_ticks(**more) -> alt.Axis:
    """Of a logarithmic axis: lines at 1, 2, 5 and so on would crowd it."""
    return alt.Axis(**({"tickCount": 6, "format": "~g", "labelOverlap": "greedy"} | more))


def _legend() -> alt.Legend:
    return alt.Legend(orient="bottom", title=None, columns=_LEGEND_COLUMNS, labelLimit=200)


def _legend_height(entries: int) -> int:
    """Pixels a legend takes, which a chart's height includes."""
    return 30 * math.ceil(entries / _LEGEND_COLUMNS)


def _scale(titles: list[str], values: tuple[str, ...]) -> alt.Scale:
    """Each title its value, from the start again where there are more titles."""
    return alt.Scale(domain=titles, range=[values[k % len(values)] for k in range(len(titles))])


def _amount_scale(values: pd.Series, amount: str) -> alt.Scale:
    """Blue to orange around zero for a bias, else from pale to dark; text stays legible on all."""
    if amount == "bias":
        end = float(values.abs().max()) or 1.0
        return alt.Scale(
            type="symlog",
            constant=0.05,
            domain=[-end, 0, end],
            range=["#6FB1DE", _PALE, "#F0A06A"],
            interpolate="rgb",
        )
    low = max(float(values.min()), 1e-4)
    high = max(float(values.max()), 2 * low)
    return alt.Scale(type="log", domain=[low, high], range=["#F1F7FB", "#6FB1DE"], clamp=True)


def _stretched(low: float, high: float) -> dict:
    """Scale and axis that are linear near 0 and logarithmic far off."""
    scale = alt.Scale(type="symlog", constant=0.2, domain=[low, high], nice=False)
    return {
        "scale": scale,
        "axis": alt.Axis(values=[-1, 0, 0.1, 0.3, 1, 3, 10, 30, 100], format="~g"),
    }

"""Charts of samples and estimates, as Altair objects that know nothing about the app.

Colours follow Okabe and Ito (2008), the blue a little lighter so that it reads on white and on
black; no chart relies on colour alone, and every number a reader needs stands in a label, so
nothing has to be hovered.
"""

import altair as alt
import numpy as np
import pandas as pd

BLUE, VERMILLION, GREEN, GREY = "#2E86C7", "#D55E00", "#009E73", "#7A858F"
INK = "#1F2933"  # of numbers on pale cells, which are so on any background
# Up to here each row is a point; beyond, points hide each other and a density says more.
MAX_POINTS = 2000
DENSITY_BINS = 60
LINE = 54  # letters of a subtitle that a chart on a phone has room for
WIDTH = 640  # pixels of a figure that is saved
PRINT = 300  # pixels an inch
_DRESS = {"axis": {"labelFlush": False}, "mark": {"tooltip": None, "aria": False}}
Drawing = alt.TopLevelMixin | dict
"""A chart, or its specification."""


def scatter(a: np.ndarray, b: np.ndarray, *, a_title: str, b_title: str) -> alt.Chart:
    """Draw b against a, both (n,): points for few rows, a binned density for many.

    The axes show the middle 99 % of a heavy-tailed coordinate; the subtitle counts what is
    outside, so that no row disappears in silence.
    """
    frame = pd.DataFrame({"a": a, "b": b}, dtype=float)
    a_range, b_range = _axis_range(a), _axis_range(b)
    inside = frame[frame["a"].between(*a_range) & frame["b"].between(*b_range)]
    draw = _points if len(frame) <= MAX_POINTS else _density
    chart = draw(inside, alt.X("a:Q", title=a_title, scale=fixed_scale(a_range)), b_title, b_range)
    n_outside = len(frame) - len(inside)
    caption = f"{len(frame):,} rows" + (f", {n_outside:,} outside the frame" if n_outside else "")
    return chart.properties(title=titled("The sample", caption), height=400)


def to_svg(chart: Drawing) -> str:
    """Render a chart as SVG text, without a browser."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification(chart))


def to_png(chart: Drawing) -> bytes:
    """Render a chart as PNG bytes at twice the screen's density, without a browser."""
    import vl_convert

    return vl_convert.vegalite_to_png(specification(chart), scale=2)


def to_print(chart: Drawing) -> bytes:
    """Render a chart as PNG bytes for print, 300 pixels an inch, a pixel of the chart a point."""
    import vl_convert

    return vl_convert.vegalite_to_png(specification(chart), ppi=PRINT)


def to_pdf(chart: Drawing) -> bytes:
    """Render a chart as PDF bytes, a pixel of the chart a point."""
    import vl_convert

    return vl_convert.vegalite_to_pdf(specification(chart))


def dressed(spec: dict) -> dict:
    """The same with labels on their ticks, and no words of a mark but those it has itself.

    Vega moves the outermost labels inwards, and shows and says raw fields with twelve digits; a
    chart has a description and a table of its numbers.
    """
    config = spec.get("config", {})
    parts = {name: ours | config.get(name, {}) for name, ours in _DRESS.items()}
    return spec | {"config": config | parts}


def specification(chart: Drawing) -> dict:
    """What draws a chart outside of a page, whose width it would fill there.

    Without a width of its own Vega-Lite gives every category twenty pixels, so that cells are too
    narrow for their numbers, and many categories make a figure of thousands of pixels.
    """
    return _with_width(dressed(chart if isinstance(chart, dict) else chart.to_dict()))


def _with_width(spec: dict) -> dict:
    for how in ("vconcat", "hconcat", "concat"):
        if how in spec:
            return spec | {how: [_with_width(part) for part in spec[how]]}
    return spec if {"facet", "spec", "width"} & set(spec) else spec | {"width": WIDTH}


def _points(frame: pd.DataFrame, x: alt.X, b_title: str, b_range: tuple) -> alt.Chart:
    opacity = float(np.clip(12 / np.sqrt(len(frame) + 1), 0.25, 0.8))
    mark = alt.Chart(frame).mark_circle(size=28, color=BLUE, opacity=opacity)
    return mark.encode(x=x, y=alt.Y("b:Q", title=b_title, scale=fixed_scale(b_range)))


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
    y = alt.Y("b:Q", title=b_title, scale=fixed_scale(b_range))
    return alt.Chart(cells).mark_rect().encode(x=x, x2="a2:Q", y=y, y2="b2:Q", color=colour)


def _axis_range(values: np.ndarray) -> tuple[float, float]:
    """Full range, or the middle 99 % where tails would squeeze the rest into a line."""
    low, high = np.quantile(values, [0.005, 0.995])
    full_low, full_high = float(np.min(values)), float(np.max(values))
    heavy = full_high - full_low > 3 * (high - low) > 0
    low, high = (low, high) if heavy else (full_low, full_high)
    margin = 0.03 * (high - low) or 0.5
    return float(low - margin), float(high + margin)


def titled(text: str, subtitle: str) -> alt.Title:
    """A chart's title, with a subtitle that reads on light and dark backgrounds.

    A long subtitle is broken after its parts, or a phone would show its beginning only.
    """
    lines: list[str] = []
    for part in subtitle.split("; "):
        if lines and len(lines[-1]) + len(part) + 2 <= LINE:
            lines[-1] += f"; {part}"
        else:
            lines.append(part)
    return alt.Title(text, subtitle=lines, subtitleColor=GREY, anchor="start")


def fixed_scale(domain: tuple[float, float]) -> alt.Scale:
    """An axis over exactly this range."""
    return alt.Scale(domain=list(domain), nice=False, zero=False)

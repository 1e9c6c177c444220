"""What turns in space, as plotly figures: densities over the plane, and three columns at once."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mist_core.charts import BLUE, GREY, VERMILLION

MOST_POINTS = 2000
HEIGHT = 380  # pixels
EYE = {"x": 1.6, "y": -1.9, "z": 0.9}
FAR = 1.4  # times as far, where two stand side by side: on a phone either is 175 pixels wide
FRAME = 150  # milliseconds
CLEAR = "rgba(0, 0, 0, 0)"
_MARGIN = {"l": 0, "r": 0, "t": 40, "b": 0}


def two_surfaces(
    across: np.ndarray, up: np.ndarray, left: np.ndarray, right: np.ndarray, titles: tuple[str, str]
) -> go.Figure:
    """Two densities over one grid, of one height and seen from one side.

    Args:
        across, up: ends of the grid, (m,) each.
        left, right: heights, (m, m), row by row of `up`.
        titles: of the two.
    """
    kind = [[{"type": "surface"}, {"type": "surface"}]]
    figure = make_subplots(1, 2, specs=kind, subplot_titles=titles, horizontal_spacing=0.02)
    top = float(max(left.max(), right.max()))
    for column, heights in enumerate((left, right), 1):
        surface = go.Surface(
            x=across, y=up, z=heights, cmin=0, cmax=top, colorscale="Cividis", showscale=False
        )
        figure.add_trace(surface, 1, column)
    figure.update_scenes(_axes("X", "Y", "", FAR), zaxis_range=[0, 1.05 * top])
    return figure.update_layout(height=HEIGHT, margin=_MARGIN)


def cloud(points: np.ndarray, names: tuple[str, str, str]) -> go.Figure:
    """Three columns, (n, 3), as points that turn; blue where the last is below its median."""
    shown = points[:MOST_POINTS]
    above = shown[:, 2] > np.median(shown[:, 2])
    figure = go.Figure()
    for side, colour, label in ((~above, BLUE, "lower half"), (above, VERMILLION, "upper half")):
        marker = {"size": 3, "color": colour, "opacity": 0.6}
        x, y, z = shown[side].T
        figure.add_trace(
            go.Scatter3d(x=x, y=y, z=z, mode="markers", marker=marker, name=f"{names[2]}: {label}")
        )
    figure.update_scenes(_axes(*names))
    legend = {"orientation": "h", "y": 0}
    return figure.update_layout(height=HEIGHT, margin=_MARGIN, legend=legend)


def film(
    frames: Sequence[tuple[np.ndarray, np.ndarray]], names: Sequence[str], axes: tuple[str, str]
) -> go.Figure:
    """A scatter that moves from frame to frame, with a button and a slider of its own.

    Args:
        frames: across and up, (n,) each.
        names: of the frames; the slider shows them.
        axes: their titles.
    """
    marker = {"color": BLUE, "opacity": 0.6, "size": 5}
    traces = [go.Scatter(x=x, y=y, mode="markers", marker=marker) for x, y in frames]
    figure = go.Figure(
        traces[0],
        frames=[go.Frame(data=[t], name=name) for t, name in zip(traces, names, strict=True)],
    )
    timing = {"frame": {"duration": FRAME, "redraw": False}, "transition": {"duration": FRAME}}
    play = {"label": "Play", "method": "animate", "args": [None, timing | {"fromcurrent": True}]}
    stop = {"mode": "immediate"}
    steps = [
        {"label": name, "method": "animate", "args": [[name], stop | timing]} for name in names
    ]
    slider = {
        "steps": steps,
        "x": 0.25,  # beside the button, on a telephone too
        "len": 0.75,
        "font": {"color": CLEAR},
        "currentvalue": {"font": {"color": GREY}},
        "bgcolor": GREY,
        "bordercolor": GREY,
        "tickcolor": GREY,
    }
    button = {"type": "buttons", "buttons": [play], "x": 0, "y": 0, "xanchor": "left"}
    # Plotly paints a pressed button white, in the dark too.
    button |= {"bgcolor": CLEAR, "bordercolor": GREY, "showactive": False}
    both = np.array([np.concatenate(side) for side in zip(*frames, strict=True)])
    # A little more than the rows, so that no dot is cut in half at the edge.
    margins = 0.03 * np.ptp(both, axis=1)
    ranges = [
        [side.min() - margin, side.max() + margin]
        for side, margin in zip(both, margins, strict=True)
    ]
    return figure.update_layout(
        height=HEIGHT + 80,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        xaxis={"title": {"text": axes[0]}, "range": ranges[0]},
        yaxis={"title": {"text": axes[1]}, "range": ranges[1]},
        updatemenus=[button | {"yanchor": "top", "pad": {"t": 50}, "font": {"color": GREY}}],
        sliders=[slider | {"pad": {"t": 40}}],
    )


def _axes(x: str, y: str, z: str, far: float = 1.0) -> dict:
    """Named axes without numbers, which would crowd them, and where the eye stands."""
    axes = {
        f"{axis}axis": {"title": {"text": text}, "showticklabels": False}
        for axis, text in zip("xyz", (x, y, z), strict=True)
    }
    eye = {axis: far * at for axis, at in EYE.items()}
    return axes | {"camera": {"eye": eye}, "aspectmode": "cube"}

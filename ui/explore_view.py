"""How Explore draws a sample: two coordinates, a canonical pair, or three columns that turn."""

from dataclasses import dataclass

import altair as alt
import numpy as np
import streamlit as st

from mist_core.charts import scatter
from mist_core.explore.beside import correlations
from mist_core.explore.scenario import Sample
from mist_core.surfaces import cloud
from ui import shell as ui
from ui.explore_choices import URL

CANONICAL, IN_SPACE = "canonical pair", "in space"
QUIET = {"displayModeBar": False, "scrollZoom": False}


@dataclass(frozen=True)
class View:
    """What is drawn of a sample.

    Attributes:
        a, b: across and up, (n,) each, with their titles.
        cloud: three columns, (n, 3), where they are to turn in space; with their names.
    """

    a: np.ndarray
    b: np.ndarray
    a_title: str
    b_title: str
    cloud: np.ndarray | None = None
    names: tuple[str, ...] = ()


def choose_view(sample: Sample) -> View:
    """Two coordinates, the leading canonical pair, or of three and more columns three at once."""
    table = sample.table()
    views = ["coordinates", CANONICAL, *([IN_SPACE] if table.shape[1] > 2 else [])]
    view = st.segmented_control(
        "Show", views, default="coordinates", required=True, key="view", bind=URL
    )
    if view == CANONICAL:
        a, b = sample.leading_canonical_pair()
        return View(a, b, "leading canonical variate of X", "leading canonical variate of Y")
    names = list(table.columns)
    first_y = sample.x.shape[1]
    if view == IN_SPACE:
        # As many of X as there are, up to two, and Y upwards.
        shown = [names[0], names[1 if first_y > 1 else -1], names[first_y]]
        numbers = table[shown].to_numpy()
        return View(numbers[:, 0], numbers[:, 2], shown[0], shown[2], numbers, tuple(shown))
    a = st.selectbox("Across", names, key="across", bind=URL, width=110)
    b = st.selectbox("Up", names, index=first_y, key="up", bind=URL, width=110)
    return View(table[a].to_numpy(), table[b].to_numpy(), a, b)


def show_sample(view: View, n_samples: int, unit: str) -> alt.Chart:
    """The rows: flat, or three columns in space; the flat chart is what is saved."""
    flat = scatter(view.a, view.b, a_title=view.a_title, b_title=view.b_title)
    said = correlations(view.a, view.b, unit)
    about = f"{view.b_title} against {view.a_title} for {n_samples:,} rows. {said}"
    if view.cloud is None:
        ui.show(flat, description=about)
    else:
        figure = cloud(view.cloud, view.names)
        size = {"width": "stretch", "height": figure.layout.height}
        st.plotly_chart(figure, **size, alt=about, config=QUIET)
    st.caption(said)
    return flat

"""What all pages share: loading, widgets, downloads, and the core's errors in one place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st
from altair.utils.schemapi import disable_debug_mode
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.pages_manager import PagesManager

from mist_core import charts
from mist_core.checkpoint import sha256
from mist_core.errors import MISTError
from mist_core.files import reading
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import UNITS, Posterior
from mist_core.leaderboard.figures import PICKED
from mist_core.markdown import plain
from mist_core.paths import IMAGES
from mist_core.spreadsheet import to_csv
from mist_core.weights import library

disable_debug_mode()  # Altair would check each part of a chart when it is made
ICON = IMAGES / "icon.png"
# The address of the Benchmark page as it was when a mark there was clicked.
CAME_FROM = "came-from"
# Streamlit writes white on the primary colour, and in the dark that is a light one.
DARK = """<style>
[data-testid=stBaseButton-primary], [data-testid=stMultiSelect] :has(> [title]) { color: #0B1117 }
</style>"""


def page(title: str) -> None:
    """Set the window's title, icon and width; the first call of every page."""
    if PagesManager.uses_pages_directory:
        # A link to a page, opened first thing on a fresh server: until st.navigation has run once,
        # Streamlit takes pages/ for its older kind of app and skips app.py.
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.set_page_config(page_title=f"{title} · MIST", page_icon=str(ICON), layout="wide")
    if st.context.theme.type == "dark":
        st.html(DARK)


@contextmanager
def core_errors() -> Iterator[None]:
    """Show an error that a user can mend as a message, and end the page's run there.

    Only `MISTError` is caught: anything else is our own fault and should be seen as such.
    """
    try:
        yield
    except MISTError as error:
        st.error(plain(str(error)))
        st.stop()


def choose_weights(
    key: str = "weights",
    first: str | None = None,
    about: str = "shipped weights and those you kept on the Train page",
) -> str:
    """A choice among shipped and kept weights, kept in the URL, that the whole page then uses.

    Args:
        key: of the choice, and its parameter in the URL.
        first: what it begins with; the default weights if None.
        about: a hint.
    """
    names = library.names()
    place = names.index(first or library.default())
    asked = st.query_params.get(key)
    chosen = st.selectbox("Weights", names, place, key=key, bind="query-params", help=about)
    if asked and asked not in names:
        told = f"The link asks for weights {plain(repr(asked[:40]))}, which are not here"
        st.warning(f"{told}: {plain(chosen)} answer instead.")
    return chosen


def current_weights() -> str:
    """Name of the weights chosen on this page, else of the default ones."""
    chosen = st.session_state.get("weights")
    return chosen if chosen in library.names() else library.default()


def estimator(name: str | None = None) -> MISTEstimator:
    """The estimator with the weights `name`, or the current ones, loaded once for all sessions."""
    name = name or current_weights()
    return _load(library.path_of(name), weights_hash(name))


def weights_hash(name: str | None = None) -> str:
    """SHA-256 of those weights: a key for everything computed with them."""
    path = library.path_of(name or current_weights())
    with reading(path):
        stat = path.stat()
        return _file_digest(path, (stat.st_mtime_ns, stat.st_size))


@st.cache_data(show_spinner=False)
def _file_digest(path: Path, stamp: tuple[int, int]) -> str:
    return sha256(path.read_bytes())


@st.cache_resource(show_spinner="Loading the model …", max_entries=4)
def _load(path: Path, digest: str) -> MISTEstimator:
    return MISTEstimator.load(path)


def unit_switch(key: str) -> str:
    """A switch between nats and bits, kept in the URL under `key`; returns the unit's name."""
    unit = st.segmented_control(
        "Unit", list(UNITS), default="nats", required=True, key=key, bind="query-params"
    )
    return unit or "nats"  # an empty value in the URL comes through as None


def in_unit(posterior: Posterior, unit: str) -> Posterior:
    """The posterior in the unit shown: bits exist only here, at display."""
    return posterior.to_bits() if unit == "bits" else posterior.to_nats()


@dataclass(frozen=True)
class Unchecked:
    """A chart that is drawn as it is: the tests check it against Vega-Lite's schema, not a visit.

    A fifth of what the Explore page costs the server would go into that.

    Attributes:
        chart: what is drawn.
    """

    chart: alt.TopLevelMixin

    def to_dict(self) -> dict:
        """Vega-Lite, for Streamlit."""
        return charts.dressed(self.chart.to_dict(validate=False))


def show(
    chart: alt.TopLevelMixin, *, description: str, place: DeltaGenerator | None = None
) -> DeltaGenerator:
    """Draw a chart over the full width, with a text for those who cannot see it.

    Returns:
        The chart's place: given back as `place`, the next chart takes it without a jump.
    """
    draw = place.altair_chart if place else st.altair_chart
    return draw(Unchecked(chart), width="stretch", alt=description)


def open_picked(
    chart: alt.TopLevelMixin, *, description: str, key: str, weights: str | None
) -> None:
    """Draw a chart whose marks have an `address`: a click on one opens its dataset in Explore.

    Args:
        chart: with the selection `PICKED`.
        description: for those who cannot see it.
        key: of the chart.
        weights: that Explore is to answer with, where there are such.
    """
    event = st.altair_chart(
        Unchecked(chart),
        width="stretch",
        alt=description,
        key=key,
        on_select="rerun",
        selection_mode=PICKED,
    )
    if picked := event.selection.get(PICKED):
        try:
            chosen = {"dataset": picked[0]["address"]}
            chosen |= {"weights": weights} if weights in library.names() else {}
            st.session_state[CAME_FROM] = st.query_params.to_dict()
            st.switch_page("pages/explore.py", query_params=chosen)
        except StreamlitAPIException:  # the page runs alone
            st.caption("Explore shows it: start the app with make app.")


def download_table(label: str, frame: pd.DataFrame, file_name: str) -> None:
    """A button that saves a table as CSV, written only when it is clicked."""
    st.download_button(label, lambda: to_csv(frame), file_name, "text/csv", on_click="ignore")


def download_figure(chart: Callable[[], alt.TopLevelMixin], stem: str) -> None:
    """Buttons that save a chart as SVG and PNG, rendered only when they are clicked."""
    svg, png = (lambda: charts.to_svg(chart())), (lambda: charts.to_png(chart()))
    st.download_button("Figure (SVG)", svg, f"{stem}.svg", "image/svg+xml", on_click="ignore")
    st.download_button("Figure (PNG)", png, f"{stem}.png", "image/png", on_click="ignore")

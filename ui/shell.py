"""What all pages share: loading, widgets, and the core's errors in one place."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.pages_manager import PagesManager

from mist_core.checkpoint import sha256
from mist_core.errors import MISTError
from mist_core.files import reading
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import UNITS, Posterior
from mist_core.markdown import plain
from mist_core.paths import IMAGES, home
from mist_core.weights import library
from ui.drawing import (
    CAME_FROM,
    Place,
    download_figure,
    download_table,
    open_picked,
    reserved,
    show,
    show_numbers,
    table,
)
from ui.history import keep_addresses
from ui.links import tell_unknown

__all__ = [
    "CAME_FROM",
    "WEIGHTS",
    "Place",
    "choose_weights",
    "controls",
    "core_errors",
    "current_weights",
    "download_figure",
    "download_table",
    "estimator",
    "in_unit",
    "kept_free",
    "open_picked",
    "page",
    "plain",
    "reserved",
    "show",
    "show_numbers",
    "table",
    "unit_switch",
    "weights_hash",
]

# The choice of weights, in the session and in the address.
WEIGHTS = "weights"
ICON = IMAGES / "icon.png"
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
    keep_addresses()
    with core_errors():
        home()  # on a page that cannot have one nothing else can be said


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


def choose_weights() -> str:
    """A choice among shipped and kept weights, kept in the URL, that the whole page then uses.

    It begins with the default ones, which the Weights page names.
    """
    names, about = library.names(), "shipped weights and those you kept on the Train page"
    place = names.index(library.default())
    tell_unknown("the weights", WEIGHTS, names, names[place])
    return st.selectbox("Weights", names, place, key=WEIGHTS, bind="query-params", help=about)


def current_weights() -> str:
    """Name of the weights chosen on this page, else of the default ones."""
    chosen = st.session_state.get(WEIGHTS)
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
    loaded = MISTEstimator.load(path)
    # Streamlit collects garbage after each run of a page. The modules and weights that stay for
    # good, a million objects, are left out of it: to go through them takes longer than a page.
    gc.collect()
    gc.freeze()
    return loaded


def kept_free(key: str, **looks) -> DeltaGenerator:
    """A container whose room is kept free from the first, as the style sheet says of its key."""
    place = st.container(key=key, **looks)
    place.empty()  # Streamlit draws no container that holds nothing
    return place


def controls(name: str) -> DeltaGenerator:
    """A row of labelled controls, whose height is kept free until they are drawn."""
    return kept_free(f"controls-{name}", horizontal=True, vertical_alignment="bottom")


def unit_switch(key: str) -> str:
    """A switch between nats and bits, kept in the URL under `key`; returns the unit's name."""
    unit = st.segmented_control(
        "Unit", list(UNITS), default="nats", required=True, key=key, bind="query-params"
    )
    return unit or "nats"  # an empty value in the URL comes through as None


def in_unit(posterior: Posterior, unit: str) -> Posterior:
    """The posterior in the unit shown: bits exist only here, at display."""
    return posterior.to_bits() if unit == "bits" else posterior.to_nats()

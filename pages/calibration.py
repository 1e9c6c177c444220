"""Calibration: 90 % intervals meet the truth, one dataset after the other."""

import time

import streamlit as st

from mist_core.calibration import code
from mist_core.calibration.findings import findings
from mist_core.calibration.growing import GrowingStudy
from mist_core.calibration.samples import Samples
from mist_core.calibration.stored import StoredStudy, stem
from mist_core.calibration.study import LAWS, Datasets, OneLaw, Study
from mist_core.explore.scenario import Scene
from ui import shell as ui
from ui.calibration import Board, show_download, show_grids, stored_findings, stored_study
from ui.calibration_choices import TABLE, choose, choose_kind
from ui.calibration_live import REFRESH, live_study, report, stop_or_go_on
from ui.calibration_samples import show_samples
from ui.calibration_table import show_table
from ui.links import link
from ui.notebook import offer_notebook

LIVE = "calibration-live"


def main() -> None:
    """The stored study of the laws chosen, or the one of other choices as it grows."""
    ui.page("Calibration")
    st.title(code.TITLE)
    with ui.core_errors():
        with st.sidebar:
            kind = choose_kind()
        if kind == TABLE:
            show_table()
            return
        study, weights, n_peers = choose(kind)
        stored = stored_study(stem(study.laws)) if isinstance(study, Study) else None
        there = stored is not None and study == stored.study
        usual = there and weights == LAWS[study.laws].weights
        if isinstance(study, OneLaw):
            show_law(study)
        if isinstance(study, Samples):
            show_samples(study)
        if usual and not st.session_state.get(LIVE):
            show_stored(stored, weights)
        else:
            if there and not usual:
                offer_stored(study)
            show_live(study, weights, n_peers, usual)


def show_stored(stored: StoredStudy, weights: str) -> None:
    """A finished study from the repository, labelled with its origin."""
    board = Board()
    found = stored_findings(stored, board.unit)  # which take a while when they are new
    with board.status:
        other = "" if stored.weights == ui.weights_hash(weights) else ", with earlier weights"
        st.caption(f"Stored study of {stored.date}{other}: `{stored.command}`")
        st.button(
            "Draw it live", on_click=st.session_state.update, args=({LIVE: True},), type="primary"
        )
    board.paint(found)
    board.offer()
    show_grids(board.unit)
    with st.empty().container(horizontal=True):
        show_download(stored.table)
        digest = ui.weights_hash(weights)
        offer_notebook(lambda: code.stored(stored, weights, digest), "mist-calibration")


def offer_stored(study: Study) -> None:
    """A way to the stored study of the same laws, which judged other weights."""
    judged = LAWS[study.laws].weights
    st.button(
        f"Show the stored study, of the weights {judged}",
        on_click=st.session_state.update,
        args=({ui.WEIGHTS: judged, LIVE: False},),
    )


def show_law(study: OneLaw) -> None:
    """What is drawn, and the way back to Explore."""
    scene = Scene(study.laws, study.parameters, study.dim_x, study.dim_y, study.transforms)
    st.markdown(f"Datasets of one law, {study.laws}, of {study.n_samples:,} rows each.")
    link("pages/explore.py", "Open this law in Explore", scene.address(study.n_samples))


def show_live(study: Datasets, weights: str, n_peers: int, usual: bool) -> None:
    """Draw datasets until there are enough or until Stop; the figures grow meanwhile."""
    grown = live_study(study, weights, n_peers)
    board = Board()
    with board.status:
        bar = st.empty()
        report(bar, grown, study)
        with st.container(horizontal=True):
            show_buttons(grown, study, usual)
    if not grown.tables:
        grown.advance()
    board.paint(findings(grown.table, board.unit))
    show_grids(board.unit)
    downloads, due = st.empty(), time.monotonic() + REFRESH
    report(bar, grown, study)
    if grown.error:
        grown.advance()
    if grown.running:
        while grown.running:
            grown.advance()
            report(bar, grown, study)
            if time.monotonic() > due:
                board.paint(findings(grown.table, board.unit))
                due = time.monotonic() + REFRESH
        st.rerun()  # the buttons of a finished study
    board.offer()
    with downloads.container(horizontal=True):
        show_download(grown.table)
        digest = ui.weights_hash(weights)
        offer_notebook(lambda: code.drawn(study, grown.table, weights, digest), "mist-calibration")


def show_buttons(grown: GrowingStudy, study: Datasets, usual: bool) -> None:
    """Stop or Go on, and the way back where a stored result exists."""
    stop_or_go_on(grown, study)
    if usual:
        st.button(
            "Back to the stored study", on_click=st.session_state.update, args=({LIVE: False},)
        )


main()

"""Calibration: 90 % intervals meet the truth, one dataset after the other."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core import paths
from mist_core.calibration import stored as calibration_runs
from mist_core.calibration import summary, text
from mist_core.calibration.judge import CLASSIC, MIST, follow
from mist_core.calibration.panels import Overview, method_table, overview
from mist_core.calibration.stored import GRIDS, StoredRun
from mist_core.calibration.study import LAWS, Study
from mist_core.errors import MISTError
from mist_core.weights import library
from ui import shell as ui
from ui.calibration import Board

URL = "query-params"
ROWS = (10, 20, 50, 100, 200, 300, 500, 1000, 2000, 3000)
SIZES = (50, 100, 200, 500, 1000, 2000, 5000)
PEERS = (0, 10, 20, 50, 100)
REFRESH = 1.0  # seconds between two drawings of the figures
LIVE = "calibration-live"
# How Streamlit's caches tell two stored runs apart.
KNOWN_BY = {StoredRun: lambda stored: repr(stored.stamp)}


@dataclass
class Run:
    """A study on its way: the tables so far, and those to come."""

    rest: Iterator[pd.DataFrame]
    tables: list[pd.DataFrame] = field(default_factory=list)
    running: bool = True
    error: MISTError | None = None

    @property
    def table(self) -> pd.DataFrame:
        return pd.concat(self.tables, ignore_index=True)

    @property
    def done(self) -> int:
        """Datasets judged."""
        return sum(int((table.method == MIST).sum()) for table in self.tables)

    def advance(self) -> None:
        """Draw one batch, or let one more estimator judge the last.

        Raises:
            MISTError: the run cannot go on; the same one whenever it is asked again.
        """
        if self.error:
            raise self.error
        try:
            table = next(self.rest, None)
        except MISTError as error:
            self.running, self.error = False, error
            raise
        if table is None:
            self.running = False
        else:
            self.tables.append(table)


def main() -> None:
    """The stored run of the laws chosen, or the run of other choices as it grows."""
    ui.page("Calibration")
    st.title("When it says 90 %, is it 90 %?")
    with ui.core_errors():
        with st.sidebar:
            study, weights, n_peers = choose()
        stored = stored_run(calibration_runs.stem(study.laws))
        usual = stored is not None and (study, weights) == (stored.study, default_weights(study))
        if usual and not st.session_state.get(LIVE):
            show_stored(stored, weights)
        else:
            show_live(study, weights, n_peers, usual)


def choose() -> tuple[Study, str, int]:
    """The laws, the ranges, how many datasets, whose weights, and how many for the slow peers."""
    laws = st.selectbox("Laws", list(LAWS), key="laws", bind=URL)
    chosen = LAWS[laws]
    if laws == "paper out-of-family":
        st.caption(text.ABOUT_SPLIT)
    kind = chosen.weights  # laws of one kind share their ranges, and so the widgets
    options = sorted({*ROWS, *chosen.rows})
    rows = st.select_slider("Rows", options, chosen.rows, key=f"rows-{kind}", bind=URL)
    dims = st.slider("Columns a side", *chosen.dims, chosen.dims, key=f"dims-{kind}", bind=URL)
    size = st.select_slider("Datasets", SIZES, 1000, key="datasets", bind=URL)
    seed = st.slider("Seed", 0, 999, 0, help="another seed, other datasets", key="seed", bind=URL)
    names = library.names()
    first = names.index(chosen.weights)
    weights = st.selectbox("Weights", names, first, key=f"weights-{kind}", bind=URL)
    n_peers = st.select_slider(
        "Datasets for KSG and CCA",
        PEERS,
        20,
        key="peers",
        bind=URL,
        help="each takes 400 estimates of a dataset: a second or two, more with many rows",
    )
    return Study(laws, rows, dims, size, seed), weights, n_peers


def show_stored(stored: StoredRun, weights: str) -> None:
    """A finished run from the repository, labelled with its origin."""
    board = Board()
    with board.status:
        other = "" if stored.weights == ui.weights_hash(weights) else ", with earlier weights"
        st.caption(f"Stored run of {stored.date}{other}: `{stored.command}`")
        st.button("Draw it live", on_click=set_live, args=(True,), type="primary")
    board.paint(stored_overview(stored, board.unit))
    board.offer()
    show_grids(board.unit)
    show_downloads(stored.table)


def show_live(study: Study, weights: str, n_peers: int, usual: bool) -> None:
    """Draw datasets until there are enough or until Stop; the figures grow meanwhile."""
    run = live_run(study, weights, n_peers)
    board = Board()
    with board.status:
        bar = st.progress(0.0)
        with st.container(horizontal=True):
            show_buttons(run, study, usual)
    if not run.tables:
        run.advance()
    board.paint(overview(run.table, board.unit))
    show_grids(board.unit)
    downloads, due = st.container(), time.monotonic() + REFRESH
    report(bar, run, study)
    if run.error:
        run.advance()
    if run.running:
        while run.running:
            run.advance()
            report(bar, run, study)  # here Streamlit sees whether a button was pressed
            if time.monotonic() > due:
                board.paint(overview(run.table, board.unit))
                due = time.monotonic() + REFRESH
        st.rerun()  # the buttons of a finished run
    board.offer()
    with downloads:
        show_downloads(run.table)


def show_buttons(run: Run, study: Study, usual: bool) -> None:
    """Stop or Go on, and the way back where a stored run exists."""
    if run.running:
        st.button("Stop", on_click=set_running, args=(run, False))
    elif run.done < study.n_datasets and not run.error:
        st.button("Go on", on_click=set_running, args=(run, True))
    if usual:
        st.button("Back to the stored run", on_click=set_live, args=(False,))


def report(bar: DeltaGenerator, run: Run, study: Study) -> None:
    """How far the run is."""
    done = run.done
    state = "Drawing" if run.running else "Stopped" if done < study.n_datasets else "Finished"
    bar.progress(done / study.n_datasets, f"{state}: {done:,} of {study.n_datasets:,} datasets")


def show_grids(unit: str) -> None:
    """The stored comparison on the published grids, by split and bin of n."""
    stored = stored_run(GRIDS)
    if stored is None:
        return
    scores = stored_scores(stored)
    st.subheader("By rows, on the published test grids", anchor=False)
    st.markdown(text.about_grids(scores))
    st.dataframe(method_table(scores, unit), hide_index=True)
    ui.download_table("Scores by rows (CSV, nats)", scores, "mist-calibration-grids.csv")
    st.caption(f"{text.ABOUT_GRIDS} Stored run of {stored.date}: `{stored.command}`")


def show_downloads(table: pd.DataFrame) -> None:
    """The rows behind the figures, in nats."""
    ui.download_table("All datasets and intervals (CSV, nats)", table, "mist-calibration.csv")


def default_weights(study: Study) -> str:
    return LAWS[study.laws].weights


def set_live(live: bool) -> None:
    st.session_state[LIVE] = live


def set_running(run: Run, running: bool) -> None:
    run.running = running


def live_run(study: Study, weights: str, n_peers: int) -> Run:
    """This session's run of these settings: a new one when they have changed."""
    key = (study, weights, n_peers, ui.weights_hash(weights), ui.weights_hash(CLASSIC))
    if st.session_state.get("calibration-key") != key:
        classic = ui.estimator(CLASSIC) if n_peers else None
        rest = follow(study, ui.estimator(weights), classic, n_peers)
        st.session_state["calibration-run"] = Run(rest)
        st.session_state["calibration-key"] = key
    return st.session_state["calibration-run"]


def stored_run(name: str) -> StoredRun | None:
    """A stored run, read once for all sessions unless its file changes."""
    path = paths.RESULTS / f"{name}.parquet"
    return _load(name, path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _load(name: str, stamp: int) -> StoredRun | None:
    return calibration_runs.load(name)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=KNOWN_BY)
def stored_overview(stored: StoredRun, unit: str) -> Overview:
    """All that is shown of a stored run, made once for all sessions."""
    return overview(stored.table, unit)


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=KNOWN_BY)
def stored_scores(stored: StoredRun) -> pd.DataFrame:
    """The scores of the stored run on the published grids, likewise."""
    return summary.on_grids(stored.table)


main()

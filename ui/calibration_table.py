"""Calibration on a real table: subsamples of two columns beside the whole table's value."""

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.calibration import code
from mist_core.calibration.subsample_findings import whole_table
from mist_core.calibration.subsamples import Subsamples, sizes
from mist_core.errors import TableError
from mist_core.findings import Finding
from mist_core.inference.posterior import Posterior
from mist_core.inspection.code import opened
from mist_core.notebook import Step
from mist_core.tables.bundled import DATASETS
from mist_core.tables.table import Table
from ui import shell as ui
from ui.calibration_live import REFRESH, live_study, report, stop_or_go_on
from ui.findings import offer, show
from ui.inspector.source import bundled
from ui.kept import YOURS, kept_name, kept_table
from ui.links import tell_unknown
from ui.notebook import offer_notebook
from ui.preflight import header_said, sheet_said
from ui.refine import refined

URL = "query-params"
# Bundled tables of a thousand rows and more, and the pairs that they begin with.
LARGE = {
    "World cities": ("latitude", "longitude"),
    "Diamonds": ("carat", "price"),
    "Flights": ("hour", "delay"),
    "Seattle weather": ("day of the year", "warmest"),
    "Fiji earthquakes": ("latitude", "depth"),
}
MOST_ROWS, DRAWS, LAST_SEED = 500, (50, 100, 200, 500, 1000), 999
# What the answer to all rows depends on.
KNOWN_BY = {Subsamples: lambda study: (study.table, study.names)}


class Places:
    """Where the findings stand, so that they can grow."""

    def __init__(self, headline: DeltaGenerator) -> None:
        self.sentence = headline.empty()
        self.columns = st.columns(2, gap="large")
        self.charts = [column.container() for column in self.columns]
        self.drawn: list[ui.Place | None] = [None, None]
        self.captions = [column.empty() for column in self.columns]
        self.offers = [column.empty() for column in self.columns]
        self.notes = st.empty()

    def paint(self, found: tuple[Finding, Finding]) -> None:
        """Draw both in the place of what was drawn before."""
        fan, curve = found
        self.sentence.markdown(fan.sentence)
        for k, (finding, words) in enumerate(((fan, fan.notes[0]), (curve, curve.sentence))):
            with self.charts[k]:
                self.drawn[k] = show(finding, self.drawn[k])
            self.captions[k].caption(words)
        self.notes.caption(fan.notes[1])

    def offer(self, found: tuple[Finding, Finding], unit: str) -> None:
        """Downloads, once nothing changes any more."""
        for place, finding, name in zip(self.offers, found, ("Intervals", "Shares"), strict=True):
            with place.container():
                offer(finding, name, f"mist-subsamples-{name.lower()}", unit)


def show_table() -> None:
    """The subsamples as they are judged, then the refined value where it is asked for."""
    with st.sidebar:
        table, name = _choose_table()
        study = _choose(table, name)
        weights = ui.choose_weights()
    grown = live_study(study, weights, 0)
    headline, bar = ui.kept_free("whole"), st.empty()
    buttons = ui.kept_free("refining", horizontal=True, vertical_alignment="center")
    unit = ui.unit_switch("calibration-unit")
    places = Places(headline)
    report(bar, grown, study)
    with buttons:
        stop_or_go_on(grown, study)
    whole = _whole(study, ui.weights_hash(weights))
    if not grown.tables:
        grown.advance()
    places.paint(whole_table(grown.table, study, whole, unit))
    report(bar, grown, study)
    if grown.running:
        due = time.monotonic() + REFRESH
        while grown.running:
            grown.advance()
            report(bar, grown, study)
            if time.monotonic() > due:
                places.paint(whole_table(grown.table, study, whole, unit))
                due = time.monotonic() + REFRESH
        st.rerun()  # the buttons of a finished study
    with buttons:
        better = refined(
            ("whole", study.table, study.names, ui.weights_hash(weights)),
            lambda progress: ui.estimator().refine(study.x, study.y, progress=progress),
        )
    found = whole_table(grown.table, study, better or whole, unit)
    if better:
        places.paint(found)
    places.offer(found, unit)
    answered = {"unit": unit, "weights": weights, "sha256": ui.weights_hash(weights)}
    offer_notebook(
        lambda: code.subsampled(
            _opened(table, name), study, grown.table, better or whole, **answered
        ),
        "mist-subsamples",
    )


def _choose(table: Table, name: str) -> Subsamples:
    """Two columns of a table, and how its rows are drawn."""
    first = LARGE.get(name, table.names[:2])
    kept = {"bind": URL} if name in LARGE else {}
    x, y = (
        st.selectbox(
            label, table.names, table.names.index(column), key=f"{key}-{table.sha256}", **kept
        )
        for label, column, key in zip("XY", first, ("whole-x", "whole-y"), strict=True)
    )
    options = sizes(table, (x, y))
    if x == y or not options:
        raise TableError(
            "Choose two different columns with 200 complete rows or more, four subsamples' worth."
        )
    usual = max(rows for rows in options if rows <= MOST_ROWS)
    n = st.selectbox("Rows of a subsample", options, options.index(usual), key="sub-rows", bind=URL)
    draws = st.select_slider("Subsamples", DRAWS, 200, key="subsamples", bind=URL)
    seed = st.slider("Seed", 0, LAST_SEED, 0, key="sub-seed", bind=URL)
    return Subsamples.of(table, (x, y), n, draws, seed)


def _choose_table() -> tuple[Table, str]:
    """One of the large bundled tables, or the file that was opened in Your table."""
    names = [*LARGE, *([YOURS] if kept_name() else [])]
    tell_unknown("the table", "large-table", names, names[0])
    name = st.selectbox("Table", names, key="large-table", bind=URL)
    if name == YOURS:
        st.caption(f"{ui.plain(kept_name())}, as it was read in Your table.")
        return kept_table(), name
    st.caption(f"Source: {DATASETS[name].source}. A file opened in Your table joins this list.")
    return bundled(name), name


def _opened(table: Table, name: str) -> Step:
    """Python that reads the table again, an upload as it was read in Your table."""
    if name == YOURS:
        return opened(table, kept_name(), header_said(), sheet_said(table.sha256))
    return opened(table, name)


@st.cache_data(
    max_entries=32, show_spinner=False, hash_funcs={Subsamples: lambda s: (s.table, s.names)}
)
def _whole(study: Subsamples, digest: str) -> Posterior:
    """What all rows say at once."""
    return ui.estimator().posterior(study.x, study.y)

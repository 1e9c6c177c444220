"""Findings on a page: painted with all they carry, and offered for download."""

from collections.abc import Callable
from types import FunctionType

import streamlit as st

from mist_core.findings import Finding
from mist_core.leaderboard.results import Results
from ui import shell as ui

# Findings that are kept and painted again at once, for all visitors.
MOST_KEPT = 128
# How Streamlit's caches tell results and functions apart.
KNOWN_BY = {
    Results: lambda results: repr(results.stamp),
    FunctionType: lambda function: f"{function.__module__}.{function.__qualname__}",
}


def show(found: Finding, place: ui.Place | None = None) -> ui.Place:
    """Its first chart alone, in words for those who cannot see it, and the numbers behind it."""
    words, numbers = found.described, found.numbers
    return ui.show(found.charts[0], description=words, numbers=numbers, place=place)


def paint(found: Finding) -> None:
    """The sentence, the charts beside each other, the table for a reader, and the notes."""
    st.markdown(found.sentence)
    if found.charts:
        columns = st.columns(len(found.charts), gap="large")
        for chart, column in zip(found.charts, columns, strict=True):
            with column:
                numbers = found.numbers if found.shown is None else None
                ui.show(chart, description=found.described, numbers=numbers)
    if found.shown is not None:
        ui.table(found.shown)
    for note in found.notes:
        st.caption(note)


def caption(found: Finding) -> None:
    """The sentence and the notes, small, under what they are about."""
    st.caption(" ".join([found.sentence, *found.notes]))


def offer(found: Finding, label: str, stem: str, unit: str) -> None:
    """Its table as CSV and its charts as SVG and PNG, in the unit that their names bear."""
    with st.container(horizontal=True):
        ui.download_table(f"{label} (CSV, {unit})", found.table, f"{stem}-{unit}.csv")
        if found.charts:
            ui.download_figure(found.sheet, f"{stem}-{unit}")


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT, hash_funcs=KNOWN_BY)
def found_once(find: Callable[..., Finding | None], results: Results, *choices) -> Finding | None:
    """A finding, worked out once for all visitors."""
    return find(results, *choices)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT, hash_funcs=KNOWN_BY)
def painted_once(find: Callable[..., Finding], results: Results, *choices) -> Finding:
    """A finding, worked out and painted; what was painted once is painted again at once."""
    found = find(results, *choices)
    paint(found)
    return found

"""Findings on a page: painted with all they carry, and offered for download."""

import streamlit as st

from mist_core.findings import Finding
from ui import shell as ui


def paint(found: Finding) -> None:
    """The sentence, the charts beside each other, the table for a reader, and the notes."""
    st.markdown(found.sentence)
    if found.charts:
        columns = st.columns(len(found.charts), gap="large")
        for chart, column in zip(found.charts, columns, strict=True):
            with column:
                ui.show(chart, description=found.about)
    if found.shown is not None:
        st.dataframe(found.shown, hide_index=True)
    for note in found.notes:
        st.caption(note)


def offer(found: Finding, label: str, stem: str, unit: str) -> None:
    """Its table as CSV and its charts as SVG and PNG, in the unit that their names bear."""
    with st.container(horizontal=True):
        ui.download_table(f"{label} (CSV, {unit})", found.table, f"{stem}-{unit}.csv")
        if found.charts:
            ui.download_figure(found.sheet, f"{stem}-{unit}")

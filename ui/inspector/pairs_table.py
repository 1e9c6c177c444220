"""A table of pairs in which any cell opens its pair, by the mouse or by the keyboard."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.findings import Finding
from mist_core.inspection.findings import LOOK
from ui import shell as ui
from ui.inspector.view import View

ROW_HEIGHT, MOST_HEIGHT = 46, 470  # pixels
SO_FAR = 12  # rows drawn while more are measured


def show_finding(view: View, found: Finding, names: list[tuple[str, str]], key: str) -> None:
    """The sentence, the charts, the rows, each of which opens its pair, and the notes."""
    st.markdown(found.sentence)
    for chart in found.charts:
        ui.show(chart, description=found.described)
    _show_pairs(view, found.shown, names, view.of(key))
    st.caption(" ".join(found.notes))


def show_so_far(view: View, found: Finding, place: DeltaGenerator) -> None:
    """The first rows of what there is so far."""
    shown = found.shown.head(SO_FAR)
    place.dataframe(
        shown, hide_index=True, row_height=ROW_HEIGHT, column_config=_formats(shown, view.unit)
    )


def _show_pairs(view: View, shown: pd.DataFrame, names: list[tuple[str, str]], key: str) -> None:
    st.dataframe(
        shown,
        hide_index=True,
        height=min(MOST_HEIGHT, 40 + ROW_HEIGHT * len(shown)),
        row_height=ROW_HEIGHT,
        on_select=lambda: _open(view, names, key),
        selection_mode="single-cell",
        column_config=_formats(shown, view.unit),
        placeholder="",
        key=key,
        alt="pairs of columns, the strongest first; a cell opens its pair",
    )


def _open(view: View, names: list[tuple[str, str]], key: str) -> None:
    """The pair of the chosen cell, unless a side of it is a group."""
    cells = st.session_state[key].selection.cells
    if cells and cells[0][0] < len(names) and {*names[cells[0][0]]} <= {*view.table.names}:
        view.open_pair(*names[cells[0][0]])


def _formats(shown: pd.DataFrame, unit: str) -> dict:
    told = f"MI ({unit})"
    signed = st.column_config.NumberColumn(format="%.2f")
    formats = {name: signed for name in ("as a correlation", "Pearson", "Spearman")}
    formats[LOOK] = st.column_config.ImageColumn("", width=95)
    formats[told] = st.column_config.ProgressColumn(
        format="%.3f", min_value=0.0, max_value=float(shown[told].max()) or 1.0, width=105
    )
    return formats

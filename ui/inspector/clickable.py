"""A chart in which a click on a mark opens its pair."""

import streamlit as st

from mist_core.findings import Finding
from mist_core.inspection.figures import CLICKED
from ui import shell as ui
from ui.findings import offer
from ui.inspector.view import View


def show_clickable(view: View, found: Finding, name: str) -> None:
    """The finding, its chart ready for clicks, and its downloads."""
    st.markdown(found.sentence)
    if not found.charts:
        return
    key = view.of(name)
    st.altair_chart(
        found.charts[0],
        width="stretch",
        height=ui.reserved(found.charts[0]),
        key=key,
        on_select=lambda: _open(view, key),
        selection_mode=CLICKED,
        alt=found.described,
    )
    ui.show_numbers(found.numbers)
    st.caption(" ".join(found.notes))
    offer(found, name.title(), name, view.unit)


def _open(view: View, key: str) -> None:
    """The pair whose mark was clicked, if the table has it."""
    marks = st.session_state[key].selection.get(CLICKED)
    if marks:
        x, y = marks[0].get("x"), marks[0].get("y")
        if {x, y} <= set(view.table.names):
            view.open_pair(x, y)

"""The Benchmark page's view of selectors of columns."""

import streamlit as st

from mist_core import paths
from mist_core.findings import Finding
from mist_core.leaderboard import selection
from mist_core.leaderboard.results import stamp
from mist_core.leaderboard.selection import Selections
from ui import shell as ui
from ui.findings import paint

URL = "query-params"


def show_selection() -> None:
    """Blankets found at so many rows, then accuracies on a real table."""
    stored = _read(stamp(paths.RESULTS))
    if stored is None:
        st.caption(f"No stored result yet; `{selection.COMMAND}` adds it.")
        return
    if stored.rows:
        n = st.selectbox(
            "Rows", stored.rows, len(stored.rows) - 1, key="rows-selection", bind=URL, width=160
        )
        found = selection.blankets(stored, n)
        paint(found)
        _offer(found, "Blankets", "mist-selection")
    if stored.tables:
        st.header("On real tables", anchor=False)
        name = st.selectbox("Table", stored.tables, key="table-selection", bind=URL, width=200)
        found = selection.accuracies(stored, name)
        paint(found)
        _offer(found, "Accuracy", "mist-selection-accuracy")
    with st.expander("Where the numbers come from"):
        st.markdown(f"`{stored.command}` on {stored.date}, {ui.plain(stored.machine)}")


def _offer(found: Finding, label: str, stem: str) -> None:
    """Shares have no unit, so that files are named without one."""
    with st.container(horizontal=True):
        ui.download_table(f"{label} (CSV)", found.table, f"{stem}.csv")
        ui.download_figure(found.sheet, stem)


@st.cache_resource(max_entries=2, show_spinner=False)
def _read(stamp: tuple) -> Selections | None:
    """What is stored, read once unless a file in `results/` changes."""
    return selection.read(paths.RESULTS)

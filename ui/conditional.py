"""The Benchmark page's view of conditional information."""

import streamlit as st

from mist_core import paths
from mist_core.leaderboard import conditional
from mist_core.leaderboard.conditional import Conditionals
from mist_core.leaderboard.results import stamp
from ui import shell as ui
from ui.findings import offer, paint

URL = "query-params"


def show_conditional(unit: str) -> None:
    """Errors by group of laws at as many rows as are chosen, and where they come from."""
    stored = _read(stamp(paths.RESULTS))
    if stored is None:
        st.caption(f"No stored result yet; `{conditional.COMMAND}` adds it.")
        return
    middle = len(stored.rows) // 2
    n = st.selectbox("Rows", stored.rows, middle, key="rows-conditional", bind=URL, width=160)
    found = conditional.errors(stored, n, unit)
    paint(found)
    offer(found, "Errors", "mist-conditional", unit)
    with st.expander("Where the numbers come from"):
        st.markdown(f"`{stored.command}` on {stored.date}, {ui.plain(stored.machine)}")


@st.cache_resource(max_entries=2, show_spinner=False)
def _read(stamp: tuple) -> Conditionals | None:
    """What is stored, read once unless a file in `results/` changes."""
    return conditional.read(paths.RESULTS)

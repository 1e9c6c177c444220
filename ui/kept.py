"""The file that was opened in Your table, for other pages: the table as it was read there."""

import streamlit as st

from mist_core.tables.table import Table
from ui.inspector.source import KEPT
from ui.preflight import as_read

YOURS = "your table"


def kept_name() -> str | None:
    """The name of the file; None where there is none."""
    return st.session_state[KEPT][0] if st.session_state.get(KEPT) else None


def kept_table() -> Table:
    """Its columns read as they were said to be there."""
    return as_read(st.session_state[KEPT][1])

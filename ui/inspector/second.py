"""A second table with a key: which of its columns tell about a column of the first."""

import streamlit as st

from mist_core.inspection.findings import measured
from mist_core.inspection.result import Survey
from mist_core.joins import Informing, informing, likely_keys
from mist_core.joins.findings import told
from mist_core.tables.table import Table
from ui import shell as ui
from ui.cache import once
from ui.inspector.pairs_table import show_finding
from ui.inspector.ranking import show_left_out
from ui.inspector.target import suggested
from ui.inspector.view import View
from ui.preflight import TYPES, uploaded

UPLOAD, KEPT = "second-upload", "second-kept"


def show(view: View) -> None:
    st.markdown(
        "Which columns of **another table** would tell about this one? Drop it here: the two need "
        "one column each that names the same things, and are compared without being joined."
    )
    st.file_uploader("The second table", type=TYPES, key=UPLOAD, on_change=_keep)
    if kept := st.session_state.get(KEPT):
        _answer(view, uploaded(kept, key=f"{UPLOAD}-header"))


def _keep() -> None:
    """Keep the file for the session: the box forgets it when another page is visited."""
    upload = st.session_state[UPLOAD]
    st.session_state[KEPT] = upload.getvalue() if upload else None


def _answer(view: View, other: Table) -> None:
    key, other_key, target = _choose(view, other)
    found = once(
        ("second", *view.key, other.sha256, other.note, key, other_key, target),
        lambda report: _measured(view, other, key, other_key, target, report),
        words="Measuring …",
    )
    names = [(x, found.table.names[0]) for x in measured(found.survey)["x"]]
    show_finding(view, told(found, view.unit), names, f"second-{other.sha256}")
    show_left_out(found.survey)


def _choose(view: View, other: Table) -> tuple[str, str, str]:
    """The two keys and the target, each suggested."""
    likely = once(
        ("keys", *view.key, other.sha256, other.note),
        lambda report: likely_keys(view.table, other),
        words="Looking for keys …",
    )
    key, other_key = likely or (view.table.names[0], other.names[0])
    target = next((n for n in [*suggested(view), *view.usable[::-1]] if n != key), key)
    chosen = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, names, first in (
            ("Key in this table", view.table.names, key),
            ("Key in the second", other.names, other_key),
            ("What tells about", view.table.names, target),
        ):
            place = names.index(first)
            chosen.append(st.selectbox(label, names, place, key=view.of(f"{label}-{other.sha256}")))
    if not likely:
        st.caption("No two columns have keys in common by themselves: choose which name the same.")
    return tuple(chosen)


def _measured(view: View, other: Table, key: str, other_key: str, target: str, report) -> Informing:
    def progress(found: Survey) -> None:
        report(found.done / max(found.total, 1), "Measuring …")

    return informing(ui.estimator(), view.table, key, target, other, other_key, progress=progress)

"""What else a column adds to others about a target, and what two of them tell alike."""

import streamlit as st

from mist_core.inspection.adding import Adding, Overlap, adding, overlap
from mist_core.inspection.adding_findings import added, overlapping
from ui import findings
from ui import shell as ui
from ui.cache import once
from ui.inspector.target import suggested
from ui.inspector.view import View


def show(view: View) -> None:
    names = view.table.names
    target = st.selectbox(
        "About", names, names.index(suggested(view)[0]), key=view.of("adds-about"), **view.kept
    )
    found = once(("adding", *view.key, target), lambda _: _adding(view, target), words="Adding …")
    finding = added(found, view.unit)
    st.markdown(finding.sentence)
    findings.show(finding)
    st.caption(" ".join(finding.notes))
    findings.offer(finding, "Added", "added", view.unit)
    _show_overlap(view, found)


def _show_overlap(view: View, found: Adding) -> None:
    """Two columns beside each other: at first the one that tells most and the next."""
    names = [name for name, _ in found.alone]
    if len(names) < 2:
        return
    st.header("Do two columns tell the same?", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = st.selectbox("Of", names, 0, key=view.of("adds-one"), **view.kept)
        others = [name for name in names if name != one]
        two = st.selectbox("and", others, 0, key=view.of("adds-two"), **view.kept)
    key = ("overlap", *view.key, one, two, found.target)
    both = once(key, lambda _: _overlap(view, one, two, found.target), words="Comparing …")
    findings.paint(overlapping(both, (one, two, found.target), view.unit))


def _adding(view: View, target: str) -> Adding:
    return adding(ui.estimator(), view.table, target)


def _overlap(view: View, one: str, two: str, target: str) -> Overlap:
    return overlap(ui.estimator(), view.table, one, two, target)

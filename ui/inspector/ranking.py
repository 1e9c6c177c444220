"""The strongest dependences of the whole table."""

import streamlit as st

from mist_core.inspection.findings import measured, ranking
from mist_core.inspection.result import Survey
from ui.inspector.exports import show_exports
from ui.inspector.pairs_table import show_finding, show_so_far
from ui.inspector.view import View


def show(view: View) -> None:
    so_far = st.empty()

    def draw(found: Survey) -> None:
        show_so_far(view, ranking(view.table, found, view.unit), so_far)

    survey = view.survey(show=draw)
    so_far.empty()
    known = measured(survey)
    names = list(zip(known["x"], known["y"], strict=True))
    show_finding(view, view.finding(ranking, survey), names, "ranking")
    show_exports(view, survey)
    show_left_out(survey)


def show_left_out(survey: Survey) -> None:
    """What was not measured, and why."""
    if survey.left_out:
        with st.expander(f"{len(survey.left_out):,} left out"):
            lines = [f"{x} and {y}: {why}" if y else f"{x}: {why}" for x, y, why in survey.left_out]
            st.text("\n".join(lines))

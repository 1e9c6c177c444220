"""One column against all others."""

import streamlit as st

from mist_core.inspection.findings import against, measured
from mist_core.tables.bundled import DATASETS
from mist_core.tables.columns.column import DATE
from ui.inspector.exports import show_exports
from ui.inspector.pairs_table import show_finding
from ui.inspector.ranking import show_left_out
from ui.inspector.view import View


def show(view: View) -> None:
    names = view.table.names
    position = names.index(suggested(view)[0])
    target = st.selectbox("Target", names, position, key=view.of("target"), **view.kept)
    survey = view.survey([target])
    others = [(x, target) for x in measured(survey)["x"]]
    show_finding(view, view.finding(against, survey), others, "against")
    show_exports(view, survey, [target])
    show_left_out(survey)


def suggested(view: View) -> list[str]:
    """The bundled table's own question; else the last column of use, where targets often stand."""
    if view.source in DATASETS:
        return list(DATASETS[view.source].target)
    usable = [c.name for c in view.table.columns if c.usable and c.kind != DATE]
    return usable[-1:] or [view.table.names[-1]]

"""What a group of columns tells about another group."""

import streamlit as st

from mist_core.inspection.findings import against, measured
from ui.inspector.exports import show_exports
from ui.inspector.pairs_table import show_finding
from ui.inspector.ranking import show_left_out
from ui.inspector.target import suggested
from ui.inspector.view import View


def show(view: View) -> None:
    target, sources = _choose(view)
    survey = view.survey(target, sources)
    names = [(x, " + ".join(target)) for x in measured(survey)["x"]]
    show_finding(view, view.finding(against, survey), names, "groups")
    show_exports(view, survey, target, sources)
    show_left_out(survey)


def _choose(view: View) -> tuple[list[str], list[list[str]]]:
    """The target's columns, and the sides to compare with it: each of a group, and all of it."""
    about = suggested(view)
    others = [name for name in view.usable if name not in about]
    group = st.multiselect(
        "What do these tell, one by one and together,",
        view.table.names,
        others,
        key=view.of("group"),
        **view.kept,
    )
    target = st.multiselect(
        "about these, taken together?",
        view.table.names,
        about,
        key=view.of("about"),
        **view.kept,
    )
    return target, [[name] for name in group] + ([group] if len(group) > 1 else [])

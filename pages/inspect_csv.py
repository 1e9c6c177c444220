"""Your table: which columns depend on which, and how sure that is."""

import streamlit as st

from mist_core.inspection.obstacles import check
from mist_core.tables.bundled import DATASETS
from ui import shell as ui
from ui.inspector import adds, groups, heatmap, network, pair, ranking, second, target, time
from ui.inspector.source import answer_place, choose_table
from ui.inspector.view import View
from ui.kept import YOURS
from ui.links import link, tell_unknown
from ui.preflight import choose_readings
from ui.table_imitation import IMITABLE
from ui.training_choices import LIKE_TABLE

TARGET, TIME, SECOND = "One target", "Time", "Second table"
TABS = {
    "Ranking": ranking.show,
    "Heatmap": heatmap.show,
    "Network": network.show,
    TARGET: target.show,
    "Groups": groups.show,
    "What else adds": adds.show,
    TIME: time.show,
    SECOND: second.show,
}


def main() -> None:
    """How the table was read in one line, then the answer."""
    ui.page("Your table")
    st.title("What depends on what?")
    reading, answer = st.container(), answer_place()
    with ui.core_errors():
        with st.sidebar:
            table, source = choose_table()
            unit = ui.unit_switch("table-unit")
            ui.choose_weights()
        with reading:
            table = choose_readings(table, source)
        with answer:
            show_answer(View(table, source, unit))


def show_answer(view: View) -> None:
    """The open tab, which alone is worked out, and the open pair."""
    warning = st.container()
    tell_unknown("the view", "table-view", TABS, next(iter(TABS)))
    tabs = st.tabs(list(TABS), default=_first_tab(view), key="table-view", bind="query-params")
    for tab, (name, show) in zip(tabs, TABS.items(), strict=True):
        if tab.open:
            with tab:
                if name != SECOND:  # where a key and a target are enough
                    check(view.table)
                show(view)
            if name != TIME:
                with warning:
                    time.warn(view)
            if name != SECOND:
                pair.show(view)
    offer_training(view)


def offer_training(view: View) -> None:
    """The way to weights that know data like this table's."""
    table = view.source if view.source in DATASETS else YOURS
    if table == YOURS or table in IMITABLE:
        address = {"train-data": LIKE_TABLE, "train-table": table}
        link("pages/train.py", "Train weights on data like this table's", address)


def _first_tab(view: View) -> str | None:
    """The tab of an address of before there were tabs: it names a target, and no tab."""
    names_target = view.of("target") in st.query_params
    first = TARGET if names_target and "table-view" not in st.query_params else None
    return st.session_state.setdefault("table-first", first)


main()

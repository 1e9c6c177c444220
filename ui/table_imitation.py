"""The part of the Train page that imitates a table: choose its sides, see how well they are met."""

import streamlit as st

from mist_core.tables.bundled import DATASETS
from mist_core.tables.table import Table
from mist_core.training.adaptation.adapt import LEAST_TABLE_ROWS, Adaptation, adapt
from mist_core.training.adaptation.figures import marginals, pairs
from mist_core.training.adaptation.side import FittedSide
from ui import shell as ui
from ui.cache import once
from ui.inspector.source import bundled, keep
from ui.kept import YOURS, kept_name, kept_table
from ui.links import tell_unknown
from ui.preflight import TYPES

SEED = 0
CHART_WIDTH = 190  # pixels: two on a narrow screen
TABLE = "train-table"
FIRST_X = 6  # columns of X to begin with
IMITABLE = tuple(name for name in DATASETS if name != "Athletes")  # which has too few rows
# Sides that show a flow, curves and classes.
FIRST_SIDES = {
    "Diabetes": (
        ["bmi", "blood pressure", "cholesterol", "LDL", "HDL", "log triglycerides"],
        ["progression"],
    ),
    "Wine": (["alcohol", "flavanoids", "color intensity", "hue", "proline"], ["cultivar"]),
}


def choose_table() -> Adaptation:
    """A table and two groups of its columns, imitated; fitted once for all sessions."""
    names = [*IMITABLE, *([YOURS] if kept_name() else [])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tell_unknown("the table", TABLE, names, names[0])
        name = st.selectbox("Table", names, key=TABLE, bind="query-params", width=240)
        st.file_uploader("or your own table", type=TYPES, key="train-upload", on_change=_keep)
    table = kept_table() if name == YOURS else bundled(name)
    if name == YOURS:
        st.caption(f"{ui.plain(kept_name())}, as it was read in Your table.")
    first_x, first_y = _first_sides(table, name)
    x = st.multiselect("X", table.names, first_x, key=f"x-{table.sha256}")
    y = st.multiselect("Y", table.names, first_y, key=f"y-{table.sha256}")
    st.caption(f"At least {LEAST_TABLE_ROWS} complete rows. Nothing leaves this machine.")
    return _imitated(table, tuple(x), tuple(y))


def _keep() -> None:
    """The file of this box is the one of Your table, too."""
    if upload := st.session_state["train-upload"]:
        keep(upload)
        st.session_state[TABLE] = YOURS


def _first_sides(table: Table, name: str) -> tuple[list[str], list[str]]:
    """Columns to begin with: the table's question, else its last usable column, and some others."""
    if name in FIRST_SIDES:
        return FIRST_SIDES[name]
    usable = [column.name for column in table.columns if column.usable]
    y = list(DATASETS[name].target) if name in DATASETS else usable[-1:]
    return [column for column in usable if column not in y][:FIRST_X], y


def show_sides(found: Adaptation) -> None:
    """What was done with each side, and its rows beside their imitations."""
    for title, side in (("X", found.x), ("Y", found.y)):
        st.header(f"{title}, imitated", anchor=False)
        st.markdown("\n".join(f"- {ui.plain(text)}" for text in side.sentences()))
        _show_charts(side)


def _show_charts(side: FittedSide) -> None:
    st.caption("Blue bars: rows the fit has not seen. Red dots: as many simulated rows.")
    with st.container(horizontal=True):
        for name, chart in zip(side.names, marginals(side), strict=False):
            st.altair_chart(chart, width=CHART_WIDTH, alt=f"{name}, real and simulated")
    if drawn := pairs(side):
        st.caption("The most dependent pairs of columns, real and simulated.")
        with st.container(horizontal=True):
            for chart in drawn:
                st.altair_chart(chart, width=CHART_WIDTH, alt="two columns against each other")


def _imitated(table: Table, x: tuple[str, ...], y: tuple[str, ...]) -> Adaptation:
    return once(
        ("imitation", table.sha256, x, y),
        lambda report: adapt(table, x, y, seed=SEED, progress=report),
        words="Fitting …",
        good=lambda found: found.meta.at_hand(),
    )

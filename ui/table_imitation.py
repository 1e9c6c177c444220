"""The part of the Train page that imitates a table: choose its sides, see how well they are met."""

import streamlit as st

from mist_core.tables.bundled import DATASETS
from mist_core.tables.table import Table, read_table
from mist_core.training.adaptation.adapt import LEAST_TABLE_ROWS, Adaptation, adapt
from mist_core.training.adaptation.figures import marginals, pairs
from mist_core.training.adaptation.side import FittedSide
from ui import shell as ui
from ui.cache import once
from ui.preflight import TYPES

SEED = 0
CHART_WIDTH = 190  # pixels: two on a narrow screen
# Sides that show a flow, curves and classes; Athletes has too few rows for one.
FIRST_SIDES = {
    "Diabetes": (
        ["bmi", "blood pressure", "cholesterol", "LDL", "HDL", "log triglycerides"],
        ["progression"],
    ),
    "Wine": (["alcohol", "flavanoids", "color intensity", "hue", "proline"], ["cultivar"]),
}


def choose_table() -> Adaptation:
    """A table and two groups of its columns, imitated; fitted once for all sessions."""
    name = st.selectbox("Table", list(FIRST_SIDES))
    upload = st.file_uploader("or your own table", type=TYPES)
    table = DATASETS[name].load() if upload is None else read_table(upload.getvalue())
    sides = FIRST_SIDES[name] if upload is None else ([], [])
    x = st.multiselect("X", table.names, sides[0], key=f"x-{table.sha256}")
    y = st.multiselect("Y", table.names, sides[1], key=f"y-{table.sha256}")
    st.caption(f"At least {LEAST_TABLE_ROWS} complete rows. Nothing leaves this machine.")
    return _imitated(table, tuple(x), tuple(y))


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

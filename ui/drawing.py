"""Charts on a page, and what of it can be saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import altair as alt
import pandas as pd
import streamlit as st
from altair.utils.schemapi import disable_debug_mode
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from mist_core import charts
from mist_core.leaderboard.figures import PICKED
from mist_core.spreadsheet import to_csv
from mist_core.weights import library

NUMBERS = "The numbers"
ROW, MOST_ROWS = 35, 10  # pixels; rows of a table in view
disable_debug_mode()  # Altair would check each part of a chart when it is made
# The address of the Benchmark page as it was when a mark there was clicked.
CAME_FROM = "came-from"


@dataclass(frozen=True)
class Unchecked:
    """A chart that is drawn as it is: the tests check it against Vega-Lite's schema, not a visit.

    A fifth of what the Explore page costs the server would go into that.

    Attributes:
        chart: what is drawn.
    """

    chart: alt.TopLevelMixin

    def to_dict(self) -> dict:
        """Vega-Lite, for Streamlit."""
        return charts.dressed(self.chart.to_dict(validate=False))


@dataclass(frozen=True)
class Place:
    """Where a chart stands, and the table of its numbers, if it has one."""

    chart: DeltaGenerator
    numbers: DeltaGenerator | None


def show(
    chart: alt.TopLevelMixin,
    *,
    description: str,
    numbers: pd.DataFrame | None = None,
    place: Place | None = None,
) -> Place:
    """Draw a chart over the full width, with a text for those who cannot see it.

    Args:
        chart: what is drawn.
        description: what it shows, with the result.
        numbers: behind the chart, for a click below it; None where the page shows them anyway.
        place: of the chart before, which this one takes without a jump, its numbers too.
    """
    draw = place.chart.altair_chart if place else st.altair_chart
    drawn = draw(Unchecked(chart), width="stretch", height=reserved(chart), alt=description)
    return Place(drawn, show_numbers(numbers, place and place.numbers))


def table(frame: pd.DataFrame, **looks) -> None:
    """A table for a reader, whose height is kept free until it is drawn; `looks` as Streamlit's."""
    height = ROW * (min(len(frame), MOST_ROWS) + 1) + 2  # the names, and a line around
    looks = {"height": height, "row_height": ROW, "placeholder": "–", "hide_index": True} | looks
    st.dataframe(frame, **looks)


def show_numbers(
    numbers: pd.DataFrame | None, place: DeltaGenerator | None = None
) -> DeltaGenerator | None:
    """The numbers of a chart, behind a button; returns where they stand."""
    if numbers is None:
        return None
    if place:
        return place.dataframe(numbers, placeholder="–", hide_index=True)
    with st.popover(NUMBERS, type="tertiary"):
        return st.dataframe(numbers, placeholder="–", hide_index=True)


def open_picked(
    chart: alt.TopLevelMixin,
    *,
    description: str,
    numbers: pd.DataFrame,
    key: str,
    weights: str | None,
) -> None:
    """Draw a chart whose marks have an `address`: a click on one opens its dataset in Explore.

    Args:
        chart: with the selection `PICKED`.
        description: for those who cannot see it.
        numbers: behind the chart.
        key: of the chart.
        weights: that Explore is to answer with, where there are such.
    """
    event = st.altair_chart(
        Unchecked(chart),
        width="stretch",
        height=reserved(chart),
        alt=description,
        key=key,
        on_select="rerun",
        selection_mode=PICKED,
    )
    show_numbers(numbers)
    if picked := event.selection.get(PICKED):
        try:
            chosen = {"dataset": picked[0]["address"]}
            chosen |= {"weights": weights} if weights in library.names() else {}
            st.session_state[CAME_FROM] = st.query_params.to_dict()
            st.switch_page("pages/explore.py", query_params=chosen)
        except StreamlitAPIException:  # the page runs alone
            st.caption("Explore shows it: start the app with make app.")


def reserved(chart: alt.TopLevelMixin) -> int | Literal["content"]:
    """Pixels that are kept free until the chart is drawn, so that nothing below it jumps.

    Small multiples and charts beside each other are as high as all of them come to.
    """
    single = isinstance(chart, alt.Chart | alt.LayerChart) and isinstance(chart.height, int)
    return chart.height if single else "content"


def download_table(label: str, frame: pd.DataFrame, file_name: str) -> None:
    """A button that saves a table as CSV, written only when it is clicked."""
    st.download_button(label, lambda: to_csv(frame), file_name, "text/csv", on_click="ignore")


def download_figure(chart: Callable[[], alt.TopLevelMixin], stem: str) -> None:
    """Buttons that save a chart as SVG and PNG, rendered only when they are clicked."""
    svg, png = (lambda: charts.to_svg(chart())), (lambda: charts.to_png(chart()))
    st.download_button("Figure (SVG)", svg, f"{stem}.svg", "image/svg+xml", on_click="ignore")
    st.download_button("Figure (PNG)", png, f"{stem}.png", "image/png", on_click="ignore")

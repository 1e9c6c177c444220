"""The Benchmark page's view of measured errors: a leaderboard, and figures of where they lie."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import altair as alt
import pandas as pd
import streamlit as st

from mist_core.inference.posterior import UNITS
from mist_core.leaderboard import board as leaderboard
from mist_core.leaderboard import error_analysis, figures, panels, text
from mist_core.leaderboard.board import title
from mist_core.leaderboard.results import Results
from mist_core.weights import library
from ui import shell as ui
from ui.rerun import show_replay

URL = "query-params"
TARGETS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
# What is drawn and kept, of each kind, for all visitors.
MOST_DRAWN = 64
# How Streamlit's caches tell two results apart.
KNOWN_BY = {Results: lambda results: repr(results.stamp)}


@dataclass(frozen=True)
class Figure:
    """A chart, the table behind it, and what it shows in words."""

    table: pd.DataFrame
    chart: alt.TopLevelMixin
    about: str


def once(draw: Callable) -> Callable:
    """A function that draws results: for the same ones it shows again what it drew, at once."""
    return st.cache_data(draw, show_spinner=False, max_entries=MOST_DRAWN, hash_funcs=KNOWN_BY)


def show_accuracy(results: Results, unit: str) -> None:
    """Leaderboard, then where each estimator errs."""
    benchmark = results.benchmark
    board, metric = show_board(results, unit), leaderboard.metric(benchmark, unit)
    if len(board):
        sheet = partial(board_sheet, board, metric)
        show_downloads("Leaderboard", board, sheet, f"mist-{benchmark}-leaderboard", unit)
    if results.table.empty:
        return
    show_failures(results)
    st.subheader("Where the errors lie", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = results.estimators
        name = st.selectbox(
            "Estimator", names, format_func=title, key="estimator", bind=URL, width=240
        )
        groups = panels.row_groups(benchmark, results.errors)
        group = st.selectbox("Rows", list(groups), key=f"rows-{benchmark}", bind=URL, width=180)
        amount = st.segmented_control(
            "Heatmap", figures.AMOUNTS, default="mse", required=True, key="amount", bind=URL
        )
    show_errors(results, name, groups[group], amount or "mse", unit)
    show_tasks(results, groups[group], unit)
    show_replay(results, name, unit)


@once
def show_board(results: Results, unit: str) -> pd.DataFrame:
    """The leaderboard as a chart, a sentence and a table; returns it."""
    benchmark = results.benchmark
    board = leaderboard.in_unit(leaderboard.board(benchmark, results.scores), benchmark, unit)
    metric = leaderboard.metric(benchmark, unit)
    st.markdown(text.about_board(board, metric))
    if board.empty:
        return board
    times = None
    if len(results.table):
        first = results.estimators[0]
        beside = error_analysis.beside(results.errors, first, leaderboard.power(benchmark))
        times = panels.times_column(beside, first)
        st.markdown(text.about_times(beside, first))
    charts = figures.board_charts(board, metric=metric)
    for chart, column in zip(charts, st.columns(len(charts), gap="large"), strict=True):
        with column:
            ui.show(chart, description=f"{metric} of each estimator")
    if (board.kind == leaderboard.PUBLISHED).any():
        st.caption(text.PUBLISHED_NOTE)
    st.dataframe(leaderboard.wide(board, times), hide_index=True)
    if times is not None:
        st.caption(text.ABOUT_TIMES)
    return board


def board_sheet(board: pd.DataFrame, metric: str) -> alt.VConcatChart:
    """The charts of `show_board`, to be saved."""
    return figures.sheet(figures.board_charts(board, metric=metric))


@once
def show_failures(results: Results) -> None:
    """Which estimators gave no answer, how often, and what they said."""
    failed = panels.failure_table(results.table)
    if len(failed):
        with st.expander("What could not run, and why"):
            st.dataframe(failed, hide_index=True)


def show_errors(results: Results, name: str, rows: tuple[int, int], amount: str, unit: str) -> None:
    """One estimator's scatter and its heatmap; a click opens the dataset in Explore."""
    drawn = error_figures(results, name, rows, amount, unit)
    if drawn is None:
        st.info(f"{ui.plain(title(name))} has no estimate here.")
        return
    points, cells = drawn
    benchmark = results.benchmark
    left, right = st.columns(2, gap="large")
    with left:
        about = "estimates against truths"
        show_picked(points.chart, f"benchmark-scatter-{benchmark}", name, about)
        st.caption(f"{points.about} Click a point: its dataset opens in Explore.")
        stem = f"mist-{benchmark}-scatter"
        show_downloads("Points", points.table, lambda: points.chart, stem, unit)
    with right:
        about = f"{amount} by rows and columns"
        show_picked(cells.chart, f"benchmark-shapes-{benchmark}", name, about)
        largest = "Click a cell: its dataset with the largest error opens in Explore."
        st.caption(f"{cells.about} {largest}")
        stem = f"mist-{benchmark}-shapes"
        show_downloads("Cells", cells.table, lambda: cells.chart, stem, unit)


@st.cache_resource(show_spinner=False, max_entries=MOST_DRAWN, hash_funcs=KNOWN_BY)
def error_figures(
    results: Results, name: str, rows: tuple[int, int], amount: str, unit: str
) -> tuple[Figure, Figure] | None:
    """One estimator's scatter in this range of rows, and its heatmap; None without estimates."""
    every = results.errors[results.errors.estimator == name]
    mine = every[every.n_samples.between(*rows)]
    if mine.empty:
        return None
    points = panels.scatter_points(mine, results.benchmark, unit)
    cells = panels.shape_cells(every, results.benchmark, unit)
    scatter = figures.scatter_chart(points, unit=unit)
    shapes = figures.shape_chart(cells, amount, unit=unit)
    return (
        Figure(points, scatter, text.about_scatter(mine, unit)),
        Figure(cells, shapes, text.about_shapes(cells, amount, unit)),
    )


def show_tasks(results: Results, rows: tuple[int, int], unit: str) -> None:
    """The rows that a target error takes, and errors task by task for this range of rows."""
    left, right = st.columns(2, gap="large")
    benchmark = results.benchmark
    with left:
        target = st.select_slider(
            f"Target: mean absolute error ({unit})", TARGETS, 0.1, key="target", bind=URL
        )
        table = show_needed(results, target, unit)
        if len(table):
            chart = partial(needed_chart, table, target, unit)
            show_downloads("Rows needed", table, chart, f"mist-{benchmark}-needed", unit)
    with right:
        table = show_task_table(results, rows, unit)
        ui.download_table(f"Tasks (CSV, {unit})", table, f"mist-{benchmark}-tasks-{unit}.csv")


@once
def show_needed(results: Results, target: float, unit: str) -> pd.DataFrame:
    """The chart of the rows that a target error takes; returns its table."""
    table = panels.needed(results.errors, target / UNITS[unit])
    about = text.ABOUT_NEEDED
    if len(table):
        aim = f"{target:g} {unit}"
        chart = needed_chart(table, target, unit)
        ui.show(chart, description=f"rows needed for {aim} by columns")
        about = f"{text.about_needed(table, aim)} {about}"
    st.caption(about)
    return table


def needed_chart(table: pd.DataFrame, target: float, unit: str) -> alt.LayerChart:
    """The chart of `show_needed`."""
    titles = list(dict.fromkeys(table.title))
    return figures.needed_chart(table, titles, target=f"{target:g} {unit}")


@once
def show_task_table(results: Results, rows: tuple[int, int], unit: str) -> pd.DataFrame:
    """Errors task by task, for this range of rows; returns the table."""
    inside = results.errors[results.errors.n_samples.between(*rows)]
    st.markdown(f"**Mean absolute error by task** ({unit})")
    table = panels.task_table(inside, unit)
    st.dataframe(table, hide_index=True, height=380)
    about = text.about_tasks(table, unit, error_analysis.complete(inside))
    st.caption(f"{about} Click a heading to sort.")
    return table


def show_picked(chart: alt.TopLevelMixin, key: str, estimator: str, description: str) -> None:
    """A chart whose marks open their datasets in Explore, with the weights that were judged."""
    name = estimator.removeprefix("mist-")
    ours = estimator.startswith("mist-") and name in library.names()
    ui.open_picked(chart, description=description, key=key, weights=name if ours else "")


def show_downloads(
    label: str,
    table: pd.DataFrame,
    chart: Callable[[], alt.TopLevelMixin],
    stem: str,
    unit: str,
) -> None:
    """The table as CSV and the chart as SVG and PNG, in the unit that their names bear."""
    with st.container(horizontal=True):
        ui.download_table(f"{label} (CSV, {unit})", table, f"{stem}-{unit}.csv")
        ui.download_figure(chart, f"{stem}-{unit}")

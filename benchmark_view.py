"""The Benchmark page's view of measured errors: leaderboard, figures, live reruns, uploads."""

from collections.abc import Callable, Iterator
from functools import partial

import altair as alt
import pandas as pd
import streamlit as st

import ui
from mist_core import accuracy, leaderboard, replay, uploads, weights_library
from mist_core import benchmark_figures as figures
from mist_core import benchmark_panels as panels
from mist_core import benchmark_text as text
from mist_core.benchmark_results import Results
from mist_core.benchmarks import BENCHMARKS
from mist_core.candidates import Candidate, Weights
from mist_core.leaderboard import title
from mist_core.posterior import UNITS

URL = "query-params"
TARGETS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
COUNTS = (5, 10, 20, 50, 100)
ALL_TASKS = "all tasks"
# What is drawn and kept, of each kind, for all visitors.
MOST_DRAWN = 64
UPLOADS, REPLAYED = "benchmark-uploads", "benchmark-replayed"
TAKEN = "benchmark-uploads-taken"


def once(draw: Callable) -> Callable:
    """A function that draws results: for the same ones it shows again what it drew, at once."""
    known_by = {Results: lambda results: repr(results.stamp)}
    return st.cache_data(draw, show_spinner=False, max_entries=MOST_DRAWN, hash_funcs=known_by)


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
    every = results.errors[results.errors.estimator == name]
    mine = every[every.n_samples.between(*groups[group])]
    if mine.empty:
        st.info(f"{ui.plain(title(name))} has no estimate here.")
    else:
        show_errors(mine, every, benchmark, amount or "mse", unit)
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
        beside = accuracy.beside(results.errors, first, leaderboard.power(benchmark))
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


def show_errors(
    mine: pd.DataFrame, every: pd.DataFrame, benchmark: str, amount: str, unit: str
) -> None:
    """One estimator's scatter and its heatmap; a click opens the dataset in Explore."""
    left, right = st.columns(2, gap="large")
    name = every.estimator.iloc[0]
    with left:
        points = panels.scatter_points(mine, benchmark, unit)
        chart = figures.scatter_chart(points, unit=unit)
        show_picked(chart, f"benchmark-scatter-{benchmark}", name, "estimates against truths")
        st.caption(f"{text.about_scatter(mine, unit)} Click a point: its dataset opens in Explore.")
        show_downloads("Points", points, lambda: chart, f"mist-{benchmark}-scatter", unit)
    with right:
        cells = panels.shape_cells(every, benchmark, unit)
        shapes = figures.shape_chart(cells, amount, unit=unit)
        show_picked(shapes, f"benchmark-shapes-{benchmark}", name, f"{amount} by rows and columns")
        st.caption(
            f"{text.about_shapes(cells, amount, unit)} Click a cell: its dataset with the largest "
            "error opens in Explore."
        )
        show_downloads("Cells", cells, lambda: shapes, f"mist-{benchmark}-shapes", unit)


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
    about = text.about_tasks(table, unit, accuracy.complete(inside))
    st.caption(f"{about} Click a heading to sort.")
    return table


def show_replay(results: Results, name: str, unit: str) -> None:
    """A few stored estimates made again here."""
    st.subheader("Run it here", anchor=False)
    if not runs_here(name):
        return
    mine = results.table[results.table.estimator == name]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tasks = [ALL_TASKS, *dict.fromkeys(mine.task)]
        task = st.selectbox("Task", tasks, key=f"replay-task-{results.benchmark}", width=240)
        count = st.select_slider("Datasets", COUNTS, 10, key="replay-count", bind=URL, width=240)
        start = st.button(f"Estimate them again with {ui.plain(title(name))}", type="primary")
    rows = replay.choose(mine if task == ALL_TASKS else mine[mine.task == task], count)
    known = st.session_state.setdefault(REPLAYED, {})
    key = (results.benchmark, name, task, count)
    if start:
        known[key] = watch(replay.replay(results.benchmark, rows, candidate(name)), len(rows))
    if key in known:
        st.markdown(text.about_replay(known[key], unit))
        st.dataframe(panels.replayed(known[key], unit), hide_index=True)
        ui.download_table(
            "Estimates (CSV, nats)", known[key], f"mist-{results.benchmark}-again.csv"
        )


def show_recheck(results: Results, unit: str) -> None:
    """One check of one estimator made again here."""
    st.subheader("Run it here", anchor=False)
    table = results.table
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = results.estimators
        name = st.selectbox("Estimator", names, format_func=title, key="recheck-estimator")
        check = st.selectbox("Check", list(dict.fromkeys(table.task)), key="recheck-check")
        start = st.button("Check it again", type="primary")
    if not runs_here(name):
        return
    known, key = st.session_state.setdefault(REPLAYED, {}), (results.benchmark, name, check)
    if start:
        rows = table[(table.estimator == name) & (table.task == check)]
        known[key] = watch(replay.replay(results.benchmark, rows, candidate(name)), len(rows))
    if key in known:
        laws = replay.recheck(known[key])
        st.markdown(text.about_recheck(laws, unit))
        st.dataframe(panels.rechecked(laws, unit), hide_index=True)


def runs_here(name: str) -> bool:
    """Whether an estimator can be asked again; if not, the page says so."""
    known = {f"mist-{weights}" for weights in weights_library.names()} | replay.OTHERS
    if name not in known:
        st.caption(f"Of {ui.plain(title(name))} only the answers are known, so it cannot run here.")
    return name in known


def candidate(name: str) -> Candidate:
    """An estimator that `runs_here`, by its name in a result table; ours takes a moment to load."""
    if name in replay.OTHERS:
        return replay.other(name)
    return Weights(name, ui.estimator(name.removeprefix("mist-")))


def watch(records: Iterator[dict], count: int) -> pd.DataFrame:
    """The records as they come, with a bar."""
    bar, done = st.progress(0.0, "The first one loads what it needs …"), []
    for record in records:
        done.append(record)
        bar.progress(len(done) / count, f"{len(done)} of {count} datasets")
    bar.empty()
    return pd.DataFrame(done)


def show_upload(results: Results) -> None:
    """A table of predictions joins the leaderboard for this session."""
    st.subheader("Bring your own estimator", anchor=False)
    if results.table.empty:
        st.caption("A stored run has to be there first: it knows the datasets and their truths.")
        return
    st.markdown(
        "Fill in `estimate` (nats) for as many rows of the template as you like, and upload it: it "
        "is scored here and joins the figures for this session. Only tables are taken; a Python "
        f"file runs from the command line, `python -m mist_core evaluate {results.benchmark} "
        "--estimator-file my.py`."
    )
    known = uploads.datasets(results.table)
    ui.download_table("Template (CSV)", uploads.template(known), f"{results.benchmark}.csv")
    kept = st.session_state.setdefault(UPLOADS, {}).setdefault(results.benchmark, {})
    # The box is an inbox: what has been scored leaves it, and stays until it is taken off.
    key = f"upload-{results.benchmark}-{st.session_state.get(TAKEN, 0)}"
    file = st.file_uploader("Predictions", type=["csv"], key=key)
    for name in kept:
        label = f"Take {ui.plain(name)} off the board"
        st.button(label, on_click=kept.pop, args=(name,), key=f"off-{name}")
    if file:
        with st.spinner("Scoring …"):
            table = uploads.judge(file.name, file.getvalue(), known)
            kept[file.name] = (table, BENCHMARKS[results.benchmark].summarize(table))
        st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1
        st.rerun()


def show_picked(chart: alt.TopLevelMixin, key: str, estimator: str, description: str) -> None:
    """A chart whose marks open their datasets in Explore, with the weights that were judged."""
    name = estimator.removeprefix("mist-")
    ours = estimator.startswith("mist-") and name in weights_library.names()
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

"""The Benchmark page's views of stored results: measured errors, and self-consistency."""

import streamlit as st

from mist_core.leaderboard import error_analysis, figures, findings
from mist_core.leaderboard.results import Results
from mist_core.weights import library
from ui import shell as ui
from ui.findings import caption, found_once, offer, painted_once, show
from ui.rerun import show_recheck, show_replay

URL = "query-params"
TARGETS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
TASKS_HEIGHT = 380  # pixels


def show_accuracy(results: Results, unit: str) -> None:
    """Leaderboard, then where each estimator errs."""
    board = painted_once(findings.leaderboard, results, unit)
    if len(board.table):
        offer(board, "Leaderboard", f"mist-{results.benchmark}-leaderboard", unit)
    if results.table.empty:
        return
    show_failures(results)
    st.header("Where the errors lie", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Estimator",
            results.estimators,
            first(results),
            format_func=results.title,
            key="estimator",
            bind=URL,
            width=240,
        )
        groups = error_analysis.row_groups(results.benchmark, results.errors)
        group = st.selectbox(
            "Rows", list(groups), key=f"rows-{results.benchmark}", bind=URL, width=180
        )
        amount = st.segmented_control(
            "Heatmap", figures.AMOUNTS, default="mse", required=True, key="amount", bind=URL
        )
    show_errors(results, name, groups[group], amount or "mse", unit)
    show_tasks(results, groups[group], unit)
    show_replay(results, name, unit)


def first(results: Results) -> int:
    """The place of the default weights among the estimators; 0 where they were not judged."""
    default = library.default()
    ours = [results.labels[name] for name in results.estimators]
    places = [
        k for k, shown in enumerate(ours) if (shown.weights, shown.refined) == (default, False)
    ]
    return places[0] if places else 0


def show_checks(results: Results, unit: str) -> None:
    """Self-consistency as ticks, and on every law."""
    if results.scores.empty:
        return
    found = found_once(findings.self_consistency, results, unit)
    st.markdown(found.sentence)
    show(found)
    seeds, statements = found.notes
    st.caption(seeds)
    with st.expander("What must hold, and law by law"):
        st.markdown(statements)
        ui.table(found.shown)
    show_failures(results)
    offer(found, "Checks", "mist-selfconsistency", unit)
    show_recheck(results, unit)


def show_failures(results: Results) -> None:
    """Which estimators gave no answer, how often, and what they said."""
    failed = found_once(findings.failures, results)
    if len(failed.table):
        with st.expander(failed.sentence):
            ui.table(failed.shown)


def show_errors(results: Results, name: str, rows: tuple[int, int], amount: str, unit: str) -> None:
    """One estimator's scatter and its heatmap; a click opens the dataset in Explore."""
    points = found_once(findings.scatter, results, name, rows, unit)
    if points is None:
        st.info(f"{ui.plain(results.title(name))} has no estimate here.")
        return
    cells = found_once(findings.shapes, results, name, amount, unit)
    left, right = st.columns(2, gap="large")
    for column, what, label, found in (
        (left, "scatter", "Points", points),
        (right, "shapes", "Cells", cells),
    ):
        with column:
            ui.open_picked(
                found.charts[0],
                description=found.described,
                numbers=found.numbers,
                key=f"benchmark-{what}-{results.benchmark}",
                weights=results.labels[name].weights,
            )
            caption(found)
            offer(found, label, f"mist-{results.benchmark}-{what}", unit)


def show_tasks(results: Results, rows: tuple[int, int], unit: str) -> None:
    """The rows that a target error takes, and errors task by task for this range of rows."""
    left, right = st.columns(2, gap="large")
    benchmark = results.benchmark
    with left:
        target = st.select_slider(
            f"Target: mean absolute error ({unit})", TARGETS, 0.1, key="target", bind=URL
        )
        found = found_once(findings.needed, results, target, unit)
        if found.charts:
            show(found)
        caption(found)
        if found.charts:
            offer(found, "Rows needed", f"mist-{benchmark}-needed", unit)
    with right:
        st.markdown(f"**Mean absolute error by task** ({unit})")
        found = found_once(findings.tasks, results, rows, unit)
        ui.table(found.shown, height=TASKS_HEIGHT)
        caption(found)
        offer(found, "Tasks", f"mist-{benchmark}-tasks", unit)

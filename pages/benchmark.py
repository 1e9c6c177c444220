"""Benchmark: estimators side by side where the truth is known, from stored runs."""

import pandas as pd
import streamlit as st

from mist_core import paths
from mist_core.benchmarks import speed_scores
from mist_core.leaderboard import figures, panels, speed_text, text
from mist_core.leaderboard import results as stored
from mist_core.leaderboard.board import title
from mist_core.leaderboard.results import Results
from mist_core.weights import library
from ui import shell as ui
from ui.benchmark import show_accuracy, show_downloads, show_failures
from ui.rerun import show_recheck, show_timing
from ui.upload import show_upload, with_uploads

URL = "query-params"
VIEWS = {
    "mtest": "Published grids",
    "bmi40": "bmi's tasks",
    "mtest-extended": "Extended grids",
    "selfconsistency": "Self-consistency",
    "speed": "Speed",
}


def main() -> None:
    """One benchmark at a time: its figures, its tables, and where they come from."""
    ui.page("Benchmark")
    st.title("How far off, beside the others?")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Benchmark",
            list(VIEWS),
            format_func=VIEWS.get,
            default="mtest",
            required=True,
            key="benchmark",
            bind=URL,
        )
        unit = ui.unit_switch("benchmark-unit")
    name = name or "mtest"
    st.caption(text.ABOUT[name])
    with ui.core_errors():
        results = with_uploads(read(name, stored.stamp(paths.RESULTS)))
        if name == "speed":
            show_speed(results)
        elif name == "selfconsistency":
            show_checks(results, unit)
        else:
            show_accuracy(results, unit)
        show_origin(results)
        if name != "speed":
            show_upload(results)


@st.cache_resource(max_entries=8, show_spinner=False)
def read(name: str, stamp: tuple) -> Results:
    """What is stored of a benchmark, read once unless a file in `results/` changes."""
    return stored.read(name, paths.RESULTS)


def show_checks(results: Results, unit: str) -> None:
    """Self-consistency as ticks."""
    if results.scores.empty:
        return
    cells = panels.check_cells(results.scores, unit)
    st.markdown(text.about_checks(cells, unit))
    chart = figures.checks_chart(cells)
    ui.show(chart, description="ticks by check and estimator")
    st.caption(text.about_seeds(results.scores))
    table = panels.check_table(results.scores, unit)
    with st.expander("Law by law"):
        st.dataframe(table, hide_index=True)
    show_failures(results)
    show_downloads("Checks", table, lambda: chart, "mist-selfconsistency", unit)
    show_recheck(results, unit)


def show_speed(results: Results) -> None:
    """Time against rows and against columns."""
    if results.table.empty:
        return
    table = panels.timed(results.table)
    names = list(dict.fromkeys(table.title))
    st.markdown(f"{speed_text.about_speed(table)} {speed_text.about_timing(table)}")
    left, right = st.columns(2, gap="large")
    with left:
        dims = sorted(table.dim_x.unique().tolist())
        dim = st.selectbox("Columns a side", dims, key="speed-dim", bind=URL, width=160)
        show_time(table[table.dim_x == dim], names, "n_samples", f"{dim} + {dim} columns")
    with right:
        counts = sorted(table.n_samples.unique().tolist())
        n = st.selectbox(
            "Rows", counts, min(1, len(counts) - 1), key="speed-n", bind=URL, width=160
        )
        show_time(table[table.n_samples == n], names, "dim_x", f"{n:,} rows")
    st.dataframe(panels.time_table(table), hide_index=True)
    exponents = speed_scores.growth(results.table)
    st.markdown(speed_text.about_growth(exponents))
    growth = panels.growth_table(exponents)
    st.dataframe(growth, hide_index=True)
    with st.container(horizontal=True):
        ui.download_table("Times (CSV)", table, "mist-speed.csv")
        ui.download_table("Growth (CSV)", growth, "mist-speed-growth.csv")
    show_failures(results)
    show_timing(results.table, dim, n)
    show_throughput()


def show_throughput() -> None:
    """How many datasets a second are drawn and learned from, beside bmi's sampler."""
    if found := stored.throughput(paths.RESULTS):
        rates, run = found
        st.subheader("Drawing and learning", anchor=False)
        st.markdown(speed_text.about_throughput(rates))
        st.dataframe(panels.throughput_table(rates), hide_index=True)
        st.caption(f"`{run.command}` on {run.date}, {ui.plain(run.machine)}")


def show_time(table: pd.DataFrame, names: list[str], across: str, about: str) -> None:
    """One of the two time charts."""
    chart = figures.time_chart(table, names, across, about=about)
    ui.show(chart, description=f"seconds an estimate, {about}")
    with st.container(horizontal=True):
        ui.download_figure(lambda: chart, f"mist-speed-{across}")


def show_origin(results: Results) -> None:
    """Which commands made the numbers, and which would add the missing ones."""
    for sentence in text.about_missing(results):
        st.caption(sentence)
    for name in stale(results):
        st.caption(
            f"{title(name)} was judged with other weights than it has now; "
            f"`{results.runs[name].command}` judges it again."
        )
    if results.unreadable:
        st.caption(f"Not readable now: {ui.plain(', '.join(results.unreadable))}.")
    with st.expander("Where the numbers come from"):
        for run in dict.fromkeys(run.name for run in results.runs.values()):
            origin = next(r for r in results.runs.values() if r.name == run)
            st.markdown(f"`{origin.command}` on {origin.date}, {ui.plain(origin.machine)}")


def stale(results: Results) -> list[str]:
    """Those of ours whose weights file is not the one that was judged."""
    known = {f"mist-{name}": name for name in library.names()}
    judged = [(n, r.weights[n]) for n, r in results.runs.items() if n in r.weights and n in known]
    return [name for name, digest in judged if ui.weights_hash(known[name]) != digest]


main()

"""Run it here: stored answers of the Benchmark page asked for again on this machine."""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from mist_core.benchmarks import speed
from mist_core.benchmarks.base import Estimator
from mist_core.benchmarks.estimators import ESTIMATORS, Weights
from mist_core.benchmarks.estimators import estimator as named
from mist_core.leaderboard import panels, rerun, speed_text, text
from mist_core.leaderboard.board import title
from mist_core.leaderboard.results import Results
from mist_core.weights import library
from ui import shell as ui

URL = "query-params"
COUNTS = (5, 10, 20, 50, 100)
ALL_TASKS = "all tasks"
LONGEST = 120.0  # seconds for one estimate here
REPEATS = 5
REPLAYED, TIMED = "benchmark-replayed", "benchmark-timed"


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
    rows = rerun.choose(mine if task == ALL_TASKS else mine[mine.task == task], count)
    known = st.session_state.setdefault(REPLAYED, {})
    key = (results.benchmark, name, task, count)
    if start:
        known[key] = watch(rerun.replay(results.benchmark, rows, estimator(name)), len(rows))
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
        known[key] = watch(rerun.replay(results.benchmark, rows, estimator(name)), len(rows))
    if key in known:
        laws = rerun.recheck(known[key])
        st.markdown(text.about_recheck(laws, unit))
        st.dataframe(panels.rechecked(laws, unit), hide_index=True)


def show_timing(table: pd.DataFrame, dim: int, n: int) -> None:
    """The estimators timed again here, at the shape chosen above."""
    st.subheader("Run it here", anchor=False)
    shape = f"{n:,} rows and {dim} + {dim} columns"
    if st.button(f"Time all at {shape}", type="primary"):
        st.session_state[TIMED] = (shape, time_again(table, dim, n))
    if TIMED in st.session_state:
        shape, again = st.session_state[TIMED]
        st.markdown(speed_text.about_timing_again(again, shape))
        st.dataframe(again, hide_index=True)


def time_again(table: pd.DataFrame, dim: int, n: int) -> pd.DataFrame:
    """Stored seconds beside those of this machine, of all that were timed at this shape."""
    same = table[(table.dim_x == dim) & (table.n_samples == n)].dropna(subset=["seconds"])
    bar, rows = st.progress(0.0, "The first one loads what it needs …"), []
    for stored_row in same.itertuples():
        timed = speed.Timed(estimator(stored_row.estimator), stored_row.task)
        ((_, row),) = speed.time_in_turn([timed], dim, n, REPEATS)
        names = {"estimator": title(stored_row.estimator), "what": stored_row.task}
        times = {"stored (s)": stored_row.seconds, "now (s)": row["seconds"]}
        rows.append(names | times | {"failure": row["failure"]})
        bar.progress(len(rows) / len(same), f"{len(rows)} of {len(same)} timed")
    bar.empty()
    return pd.DataFrame(rows)


def runs_here(name: str) -> bool:
    """Whether an estimator can be asked again; if not, the page says so."""
    known = {f"mist-{weights}" for weights in library.names()} | ESTIMATORS.keys()
    if name not in known:
        st.caption(f"Of {ui.plain(title(name))} only the answers are known, so it cannot run here.")
    return name in known


def estimator(name: str) -> Estimator:
    """An estimator that `runs_here`, by its name in a result table; ours takes a moment to load."""
    if name in ESTIMATORS:
        return named(name, LONGEST)
    return Weights(name, ui.estimator(name.removeprefix("mist-")))


def watch(records: Iterator[dict], count: int) -> pd.DataFrame:
    """The records as they come, with a bar."""
    bar, done = st.progress(0.0, "The first one loads what it needs …"), []
    for record in records:
        done.append(record)
        bar.progress(len(done) / count, f"{len(done)} of {count} datasets")
    bar.empty()
    return pd.DataFrame(done)

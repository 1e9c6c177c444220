"""Run it here: stored answers of the Benchmark page asked for again on this machine."""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from mist_core.benchmarks import speed
from mist_core.benchmarks.base import Estimator
from mist_core.benchmarks.estimators import ESTIMATORS, RefinedWeights, Weights
from mist_core.benchmarks.estimators import estimator as named
from mist_core.leaderboard import findings, rerun, speed_findings
from mist_core.leaderboard.results import Results
from mist_core.weights import library
from ui import shell as ui
from ui.findings import paint

URL = "query-params"
COUNTS = (5, 10, 20, 50, 100)
ALL_TASKS = "all tasks"
LONGEST = 120.0  # seconds for one estimate here
REPEATS = 5
FIRST_WORDS = "The first one loads what it needs …"
REPLAYED, TIMED = "benchmark-replayed", "benchmark-timed"


def show_replay(results: Results, name: str, unit: str) -> None:
    """A few stored estimates made again here."""
    st.header("Run it here", anchor=False)
    if not runs_here(results, name):
        return
    mine = results.table[results.table.estimator == name]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tasks = [ALL_TASKS, *dict.fromkeys(mine.task)]
        task = st.selectbox("Task", tasks, key=f"replay-task-{results.benchmark}", width=240)
        count = st.select_slider("Datasets", COUNTS, 10, key="replay-count", bind=URL, width=240)
        label = f"Estimate them again with {ui.plain(results.title(name))}"
        start = st.button(label, type="primary")
    rows = rerun.choose(mine if task == ALL_TASKS else mine[mine.task == task], count)
    known = st.session_state.setdefault(REPLAYED, {})
    key = (results.benchmark, name, task, count)
    if start:
        known[key] = replay(results, name, rows)
    if key in known:
        paint(findings.again(known[key], unit))
        ui.download_table(
            "Estimates (CSV, nats)", known[key], f"mist-{results.benchmark}-again.csv"
        )


def show_recheck(results: Results, unit: str) -> None:
    """One check of one estimator made again here."""
    st.header("Run it here", anchor=False)
    table = results.table
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Estimator", results.estimators, format_func=results.title, key="recheck-estimator"
        )
        check = st.selectbox("Check", list(dict.fromkeys(table.task)), key="recheck-check")
        start = st.button("Check it again", type="primary")
    if not runs_here(results, name):
        return
    known, key = st.session_state.setdefault(REPLAYED, {}), (results.benchmark, name, check)
    if start:
        rows = table[(table.estimator == name) & (table.task == check)]
        known[key] = replay(results, name, rows)
    if key in known:
        paint(findings.checked_again(known[key], unit))


def show_timing(results: Results, dim: int, n: int) -> None:
    """The estimators timed again here, at the shape chosen above."""
    st.header("Run it here", anchor=False)
    shape = f"{n:,} rows and {dim} + {dim} columns"
    if st.button(f"Time all at {shape}", type="primary"):
        st.session_state[TIMED] = speed_findings.again(time_again(results, dim, n), shape)
    if TIMED in st.session_state:
        paint(st.session_state[TIMED])


def time_again(results: Results, dim: int, n: int) -> pd.DataFrame:
    """Stored seconds beside those of this machine, of all that were timed at this shape."""
    table = results.table
    same = table[(table.dim_x == dim) & (table.n_samples == n)].dropna(subset=["seconds"])
    bar, rows = st.progress(0.0, FIRST_WORDS), []
    for stored in same.itertuples():
        timed = speed.Timed(estimator(results, stored.estimator), stored.task)
        ((_, row),) = speed.time_in_turn([timed], dim, n, REPEATS)
        names = {"estimator": stored.title, "what": stored.task}
        times = {"stored (s)": stored.seconds, "now (s)": row["seconds"]}
        rows.append(names | times | {"failure": row["failure"]})
        bar.progress(len(rows) / len(same), f"{len(rows)} of {len(same)} timed")
    bar.empty()
    return pd.DataFrame(rows)


def runs_here(results: Results, name: str) -> bool:
    """Whether an estimator can be asked again; if not, the page says so."""
    known = name in ESTIMATORS or results.labels[name].weights in library.names()
    if not known:
        title = ui.plain(results.title(name))
        st.caption(f"Of {title} only the answers are known, so it cannot run here.")
    return known


def estimator(results: Results, name: str) -> Estimator:
    """An estimator that `runs_here`; ours takes a moment to load."""
    shown = results.labels[name]
    if shown.weights:
        kind = RefinedWeights if shown.refined else Weights
        return kind(name, ui.estimator(shown.weights))
    return named(name, LONGEST)


def replay(results: Results, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of an estimator answered again."""
    records = rerun.replay(results.benchmark, rows, estimator(results, name))
    return watch(records, len(rows))


def watch(records: Iterator[dict], count: int) -> pd.DataFrame:
    """The records as they come, with a bar."""
    bar, done = st.progress(0.0, FIRST_WORDS), []
    for record in records:
        done.append(record)
        bar.progress(len(done) / count, f"{len(done)} of {count} datasets")
    bar.empty()
    return pd.DataFrame(done)

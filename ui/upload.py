"""Bring your own estimator: tables of predictions uploaded to the Benchmark page."""

import streamlit as st

from mist_core.benchmarks.registry import BENCHMARKS
from mist_core.leaderboard import uploads
from mist_core.leaderboard.results import Results
from ui import shell as ui

UPLOADS, TAKEN = "benchmark-uploads", "benchmark-uploads-taken"


def with_uploads(results: Results) -> Results:
    """With the predictions uploaded in this session."""
    for table, scores in st.session_state.get(UPLOADS, {}).get(results.benchmark, {}).values():
        results = results.joined(table, scores)
    return results


def show_upload(results: Results) -> None:
    """A table of predictions joins the leaderboard for this session."""
    st.header("Bring your own estimator", anchor=False)
    if results.table.empty:
        st.caption("A stored result has to be there first: it knows the datasets and their truths.")
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

"""The Benchmark page's view of stored times."""

import streamlit as st

from mist_core import paths
from mist_core.findings import Finding
from mist_core.leaderboard import speed_findings as findings
from mist_core.leaderboard.results import Results, throughput
from ui import shell as ui
from ui.benchmark import show_failures
from ui.findings import found_once, paint, show
from ui.rerun import show_timing

URL = "query-params"


def show_speed(results: Results) -> None:
    """Time against rows and against columns, how it grows, and how fast training is."""
    if results.table.empty:
        return
    found = found_once(findings.seconds, results)
    st.markdown(found.sentence)
    left, right = st.columns(2, gap="large")
    with left:
        dims = sorted(found.table.dim_x.unique().tolist())
        dim = st.selectbox("Columns a side", dims, key="speed-dim", bind=URL, width=160)
        show_chart(
            findings.across(found, "n_samples", {"dim_x": dim}, f"{dim} + {dim} columns"),
            "mist-speed-n_samples",
        )
    with right:
        counts = sorted(found.table.n_samples.unique().tolist())
        second = min(1, len(counts) - 1)
        n = st.selectbox("Rows", counts, second, key="speed-n", bind=URL, width=160)
        show_chart(
            findings.across(found, "dim_x", {"n_samples": n}, f"{n:,} rows"), "mist-speed-dim_x"
        )
    ui.table(found.shown)
    growth = found_once(findings.growth, results)
    paint(growth)
    with st.container(horizontal=True):
        ui.download_table("Times (CSV)", found.table, "mist-speed.csv")
        ui.download_table("Growth (CSV)", growth.table, "mist-speed-growth.csv")
    show_failures(results)
    show_timing(results, dim, n)
    show_throughput()


def show_chart(found: Finding, stem: str) -> None:
    """One of the two charts."""
    show(found)
    with st.container(horizontal=True):
        ui.download_figure(found.sheet, stem)


def show_throughput() -> None:
    """How many datasets a second are drawn and learned from, beside bmi's sampler."""
    if stored := throughput(paths.RESULTS):
        rates, origin = stored
        st.header("Drawing and learning", anchor=False)
        paint(findings.throughput(rates))
        st.caption(f"`{origin.command}` on {origin.date}, {ui.plain(origin.machine)}")

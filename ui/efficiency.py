"""The Benchmark page's view of errors beside the efficiency bound."""

import streamlit as st

from mist_core.benchmarks.efficiency import OTHERS, TRAINED
from mist_core.leaderboard import efficiency_findings as findings
from mist_core.leaderboard.results import Results
from ui.benchmark import show_failures
from ui.findings import found_once, offer, show

URL = "query-params"


def show_efficiency(results: Results, unit: str) -> None:
    """The middle of a group of laws, then one law of it."""
    if results.scores.empty:
        return
    group = st.segmented_control(
        "Laws", [OTHERS, TRAINED], default=OTHERS, required=True, key="laws", bind=URL
    )
    group = group or OTHERS
    found = found_once(findings.in_the_middle, results, group)
    st.markdown(found.sentence)
    laws = sorted(set(results.scores.law[results.scores.group == group]))
    left, right = st.columns(2, gap="large", vertical_alignment="bottom")
    with left:
        show(found)
        offer(found, "Efficiency", "mist-efficiency", unit)
    with right:
        law = st.selectbox("Law", laws, key=f"law-{group.split()[0]}", bind=URL)
        one = found_once(findings.on_one_law, results, law, unit)
        show(one)
        offer(one, "Law", "mist-efficiency-law", unit)
    show_failures(results)

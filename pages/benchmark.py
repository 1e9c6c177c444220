"""Benchmark: estimators side by side where the truth is known, from stored results."""

import streamlit as st

from mist_core import paths
from mist_core.leaderboard import code, text
from mist_core.leaderboard import results as stored
from mist_core.leaderboard.results import Results
from mist_core.weights import library
from ui import shell as ui
from ui.benchmark import first, show_accuracy, show_checks
from ui.conditional import show_conditional
from ui.efficiency import show_efficiency
from ui.links import tell_unknown
from ui.notebook import offer_notebook
from ui.selection import show_selection
from ui.speed import show_speed
from ui.upload import show_upload, with_uploads

URL = "query-params"
VIEWS = {
    "mtest": "Published grids",
    "bmi40": "bmi's tasks",
    "mtest-extended": "Extended grids",
    "selfconsistency": "Self-consistency",
    "conditional": "Conditional",
    "selection": "Selection",
    "efficiency": "Efficiency",
    "speed": "Speed",
}


def main() -> None:
    """One benchmark at a time: its figures, its tables, and where they come from."""
    ui.page("Benchmark")
    st.title(code.TITLE)
    tell_unknown("the benchmark", "benchmark", VIEWS.values(), VIEWS["mtest"])
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
        if name == "conditional":
            show_conditional(unit)
            return
        if name == "selection":
            show_selection()
            return
        results = with_uploads(read(name, stored.stamp(paths.RESULTS)))
        if name == "speed":
            show_speed(results)
        elif name == "selfconsistency":
            show_checks(results, unit)
        elif name == "efficiency":
            show_efficiency(results, unit)
        else:
            show_accuracy(results, unit)
        show_origin(results)
        offer_numbers(read(name, stored.stamp(paths.RESULTS)), unit)
        if name != "speed":
            show_upload(results)


@st.cache_resource(max_entries=8, show_spinner=False)
def read(name: str, stamp: tuple) -> Results:
    """What is stored of a benchmark, read once unless a file in `results/` changes."""
    return stored.read(name, paths.RESULTS)


def offer_numbers(results: Results, unit: str) -> None:
    """The view's stored numbers as a notebook; those joined for a session stay out."""
    if results.estimators:
        known = results.labels[results.estimators[first(results)]].weights
        weights = known if known in library.names() else library.default()
        digest = ui.weights_hash(weights)
        stem = f"mist-{results.benchmark}"
        offer_notebook(lambda: code.story(results, unit, weights, digest), stem)


def show_origin(results: Results) -> None:
    """Which commands made the numbers, and which would add the missing ones."""
    for sentence in text.about_missing(results):
        st.caption(sentence)
    for name in stale(results):
        st.caption(
            f"{results.title(name)} was judged with other weights than it has now; "
            f"`{results.origins[name].command}` judges it again."
        )
    if results.unreadable:
        st.caption(f"Not readable now: {ui.plain(', '.join(results.unreadable))}.")
    with st.expander("Where the numbers come from"):
        for origin in {origin.name: origin for origin in results.origins.values()}.values():
            st.markdown(f"`{origin.command}` on {origin.date}, {ui.plain(origin.machine)}")


def stale(results: Results) -> list[str]:
    """Those of ours whose weights file is not the one that was judged."""
    known = library.names()
    return [
        name
        for name, origin in results.origins.items()
        if (weights := results.labels[name].weights) in known
        and ui.weights_hash(weights) != origin.weights[name]
    ]


main()

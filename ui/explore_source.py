"""What Explore shows: a law with its sliders, or a benchmark's dataset that a link names."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.explore.scenario import TYPICAL_SEED, Scene
from mist_core.leaderboard.dataset_link import BenchmarkDataset
from mist_core.paths import RESULTS
from ui import shell as ui
from ui.explore_choices import LAST_SEED, choose_family, choose_rows, choose_scene

Source = Scene | BenchmarkDataset  # each draws a sample and says how


def choose_source(sliders: DeltaGenerator) -> tuple[Source, int]:
    """A benchmark's dataset where the address names one, else a law with its sliders."""
    if named := named_dataset():
        return show_named(named)
    scene = choose_scene(choose_family(), sliders)
    with sliders:
        n_samples = choose_rows()
        st.button("Draw again", on_click=_next_seed)
    return scene, n_samples


def named_dataset() -> BenchmarkDataset | None:
    """The dataset that a link names; of a link with an error in it the page says so."""
    address = st.query_params.get("dataset", "")
    dataset = BenchmarkDataset.stored(address, RESULTS)
    if address and not dataset:
        st.warning(f"No benchmark has a dataset {ui.plain(address[:80])}: the link is wrong.")
    return dataset


def show_named(dataset: BenchmarkDataset) -> tuple[BenchmarkDataset, int]:
    """The dataset that the Benchmark page linked to, with all its rows, and the way back."""
    st.caption(f"A dataset of a benchmark: {ui.plain(str(dataset))}.")
    if ui.CAME_FROM in st.session_state:
        before = st.session_state[ui.CAME_FROM]
        st.page_link("pages/benchmark.py", label="Back to the benchmark", query_params=before)
    st.button("Choose a law instead", on_click=st.query_params.pop, args=("dataset", None))
    return dataset, dataset.n_samples


def _next_seed() -> None:
    st.session_state["seed"] = (st.session_state.get("seed", TYPICAL_SEED) + 1) % (LAST_SEED + 1)

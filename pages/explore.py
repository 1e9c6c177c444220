"""Explore: a sample drawn live from a law whose mutual information is known, and the estimates.

Every control lives in the URL, so a copied link gives the same picture.
"""

from collections.abc import Callable

import streamlit as st

from mist_core.benchmarks.base import Answer
from mist_core.explore.code import story
from mist_core.explore.figures import Fan, poster
from mist_core.explore.findings import growth
from mist_core.explore.scenario import CHUNK_ROWS, Sample, Scene
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS, Posterior
from mist_core.notebook import Story
from ui import shell as ui
from ui.explore import Board
from ui.explore_choices import choose_others
from ui.explore_gallery import show_gallery
from ui.explore_more import offer_estimates, rivals_along, show_repeats, show_trust
from ui.explore_source import Source, choose_source
from ui.explore_view import choose_view, show_sample
from ui.findings import show
from ui.links import link
from ui.notebook import offer_notebook
from ui.refine import about, refined
from ui.turns import turn

TITLE = "How much does X tell about Y?"
CURVE_ROWS = (10, 40, 150, 500, 2000, 7000, 20_000)


def main() -> None:
    """Lay the page out once, then fill it from the fastest part to the slowest."""
    ui.page("Explore")
    st.title(TITLE)
    # Not st.empty: what a container holds stays until the new comes, so that nothing jumps.
    gallery, headline = ui.kept_free("gallery"), ui.kept_free("headline")
    refining = ui.kept_free("refining", horizontal=True, vertical_alignment="center")
    sliders, bar = ui.controls("sliders"), ui.controls("views")
    left, right = st.columns([4, 5], gap="large")
    with st.sidebar:
        scene, n_samples = choose_source(sliders)
        beside, _ = choose_others(), ui.choose_weights()
    with gallery:
        show_gallery(scene if isinstance(scene, Scene) else None)
    with ui.core_errors():
        ui.estimator()  # here, since inside of cached functions its spinner would not show
        pool = pool_of(scene, max(n_samples, CHUNK_ROWS))
        sample = pool.first(n_samples)
        with bar:
            unit, view = ui.unit_switch("unit"), choose_view(sample)
        answer = ui.in_unit(posterior_of(scene, n_samples, ui.weights_hash(), pool), unit)
        headline.markdown(sample.verdict(answer))
        with headline:
            show_trust(answer)
        with turn():
            with left:
                picture = show_sample(view, n_samples, unit)
            board = Board(right, Fan.of(answer), sample.truth * UNITS[unit], unit)
            board.prepare(beside, known_results(scene, n_samples))
            curve = show_curve(scene, pool, unit, beside)
            if isinstance(scene, Scene):
                show_repeats(scene, n_samples, sample.truth, unit)
            asked = scene.drawing(n_samples), answer, ui.current_weights(), ui.weights_hash()
            with st.container(horizontal=True):
                show_downloads(
                    sample,
                    lambda: poster(picture, board.found().charts[0], curve.charts[0]),
                    lambda: story(TITLE, *asked),
                )
                offer_estimates(board, answer, sample.truth, repr(scene))
            if isinstance(scene, Scene):
                there = {"on": "this law"} | scene.address(n_samples)
                link("pages/calibration.py", "Calibrate this law", there)
            show_code(scene, n_samples, unit)
        board.complete(sample)
        with refining:
            show_refined(scene, sample, unit)


def show_curve(scene: Source, pool: Sample, unit: str, names: list[str]) -> Finding:
    """Draw the convergence over growing parts of the sample, past the rows chosen where cheap."""
    rows = [*(n for n in CURVE_ROWS if n < len(pool.x)), min(len(pool.x), CURVE_ROWS[-1])]
    digest = ui.weights_hash()
    fans = [Fan.of(ui.in_unit(posterior_of(scene, n, digest, pool), unit)) for n in rows]
    others = rivals_along(pool, rows, names, unit)
    found = growth(rows, fans, pool.truth * UNITS[unit], unit, rivals=others)
    show(found)
    st.caption(
        "The interval holds the truth in 90 % of cases on average over the laws the model was "
        "trained on; that is not a promise for each law."
    )
    return found


def show_refined(scene: Source, sample: Sample, unit: str) -> None:
    """A button that refines the answer, and what came of it."""
    key = (scene, len(sample.x), ui.weights_hash())
    answer = refined(
        key, lambda progress: ui.estimator().refine(sample.x, sample.y, progress=progress)
    )
    if answer:
        st.markdown(about(ui.in_unit(answer, unit)))


def show_downloads(sample: Sample, figure, tell: Callable[[], Story]) -> None:
    """Buttons for the rows on show, the three charts as they then are, and a notebook."""
    ui.download_table("Data (CSV)", sample.table(), "mist-sample.csv")
    ui.download_figure(figure, "mist-explore")
    offer_notebook(tell, "mist-explore")


def show_code(scene: Source, n_samples: int, unit: str) -> None:
    """The same picture's numbers as a script."""
    with st.expander("The same in Python"):
        st.code(scene.code(n_samples, ui.current_weights(), unit), language="python")


def known_results(scene: Source, n_samples: int) -> dict[str, Answer]:
    """Baselines already computed for this sample in this session; new ones are added to it."""
    store = st.session_state.setdefault("explore_results", {})
    return store.setdefault((scene, n_samples), {})


@st.cache_resource(max_entries=8, show_spinner=False)
def pool_of(scene: Source, n_samples: int) -> Sample:
    """The scene's rows, `n_samples` or more, kept uncopied; nobody changes them."""
    return scene.draw(n_samples)


@st.cache_data(max_entries=500, show_spinner=False)
def posterior_of(scene: Source, n_samples: int, digest: str, _pool: Sample) -> Posterior:
    """The model's answer on the pool's first rows; `digest` of the weights is a part of the key."""
    sample = _pool.first(n_samples)
    return ui.estimator().posterior(sample.x, sample.y)


main()

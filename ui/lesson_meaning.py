"""Lesson 1 on the page: surfaces that turn, and shapes that no line fits."""

import numpy as np
import streamlit as st

from mist_core.inference.posterior import Posterior
from mist_core.lessons import meaning
from mist_core.lessons.lesson import Screen, Step
from ui import shell as ui
from ui.lessons import URL, choose_seed

ROWS = (50, 100, 200, 500, 1000, 2000)


def find(screen: Screen) -> Step:
    """The screen's controls, and what it shows."""
    return _surfaces() if screen.key == "surfaces" else _correlation()


def _surfaces() -> Step:
    with st.container(horizontal=True):
        shape = st.segmented_control(
            "Shape",
            list(meaning.SURFACES),
            default="line",
            required=True,
            key="surface",
            bind=URL,
        )
        strength = st.segmented_control(
            "X and Y depend",
            meaning.STRENGTHS,
            default="clearly",
            required=True,
            key="strength",
            bind=URL,
        )
    return _surfaces_once(shape or "line", strength or "clearly")


def _correlation() -> Step:
    shape = st.segmented_control(
        "Shape", list(meaning.BENT), default="ring", required=True, key="bent", bind=URL
    )
    rows = st.select_slider("Rows", ROWS, 500, key="bent-rows", bind=URL)
    seed = choose_seed("bent-seed")
    return meaning.correlation(shape or "ring", rows, seed, _ask)


def _ask(x: np.ndarray, y: np.ndarray) -> Posterior:
    return ui.estimator().posterior(x, y)


@st.cache_resource(max_entries=32, show_spinner=False)
def _surfaces_once(shape: str, strength: str) -> Step:
    return meaning.surfaces(shape, strength)

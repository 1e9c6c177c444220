"""Lesson 1 on the page: surfaces that turn, and shapes that no line fits."""

import numpy as np
import streamlit as st

from mist_core.inference.posterior import Posterior
from mist_core.lessons import meaning
from mist_core.lessons.lesson import Screen, Step
from ui import shell as ui
from ui.lessons import bar, choose_seed, pick, show_step, slide

ROWS = (50, 100, 200, 500, 1000, 2000)


def show(screen: Screen) -> None:
    """The screen's controls, and what they show."""
    show_step(screen, find(screen))


def find(screen: Screen) -> Step:
    """What a screen shows with its controls as they are."""
    with bar():
        if screen.key == "surfaces":
            shape = pick("Shape", list(meaning.SURFACES), "line", "surface")
            return _surfaces(shape, pick("They depend", meaning.STRENGTHS, "clearly", "strength"))
        shape = pick("Shape", list(meaning.BENT), "ring", "bent")
        rows = slide("Rows", ROWS, 500, "bent-rows")
        seed = choose_seed("bent-seed")
    return meaning.correlation(shape, rows, seed, _ask)


def _ask(x: np.ndarray, y: np.ndarray) -> Posterior:
    return ui.estimator().posterior(x, y)


@st.cache_resource(max_entries=32, show_spinner=False)
def _surfaces(shape: str, strength: str) -> Step:
    return meaning.surfaces(shape, strength)

"""Lesson 7 on the page: a common effect, and two coins."""

import streamlit as st

from mist_core.lessons import explaining
from mist_core.lessons.lesson import Screen, Step
from ui import shell as ui
from ui.lessons import bar, choose_seed, pick, show_step, slide

ROWS = (100, 200, 500, 1000, 2000)


def show(screen: Screen) -> None:
    """The screen's controls, and what they show."""
    show_step(screen, find(screen))


def find(screen: Screen) -> Step:
    """What a screen shows with its controls as they are."""
    with bar():
        if screen.key == "collider":
            noise = slide("Noise of Z", explaining.NOISES, 0.5, "collider-noise")
        else:
            noise = pick("Rows where Z is wrong", explaining.WRONG, 0.05, "coins-wrong")
        rows = slide("Rows", ROWS, 1000, f"{screen.key}-rows")
        seed = choose_seed(f"{screen.key}-seed")
    return _step(screen.key, noise, rows, seed, ui.weights_hash())


@st.cache_resource(max_entries=64, show_spinner=False)
def _step(key: str, noise: float, rows: int, seed: int, weights: str) -> Step:
    """Worked out once for these weights."""
    work = {"collider": explaining.collider, "coins": explaining.coins}[key]
    return work(noise, rows, seed, ui.estimator())

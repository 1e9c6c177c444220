"""Lesson 2 on the page: axes that are bent, and levels that are rounded off."""

import numpy as np
import streamlit as st

from mist_core.inference.posterior import Posterior
from mist_core.lessons import invariance
from mist_core.lessons.lesson import Screen, Step
from ui import shell as ui
from ui.lessons import URL, bar, choose_seed, show_step, slide

ROWS = 500


def show(screen: Screen) -> None:
    """The screen's controls, and what they show."""
    show_step(screen, find(screen))


def find(screen: Screen) -> Step:
    """What a screen shows with its controls as they are."""
    with bar():
        if screen.key == "maps":
            x, y = _choose_map("X is", "cubed", "map-x"), _choose_map("Y is", "one over", "map-y")
            seed = choose_seed("map-seed")
        else:
            count = slide("Levels of Y", invariance.LEVELS, 2, "levels")
            seed = choose_seed("level-seed")
    if screen.key == "maps":
        return invariance.maps(x, y, ROWS, seed, _ask)
    return invariance.levels(count, ROWS, seed, _ask)


def _choose_map(label: str, first: str, key: str) -> str:
    names = list(invariance.MAPS)
    return st.selectbox(label, names, names.index(first), key=key, bind=URL, width=150)


def _ask(x: np.ndarray, y: np.ndarray) -> Posterior:
    return ui.estimator().posterior(x, y)

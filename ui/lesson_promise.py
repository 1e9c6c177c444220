"""Lesson 5 on the page: the coverage game, and three ways of making intervals."""

import streamlit as st

from mist_core.lessons import promise
from mist_core.lessons.lesson import Screen, Step
from ui import shell as ui
from ui.cache import once
from ui.lessons import bar, choose_seed, pick, show_step, slide

ARRIVED = (10, 30, 60)
WORDS = "Drawing rows again and again …"


def show(screen: Screen) -> None:
    """The screen's controls, and what they show."""
    show_step(screen, _game() if screen.key == "game" else _habits())


def _game() -> Step:
    with bar():
        width = slide("Half-width (nats)", promise.WIDTHS, 0.05, "half-width")
        arrived = pick("Datasets", ARRIVED, 60, "arrived")
        seed = choose_seed("game-seed")
    return _played(width, arrived, seed)


def _habits() -> Step:
    names = [promise.MIST, *promise.BOOTSTRAPS]
    with bar():
        shown = pick("Intervals of", names, promise.MIST, "habit")
        seed = choose_seed("habit-seed")
    ask = ui.estimator().posteriors
    tables = once(
        ("habits", seed, ui.weights_hash()),
        lambda report: promise.intervals(seed, ask, lambda share: report(share, WORDS)),
        words=WORDS,
    )
    return promise.habits(tables, shown, seed)


@st.cache_resource(max_entries=64, show_spinner=False)
def _played(width: float, arrived: int, seed: int) -> Step:
    return promise.game(width, arrived, seed)

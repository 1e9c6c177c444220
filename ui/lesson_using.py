"""Lesson 6 on the page: a direction that climbs, a squeezed classifier, columns to choose from.

What stands there before any click is stored: a gradient through the estimator takes a while.
"""

import pandas as pd
import streamlit as st

from mist_core.lessons import using
from mist_core.lessons.climbing import Climb
from mist_core.lessons.lesson import Screen
from mist_core.lessons.selecting import Selection
from mist_core.lessons.squeezing import NOISES, USUAL
from mist_core.lessons.using import Stored
from ui import shell as ui
from ui.cache import Report, once
from ui.lessons import bar, choose_seed, pick, show_step

CLIMBS, TRAINS = "Turning the direction uphill …", "The classifier learns …"
ASKS = "Asking about each column …"


def show(screen: Screen) -> None:
    """The screen's controls, and what they show."""
    shows = {"projection": _projection, "bottleneck": _bottleneck, "selection": _selection}
    shows[screen.key](screen)


def _projection(screen: Screen) -> None:
    with bar():
        seed = choose_seed("climb-seed")
    found = _stored().climb if seed == 0 else _climb(seed)
    show_step(screen, using.projection(found))
    _say_stored(seed == 0)


def _bottleneck(screen: Screen) -> None:
    with bar():
        noise = pick("Noise", NOISES, USUAL, "squeeze-noise")
        seed = choose_seed("squeeze-seed")
    usual = (noise, seed) == (USUAL, 0)
    course = _stored().course if usual else _train(noise, seed)
    again = f"using.squeezed({noise:g}, {seed}, estimator.posteriors, lambda share: None)"
    made = "using.stored().course" if usual else again
    show_step(screen, using.bottleneck(course, noise, made))
    _say_stored(usual)


def _selection(screen: Screen) -> None:
    with bar():
        seed = choose_seed("select-seed")
    show_step(screen, using.selection(_select(seed)))


def _climb(seed: int) -> Climb:
    estimator = ui.estimator()
    return once(
        ("climb", seed, ui.weights_hash()),
        lambda report: using.climb(
            seed, estimator.mutual_information, estimator.posteriors, _told(report, CLIMBS)
        ),
        words=CLIMBS,
    )


def _train(noise: float, seed: int) -> pd.DataFrame:
    ask = ui.estimator().posteriors
    return once(
        ("squeeze", noise, seed, ui.weights_hash()),
        lambda report: using.squeezed(noise, seed, ask, _told(report, TRAINS)),
        words=TRAINS,
    )


def _select(seed: int) -> Selection:
    estimator = ui.estimator()
    return once(
        ("select", seed, ui.weights_hash()),
        lambda report: using.select(seed, estimator, _told(report, ASKS)),
        words=ASKS,
    )


def _say_stored(shown: bool) -> None:
    """Where the numbers on screen come from, where they are stored ones."""
    if shown:
        earlier = "" if _stored().sha256 == ui.weights_hash() else " with earlier weights"
        st.caption(f"Stored{earlier}: `{using.COMMAND}`. Any other choice is worked out here.")


@st.cache_resource(show_spinner=False)
def _stored() -> Stored:
    return using.stored()


def _told(report: Report, words: str):
    return lambda share: report(min(share, 1.0), words)

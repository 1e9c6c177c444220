"""Lesson 4 on the page: a stored training at first paint, and a real one at a click."""

import streamlit as st

from mist_core.lessons import learning
from mist_core.lessons.lane import Lane
from mist_core.lessons.lesson import Screen, Step
from mist_core.lessons.tiny import Point
from ui.lessons import URL, bar, picture, show_step
from ui.storage import said

RUN = "tiny-run"  # in the address: the id of a training
WATCHED = "tiny-watched"  # the training that this session saw at work
STORED = "stored"
REFRESH = 1.0  # seconds


def show(screen: Screen) -> None:
    """The training that the address names as it grows, else the stored one."""
    lane, id = Lane(), st.query_params.get(RUN, "")
    running = lane.is_running(id)
    with bar():
        st.button("Train it here, one minute", on_click=_start, args=(lane,), disabled=running)
        if lane.points(id) or running:
            st.button("Back to the stored training", on_click=_forget)
        else:
            id = ""
    if id:
        st.fragment(_watch, run_every=REFRESH if running else None)(screen, lane, id)
    else:
        show_step(screen, _at(learning.replay(), STORED))
        st.caption(f"Stored training: `{learning.COMMAND}`")


def _watch(screen: Screen, lane: Lane, id: str) -> None:
    """A training as it stands; the whole page again once it has ended."""
    running, points = lane.is_running(id), lane.points(id)
    if st.session_state.get(WATCHED) == id and not running:
        del st.session_state[WATCHED]
        st.rerun()
    if running:
        st.session_state[WATCHED] = id
    if not points:
        st.caption("It begins …")
    elif running:
        done = points[-1].seconds / learning.SECONDS
        st.progress(min(done, 1.0), f"{points[-1].datasets:,} datasets seen")
        step = learning.learned(points, -1)
        picture(step.figures[0], step.about, f"{screen.key}-live")
    else:
        show_step(screen, _at(points, id))


def _at(points: list[Point], key: str) -> Step:
    """The training at the second that a slider picks."""
    seconds = [round(point.seconds) for point in points]
    options = sorted(set(seconds))
    chosen = st.select_slider(
        "Seconds of training", options, options[0], key=f"tiny-{key}", bind=URL
    )
    made = "learning.replay()" if key == STORED else ""
    return learning.learned(points, seconds.index(chosen), made)


def _start(lane: Lane) -> None:
    with said():
        st.query_params[RUN] = lane.start(0)


def _forget() -> None:
    st.query_params.pop(RUN, None)

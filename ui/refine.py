"""A refined answer on a page: asked for by a button, cancelled by another, one at a time."""

import threading
import time
from collections.abc import Callable, Hashable

import streamlit as st

from mist_core.inference.posterior import Posterior
from ui import cache

WAITING = "Another refinement is at work; this one begins when it is done …"
WORDS = "Critics learn from these rows …"
BETWEEN = 0.2  # seconds between two movements of the bar
ASKED = "refine"
Progress = Callable[[float], None]


def refined(key: Hashable, work: Callable[[Progress], Posterior]) -> Posterior | None:
    """The refined answer where it was asked for, else a button that asks.

    Args:
        key: all that the answer depends on.
        work: refines, and moves the bar it is given; drawing there is where Streamlit ends this run
            once a control has moved, so that any click cancels.
    """
    if st.session_state.get(ASKED) != key:
        text = "Learns from these rows for some seconds, then answers better"
        st.button("Refine", on_click=_ask, args=(key,), help=text)
        return None
    cancel = st.empty()
    with cancel:
        st.button("Cancel", on_click=_ask, args=(None,))
    answer = cache.once((ASKED, key), lambda report: _in_turn(report, work), words=WORDS)
    cancel.empty()
    return answer


def about(answer: Posterior) -> str:
    """What was found, and what the rows prove, in Markdown."""
    found = answer.evidence
    if found.bound is None:
        return found.note
    low, high = answer.interval()
    return (
        f"Refined: **{answer.median:.2f} {answer.unit}**, 90 % interval **{low:.2f} to "
        f"{high:.2f}**. Rows that its critics never saw prove {max(found.bound, 0.0):.2f} ± "
        f"{found.standard_error:.2f} {answer.unit} ({found.steps} steps, {found.seconds:.0f} s)."
    )


def _ask(key: Hashable) -> None:
    st.session_state[ASKED] = key


def _in_turn(report: cache.Report, work: Callable[[Progress], Posterior]) -> Posterior:
    """Wait until no other refinement is at work on this server, then do this one."""
    turn = _turn()
    while not turn.acquire(timeout=BETWEEN):
        report(0.0, WAITING)
    try:
        return work(_seldom(report))
    finally:
        turn.release()


def _seldom(report: cache.Report) -> Progress:
    """The report, as often as an eye can see; each one costs the time of a step."""
    last = 0.0

    def progress(share: float) -> None:
        nonlocal last
        if time.monotonic() - last > BETWEEN:
            last = time.monotonic()
            report(share, WORDS)

    return progress


@st.cache_resource(show_spinner=False)
def _turn() -> threading.Lock:
    return threading.Lock()

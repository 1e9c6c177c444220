"""A survey on a page: under a bar with the time left, shown as it comes, ended by a button."""

import time
from collections.abc import Callable, Hashable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.inspection.result import Survey
from ui import cache

STOPPED, SO_FAR = "survey-stopped", "survey-so-far"
PATIENCE, BETWEEN = 1.0, 0.5  # seconds until a stop is offered, and between two looks
Progress = Callable[[Survey], None]


def surveyed(key: Hashable, work: Callable[[Progress], Survey], show: Progress) -> Survey:
    """The survey, worked out once for all sessions; or what there was of it when it was stopped.

    Args:
        key: all that it depends on.
        work: makes the survey, and hands on what it has so far; drawing there is where Streamlit
            ends this run once a control has moved, so that any click stops it.
        show: draws what there is so far.
    """
    if st.session_state.get(STOPPED) == key:
        return _as_far_as_it_got(key)
    stop = st.empty()
    return cache.once(
        key, lambda report: work(_Following(key, report, show, stop)), words="Measuring …"
    )


class _Following:
    """Moves the bar, keeps what there is so far, and draws it, as often as an eye can see."""

    def __init__(
        self, key: Hashable, report: cache.Report, show: Progress, stop: DeltaGenerator
    ) -> None:
        self.key, self.report, self.show, self.stop = key, report, show, stop
        self.begun = self.last = time.monotonic()
        self.offered = False

    def __call__(self, found: Survey) -> None:
        now = time.monotonic()
        if found.is_done:
            self.stop.empty()
        elif now - self.last > BETWEEN:
            self.last = now
            self.report(found.done / max(found.total, 1), told(found))
            if found.answers:  # before the first there is nothing to show, or to stop at
                st.session_state[SO_FAR] = (self.key, found)
                if now - self.begun > PATIENCE:
                    self._offer_to_stop()
                    self.show(found)

    def _offer_to_stop(self) -> None:
        if not self.offered:
            self.stop.button("Stop", on_click=_remember, args=(self.key,))
            self.offered = True


def told(found: Survey) -> str:
    """What is at work, how far it is and what it still takes."""
    words = [found.stage.capitalize()]
    if found.total:
        words.append(f"{found.done:,} of {found.total:,} pairs")
    if found.seconds_left is not None and found.seconds_left >= 1:
        words.append(f"about {found.seconds_left:,.0f} s left")
    return ", ".join(words) + " …"


def _remember(key: Hashable) -> None:
    st.session_state[STOPPED] = key


def _as_far_as_it_got(key: Hashable) -> Survey:
    known, found = st.session_state[SO_FAR]
    assert known == key
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Stopped at {len(found.answers):,} of {found.n_tested:,} pairs.")
        st.button("Measure them all", on_click=st.session_state.pop, args=(STOPPED,))
    return found

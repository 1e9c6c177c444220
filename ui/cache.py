"""One bounded cache, for all sessions, of work that moves a progress bar.

Streamlit's own caches record what a function draws and draw it again later, so they forbid it to
move a bar that stands outside of it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

MOST_KEPT = 64

Result = TypeVar("Result")
Report = Callable[[float, str], None]
"""Takes the share of the work that is done, and a few words."""


def once(
    key: Hashable,
    work: Callable[[Report], Result],
    *,
    words: str,
    good: Callable[[Result], bool] = lambda result: True,
) -> Result:
    """What the work gives, done under a bar unless its result is kept already.

    Args:
        key: all that the result depends on, and first of all what kind of result it is.
        work: takes what moves the bar.
        words: on the bar until it moves.
        good: whether a kept result can still be used.
    """
    # There in each run, or what follows would move, and lose the focus, once the work is done.
    place = st.empty()
    kept = _kept()
    known, result = kept.get(key)
    if known and good(result):
        return result
    bar = place.progress(0.0, words)
    try:
        result = work(bar.progress)
    finally:
        place.empty()
    kept.put(key, result)
    return result


class Kept:
    """The results used last, at most so many; threads share it."""

    def __init__(self, most: int) -> None:
        self.most, self._lock = most, threading.Lock()
        self._results: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable) -> tuple[bool, object]:
        """Whether there is a result, and the result."""
        with self._lock:
            if key not in self._results:
                return False, None
            self._results.move_to_end(key)
            return True, self._results[key]

    def put(self, key: Hashable, result: object) -> None:
        """Keep a result; the one that was not used for longest makes room."""
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            while len(self._results) > self.most:
                self._results.popitem(last=False)


@st.cache_resource
def _kept() -> Kept:
    return Kept(MOST_KEPT)

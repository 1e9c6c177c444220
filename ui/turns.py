"""Long work in turns: in a room full of visitors each gets the first figure at once."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import streamlit as st

from mist_core.threads import cores

PAUSE = 0.2  # seconds between looks at whether the visitor still waits


class Turns:
    """Places for so many at a time, taken in the order in which they are asked for."""

    def __init__(self, places: int) -> None:
        self._free, self._waiting = places, deque[object]()
        self._changed = threading.Condition()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @contextmanager
    def one(self, look: Callable[[], object]) -> Iterator[None]:
        """Inside, a place is taken; `look` is called while waiting, and may raise to give up."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
        try:
            while not self._is_next(ticket):
                look()
        except BaseException:
            with self._changed:
                self._waiting.remove(ticket)
                self._changed.notify_all()
            raise
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _is_next(self, ticket: object) -> bool:
        """Take the place if it is this one's turn within the pause."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: self._free > 0 and self._waiting[0] is ticket, PAUSE
            ):
                return False
            self._waiting.popleft()
            self._free -= 1
            self._changed.notify_all()
            return True


def turn() -> AbstractContextManager[None]:
    """A context in which at most one page a core of this server is at its long work.

    Visitors are served one after the other instead of all at once and all late, and what a page
    does before its turn shares the cores with no more than so many others.
    """
    # Where the session's state is read, Streamlit ends the run of a visitor who has moved on.
    return _turns().one(lambda: st.session_state.get("turn"))


@st.cache_resource
def _turns() -> Turns:
    return Turns(cores())

"""Ctrl-C is heard by the process at the terminal, which ends those that it started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_children() -> Iterator[None]:
    """Processes started inside never hear Ctrl-C, and so print no traces; this one hears it later.

    They inherit what this thread holds back; it is let through again at the end.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

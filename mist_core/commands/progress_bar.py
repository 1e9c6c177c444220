"""A bar for a long run on one line of a terminal."""

import sys
import threading
import time

WIDTH = 24


class Bar:
    """Counts up to a total and says how long the rest will take; threads may share it.

    Where standard error is a file only every tenth part is written, a line each.
    """

    def __init__(self, title: str, total: int):
        self.title, self.total, self.done = title, total, 0
        self._lock = threading.Lock()
        self._start, self._first, self._tenth = None, 0, 0

    def __call__(self, count: int) -> None:
        """Adds `count`; a first call counts what was done before."""
        with self._lock:
            self.done += count
            if self._start is None:
                self._start, self._first = time.monotonic(), self.done
            if sys.stderr.isatty():
                end = "\n" if self.done >= self.total else ""
                print(f"\r{self}\033[K", end=end, file=sys.stderr, flush=True)
            elif (tenth := 10 * self.done // max(self.total, 1)) > self._tenth:
                self._tenth = tenth
                print(self, file=sys.stderr, flush=True)

    def __str__(self) -> str:
        share = self.done / max(self.total, 1)
        bar = "█" * round(WIDTH * share)
        return f"{self.title} {bar:·<{WIDTH}} {self.done:,} of {self.total:,}{self._rest()}"

    def _rest(self) -> str:
        fresh = self.done - self._first
        if not fresh or self.done >= self.total:
            return ""
        seconds = (time.monotonic() - self._start) * (self.total - self.done) / fresh
        return f", {_duration(seconds)} left"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"

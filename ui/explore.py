"""A chart of all estimates of one sample, which fills while slow ones are at work."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.benchmarks.base import Answer
from mist_core.benchmarks.baselines.estimators import BASELINES
from mist_core.explore.figures import Fan
from mist_core.explore.findings import estimates
from mist_core.findings import Finding
from ui import shell as ui
from ui.findings import show

TOGETHER = 0.5  # seconds within which answers are drawn at once
GRACE = 0.3  # seconds a baseline may go on for after a control has moved


class Sides(Protocol):
    """What estimators are asked about: (n, dim_x) and (n, dim_y)."""

    x: Any
    y: Any


@dataclass
class Board:
    """The chart of all estimates, drawn again whenever a slow one has come."""

    column: DeltaGenerator
    fan: Fan
    truth: float | None
    unit: str
    results: dict[str, Answer | None] = field(default_factory=dict)

    def prepare(self, names: list[str], known: dict[str, Answer]) -> None:
        """Draw a row for each estimator: those still at work keep their place."""
        self.results = {name: known.get(name) for name in names}
        self.known = known
        with self.column:
            self.place = show(self.found())
            self.status = st.container(height=60, border=False)
            self.notes = st.container()

    def found(self) -> Finding:
        """The comparison with all that is known so far."""
        return estimates(self.fan, self.truth, self.titled(), self.unit)

    def titled(self) -> dict[str, Answer | None]:
        """The other estimators' answers by title."""
        return {BASELINES[name].title: result for name, result in self.results.items()}

    def complete(self, sample: Sides) -> None:
        """Wait for the missing estimators, one spinner each, and say why one failed."""
        missing = [name for name, result in self.results.items() if result is None]
        drawn = time.monotonic()
        for name in missing:
            with self.status, st.spinner(f"{BASELINES[name].title} is at work …"):
                while_waiting = stop_if_stale(time.monotonic() + GRACE)
                result = BASELINES[name].ask(sample.x, sample.y, while_waiting=while_waiting)
            self.known[name] = self.results[name] = result
            # Answers that come together are drawn together: a chart costs as much as a quick one.
            if name == missing[-1] or time.monotonic() > drawn + TOGETHER:
                show(self.found(), self.place)
                drawn = time.monotonic()
        for name, result in self.results.items():
            if result.failure:
                self.notes.caption(f"{BASELINES[name].title}: {ui.plain(result.failure)}")


def stop_if_stale(deadline: float) -> Callable[[], None]:
    """A callback that, past the deadline, lets Streamlit end this run if a control has moved.

    Reading the session's state is where Streamlit looks for that; a stopped estimate costs its
    process, so short ones may finish.
    """
    return lambda: st.session_state.get("law") if time.monotonic() > deadline else None

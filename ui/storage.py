"""What of the data folder cannot be used, named on the page, with buttons that move it away."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from mist_core.errors import MISTError
from mist_core.files import Flaw
from mist_core.jobs.queue import JobQueue
from mist_core.jobs.recovery import drop_aside, size_aside
from mist_core.jobs.recovery import flaws as flaws_of_runs
from mist_core.priors.sides import flaws as flaws_of_sides
from mist_core.weights.library import flaws as flaws_of_weights
from ui import shell as ui

MIB = 2**20
DONE = "done"


@contextmanager
def said() -> Iterator[None]:
    """Show an error that a user can mend as a message, and go on with the page."""
    try:
        yield
    except MISTError as error:
        st.error(ui.plain(str(error)))


def done(words: str) -> None:
    """Say at the next run that something was done, and begin that run."""
    st.session_state[DONE] = words
    st.rerun()


def show_done() -> None:
    """What was done in the last run, once."""
    if words := st.session_state.pop(DONE, None):
        st.success(ui.plain(words))


def show_flaws(queue: JobQueue) -> None:
    """All that cannot be used, each with what can be done; nothing where all is well."""
    with said():
        for flaw in [*flaws_of_runs(queue), *flaws_of_weights(), *flaws_of_sides()]:
            show_flaw(flaw)
        size = size_aside(queue)
        if size and st.button(f"Delete what was set aside ({size / MIB:,.1f} MiB)"):
            drop_aside(queue)
            st.rerun()


def show_flaw(flaw: Flaw) -> None:
    """One sentence and its buttons."""
    st.warning(ui.plain(flaw.sentence))
    with st.container(horizontal=True):
        for label, remedy in flaw.remedies.items():
            if st.button(label, key=f"{label}: {flaw.sentence}"):
                remedy()
                st.rerun()

"""Train in three steps: what data, how long, watch; one verdict at the end.

The run's id in the URL is all a window needs: it may be refreshed, closed, or opened elsewhere.
"""

import secrets
import threading
import time
from pathlib import Path

import streamlit as st

from mist_core.jobs.findings import truths
from mist_core.jobs.plan import Plan, demonstration
from mist_core.jobs.queue import JobQueue
from mist_core.markdown import counted
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.spec import to_text
from mist_core.training.adaptation.adapt import Adaptation
from mist_core.weights import library
from ui import shell as ui
from ui import table_imitation as adapt_view
from ui import training_run as run_view
from ui.findings import paint
from ui.storage import said, show_flaws
from ui.training_choices import choose_laws, choose_start, rehearse
from ui.training_result import tell_discarded

MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240)
MIB, MOST_RUNS = 2**20, 20


@st.cache_resource
def keep_moving(folder: Path) -> None:
    """While the server lives, start the next run of the queue even if nobody looks."""
    threading.Thread(target=JobQueue(folder).watch, args=(threading.Event(),), daemon=True).start()


def main() -> None:
    """A run if the address names one, else the composer; all runs below."""
    ui.page("Train")
    st.title("Teach it your kind of data")
    tell_discarded()
    queue = JobQueue()
    keep_moving(queue.folder)
    story, below = st.container(), st.container()
    with below:  # first, because an error above ends the page
        show_flaws(queue)
        with said():
            show_runs(queue)
    with story, ui.core_errors():
        if id := st.query_params.get("run"):
            st.button("← New run", on_click=st.query_params.clear)
            st.header("3. Watch", anchor=False)
            run_view.show_run(queue, id)
        else:
            show_composer(queue)


def show_composer(queue: JobQueue) -> None:
    """What data, how long, and the button: each step with what it means."""
    what, long = ui.kept_free("what-data"), st.container()
    with long:  # before a table is fitted, which takes a while
        st.header("2. How long", anchor=False)
        minutes = st.select_slider("Minutes", MINUTES, value=10)
        st.header("3. Watch", anchor=False)
    with what:
        meta, start, architecture = choose_data()
    seed = secrets.randbelow(2**31)
    plan = Plan(to_text(meta), float(minutes), seed, architecture, start)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Train for {counted(minutes, 'minute')}", type="primary"):
            begin(queue, plan)
        if st.button("Demonstration: from scratch, 10 minutes"):
            begin(queue, demonstration(seed))
    st.caption(
        "The demonstration trains a small network on the published laws, with statistics of pairs "
        "of columns only. Training runs at low priority in a process of its own: this page can be "
        "closed, and the server restarted. Other runs wait their turn. At the end it is judged on "
        "the test set of all weights."
    )


def choose_data() -> tuple[MetaDistribution, str | None, str]:
    """The first step: what is learned from which weights on, drawn as it would be."""
    st.header("1. What data", anchor=False)
    laws = choose_laws()
    imitated = laws if isinstance(laws, Adaptation) else None
    with st.expander("Where it starts and what it rehearses"):
        start, architecture = choose_start()
        meta = rehearse(imitated.meta if imitated else laws, start)
    paint(truths(run_view.sample_truths(to_text(meta)), ui.unit_switch("train-unit")))
    if imitated:
        with st.expander("How well the table is imitated"):
            adapt_view.show_sides(imitated)
    return meta, start, architecture


def begin(queue: JobQueue, plan: Plan) -> None:
    """Submit a run and go to it: from then on the address holds its id, and no refresh submits."""
    path = None if plan.start is None else library.path_of(plan.start)
    st.query_params["run"] = queue.submit(plan, path)
    st.rerun()


def show_runs(queue: JobQueue) -> None:
    """All runs of this machine, the newest first, and the room they take."""
    runs = queue.refresh()[::-1]
    if not runs:
        return
    st.header("Runs on this machine", anchor=False)
    for job in runs[:MOST_RUNS]:
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Open", key=f"open-{job.id}"):
                st.query_params["run"] = job.id
                st.rerun()
            when = time.strftime("%d %b %H:%M", time.localtime(job.submitted))
            beginning = job.plan.start or "scratch"
            kept = f", kept as {job.kept}" if job.kept else ""
            st.text(f"{when}, {job.plan.minutes:g} min from {beginning}: {job.state}{kept}")
    show_pruning(queue)


def show_pruning(queue: JobQueue) -> None:
    """An offer to delete the drawn data of finished runs."""
    done = queue.prunable()
    size = sum(queue.size(job.id) for job in done)
    if done and st.button(f"Free {size / MIB:,.0f} MiB: delete the drawn data of finished runs"):
        queue.prune([job.id for job in done])
        st.rerun()


main()

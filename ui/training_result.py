"""What a finished run on the Train page gained and forgot, and what becomes of its weights."""

from pathlib import Path

import streamlit as st

from mist_core.inference.estimator import MISTEstimator
from mist_core.jobs import findings
from mist_core.jobs.comparison import (
    Comparison,
    are_complete,
    compare_all,
    read_comparisons,
    write_comparisons,
)
from mist_core.jobs.job import Job
from mist_core.jobs.plan import Plan, start_path, weights_path
from mist_core.jobs.queue import JobQueue
from mist_core.weights import library
from ui import shell as ui
from ui.findings import paint
from ui.storage import said

DISCARDED = "train-discarded"


def show_gain(queue: JobQueue, job: Job) -> None:
    """The verdict, and before and after on the user's laws and on the standing benchmarks."""
    unit = ui.unit_switch("train-unit")
    other = job.plan.start or library.default()
    st.header(f"Better than {ui.plain(other)}?", anchor=False)
    comparisons = gain(queue.run_folder(job.id), job.plan)
    paint(findings.verdict(comparisons, unit))
    with st.expander("What it gained and what it forgot"):
        paint(findings.gain(comparisons, unit))


def gain(folder: Path, plan: Plan) -> list[Comparison]:
    """The comparisons, made once and kept in the run's folder."""
    kept = folder / "before-after.json"
    known = read_comparisons(kept)
    if not are_complete(known):
        default = library.path_of(library.default())
        files = start_path(folder) if plan.start else default, weights_path(folder)
        before, after = map(MISTEstimator.load, files)
        bar = st.progress(0.0)
        known = compare_all(before, after, plan, lambda s, name: bar.progress(s, f"On {name} …"))
        bar.empty()
        with said():  # on a full disk they are made again at the next visit
            write_comparisons(kept, known)
    return known


def show_verdict(queue: JobQueue, job: Job) -> None:
    """Keep the weights under a name, or throw the run away."""
    if job.kept in library.kept():
        show_kept(job.kept)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Keep as", f"mine-{job.id[:4]}", max_chars=40, width=240)
        if st.button("Keep"):  # not more than to discard: the verdict says which
            library.keep(weights_path(queue.run_folder(job.id)), name)
            queue.mark_kept(job.id, name)
            st.rerun()
        if st.button("Discard the run"):
            discard(queue, job)


def show_kept(name: str) -> None:
    """Where the weights are to be found now, and the offer to start every page with them."""
    if name == library.default():
        st.success(f"Kept as {name}, the default here: every page starts with it.")
        return
    st.success(f"Kept as {name}: every page can choose it, and Weights exports it.")
    if st.button("Make it the default here"):
        library.make_default(name)
        st.rerun()


def discard(queue: JobQueue, job: Job) -> None:
    """Throw a run away and leave it; `tell_discarded` says so on the page that follows."""
    queue.discard(job.id)
    st.query_params.clear()
    kept = f" {job.kept} stays in Weights." if job.kept in library.kept() else ""
    st.session_state[DISCARDED] = f"The run is discarded.{kept}"
    st.rerun()


def tell_discarded() -> None:
    """Say once that a run is gone: the page shows nothing of it any more."""
    if told := st.session_state.pop(DISCARDED, None):
        st.toast(told)

"""One training run on the Train page: live while it trains, then what it gained and forgot."""

import numpy as np
import streamlit as st

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.jobs import findings, process
from mist_core.jobs.job import FINISHED, QUEUED, RESUMABLE, RUNNING, Job
from mist_core.jobs.outcome import silent_seconds
from mist_core.jobs.progress import beats_start, read_progress
from mist_core.jobs.queue import JobQueue
from mist_core.priors.registry import meta_distribution
from mist_core.weights.law_descriptions import describe
from ui import shell as ui
from ui.findings import show
from ui.training_result import discard, show_gain, show_verdict

MIB = 2**20


def show_run(queue: JobQueue, id: str) -> None:
    """Everything about one run; looks again every two seconds as long as it is active."""
    job = queue.job(id)
    beginning = job.plan.start or f"a new network ({job.plan.architecture})"
    st.caption(f"{job.plan.minutes:g} min from {ui.plain(beginning)}, seed {job.plan.seed}.")
    st.fragment(watch, run_every=2.0 if job.active else None)(queue, job)
    gain_place = st.container()
    if job.state == FINISHED:
        show_verdict(queue, job)
    with st.expander("What it learns from"):
        st.markdown(describe(job.plan.meta))
    if job.state == FINISHED:  # last, because it takes longest
        with gain_place:
            show_gain(queue, job)


def watch(queue: JobQueue, before: Job) -> None:
    """State, numbers, charts and controls of a run; alone when it looks again."""
    with ui.core_errors():
        show_state(queue, before)


def show_state(queue: JobQueue, before: Job) -> None:
    """The run as it is now; the whole page again where its state has changed."""
    job = queue.job(before.id)
    if job.state != before.state:
        st.rerun()
    points = read_progress(queue.run_folder(job.id))
    st.markdown(sentence(queue, job, points))
    if points:
        done = points[-1]["minutes"] / job.plan.minutes
        st.progress(float(np.clip(done, 0, 1)))
        show_numbers(job, points[-1])
        left, right = st.columns([3, 2], gap="large")
        with left:
            show(findings.losses(points))
        with right:
            show(findings.reliability(points))
    else:
        show(findings.truths(sample_truths(job.plan.meta), "nats"))
    show_controls(queue, job)


def sentence(queue: JobQueue, job: Job, points: list[dict]) -> str:
    """Where the run stands, in Markdown."""
    words = {
        QUEUED: "It waits for its turn.",
        RUNNING: "It draws its first datasets …",
        FINISHED: "It has finished.",
    }
    state = words.get(job.state, f"It is {job.state}.")
    if job.state == RUNNING and points:
        state = f"About {max(points[-1]['minutes_left'], 0):.1f} of {job.plan.minutes:g} min left."
    if job.state == RUNNING and (silent := silent_seconds(queue.run_folder(job.id), job)) > 120:
        state += f" No sign of life for {silent:.0f} s."
    score = f" It stands at a {beats_start(points[-1])}." if points else ""
    return f"**{ui.plain(state)}**{score} {ui.plain(job.message)}"


def show_numbers(job: Job, point: dict) -> None:
    """What it has seen, how fast, and what it costs the machine."""
    numbers = {
        "datasets seen": f"{point['datasets']:,}",
        "a second": f"{point['datasets_a_second']:,.0f}",
        "steps": f"{point['steps']:,}",
        "error (nats)": f"{point['validation']['mae']:.3f}",
    }
    usage = process.usage(job.process) if job.state == RUNNING else None
    if usage:
        numbers["cores in use"] = f"{usage.cores:.1f}"
        numbers["memory (MiB)"] = f"{usage.memory / MIB:,.0f}"
    with st.container(horizontal=True):
        for label, value in numbers.items():
            st.metric(label, value, width="content")


def sample_truths(meta: str) -> np.ndarray:
    """True MI of 192 datasets of a meta-distribution, nats."""
    # The spinner of a cached function has no height: it would lie over the heading below.
    with st.spinner("Drawing …"):
        return _draw_truths(meta)


@st.cache_data(max_entries=32, show_spinner=False)
def _draw_truths(meta: str) -> np.ndarray:
    """Any seed would do."""
    draws = source(stream(0, "validation", 1))
    prior = meta_distribution(meta)
    batches = [prior.draw(16, draws).mutual_information.numpy() for _ in range(12)]
    return np.concatenate(batches)


def show_controls(queue: JobQueue, job: Job) -> None:
    """Buttons that fit the run's state."""
    offers = {}
    if job.state == QUEUED:
        offers = {"Take it out of the queue": queue.pause, "Discard": queue.discard}
    elif job.active:
        offers = {
            "Pause": queue.pause,
            "Stop and use the weights": queue.stop,
            "Stop now": queue.stop_now,
        }
    elif job.state in RESUMABLE:
        offers = {"Resume": queue.resume, "Discard": queue.discard}
    with st.container(horizontal=True):
        for label, action in offers.items():
            if st.button(label):
                if action == queue.discard:
                    discard(queue, job)
                action(job.id)
                st.rerun()

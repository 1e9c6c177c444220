"""Background runs: one at a time, known again after anything, ended for certain.

Most tests start a stand-in for the trainer, which reads the same arguments and obeys the mailbox.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import psutil
import pytest

from mist_core.checkpoint import load_checkpoint
from mist_core.distributions.numerics.randomness import TEST_ENTROPY
from mist_core.errors import JobError, ParameterError
from mist_core.jobs import process as job_process
from mist_core.jobs import space
from mist_core.jobs.job import FAILED, FINISHED, LOST, PAUSED, QUEUED, RUNNING, STOPPED
from mist_core.jobs.outcome import silent_seconds
from mist_core.jobs.plan import Plan, demonstration, start_path, weights_path
from mist_core.jobs.progress import POINT, SCORES, read_progress
from mist_core.jobs.queue import JobQueue
from mist_core.priors.paper import Paper
from mist_core.priors.spec import to_text
from mist_core.training.shards import read_labelled

STAND_IN = textwrap.dedent("""
    import argparse, pathlib, sys, time
    parser = argparse.ArgumentParser()
    for name in ("out", "folder", "minutes"): parser.add_argument("--" + name)
    options, _ = parser.parse_known_args()
    folder = pathlib.Path(options.folder)
    (folder / "shard-000000.safetensors").write_text("data")
    (folder / "heartbeat").touch()
    if float(options.minutes) == 13: sys.exit("ParameterError: thirteen minutes bring bad luck.")
    end = time.time() + 60 * float(options.minutes)
    while time.time() < end:
        request = folder / "request"
        if request.exists():
            if request.read_text() == "pause": sys.exit()
            break
        time.sleep(0.02)
    pathlib.Path(options.out).write_text("weights")
""")
SMALL = to_text(Paper(("normal-dense-base",), rows=(10, 30), dims=(2, 3)))
# The promise is made for twenty; three keep the suite short.
KILLS = int(os.environ.get("MIST_KILLS", "3"))
LONG = Plan(SMALL, minutes=5.0, seed=1)
SHORT = Plan(SMALL, minutes=0.001, seed=1)


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "stand_in.py"
    path.write_text(STAND_IN)
    return path


@pytest.fixture
def queue(tmp_path, script):
    queue = JobQueue(tmp_path / "jobs", (sys.executable, str(script)))
    yield queue
    for job in queue.refresh():
        queue.discard(job.id)


def eventually(queue, id, *states, seconds=20.0):
    end = time.monotonic() + seconds
    while queue.job(id).state not in states:
        assert time.monotonic() < end, f"{queue.job(id)} did not become {states}"
        time.sleep(0.05)
    return queue.job(id)


def _lines(path):
    return path.read_text().splitlines() if path.exists() else []


def started(queue, id):
    """The run's process has begun its work."""
    end = time.monotonic() + 120  # a loaded machine takes long to import torch
    while not (queue.run_folder(id) / "heartbeat").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    return queue.job(id)


def test_a_run_ends_with_its_weights(queue):
    id = queue.submit(SHORT)
    assert eventually(queue, id, FINISHED).message == ""
    assert weights_path(queue.run_folder(id)).read_text() == "weights"


def test_one_runs_and_the_rest_wait_their_turn(queue):
    ids = [queue.submit(LONG) for _ in range(3)]
    assert [queue.job(id).state for id in ids] == [RUNNING, QUEUED, QUEUED]
    started(queue, ids[0])
    queue.stop(ids[0])
    eventually(queue, ids[0], FINISHED)
    assert [queue.job(id).state for id in ids[1:]] == [RUNNING, QUEUED]


def test_the_queue_moves_while_nobody_looks(queue):
    ids = [queue.submit(SHORT) for _ in range(2)]
    stop = threading.Event()
    watcher = threading.Thread(target=queue.watch, args=(stop, 0.05))
    watcher.start()
    try:
        end = time.monotonic() + 20
        while not weights_path(queue.run_folder(ids[1])).exists():
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        stop.set()
        watcher.join()


def test_ids_cannot_be_guessed(queue):
    ids = {queue.submit(SHORT) for _ in range(3)}
    assert len(ids) == 3 and all(len(id) == 32 for id in ids)


def test_two_servers_see_the_same_run_and_start_it_once(queue):
    id = queue.submit(LONG)
    other = JobQueue(queue.folder, queue.program)
    for _ in range(20):
        assert other.refresh() == queue.refresh()
    assert other.job(id).process == queue.job(id).process


def test_a_paused_run_goes_on_when_it_is_resumed(queue):
    id = queue.submit(LONG)
    first = started(queue, id)
    queue.pause(id)
    eventually(queue, id, PAUSED)
    queue.resume(id)
    second = queue.job(id)
    assert second.state == RUNNING and second.process != first.process
    with pytest.raises(JobError, match="Only a run that was paused"):
        queue.resume(id)


def test_a_killed_run_is_found_marked_and_resumable(queue):
    id = queue.submit(LONG)
    started(queue, id)
    os.kill(queue.job(id).process.pid, signal.SIGKILL)
    assert "Resume goes on" in eventually(queue, id, LOST).message
    queue.resume(id)
    assert queue.job(id).state == RUNNING


def test_stop_now_ends_even_a_process_that_ignores_everything(queue, monkeypatch):
    monkeypatch.setattr(job_process, "GRACE_SECONDS", 0.3)
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(99)"
    deaf = JobQueue(queue.folder, (sys.executable, "-c", stubborn))
    id = deaf.submit(LONG)
    process = deaf.job(id).process
    time.sleep(0.3)
    deaf.stop_now(id)
    assert deaf.job(id).state == STOPPED
    assert not psutil.pid_exists(process.pid)


def test_a_process_that_was_given_a_used_number_is_another_one(queue):
    mine = psutil.Process()
    word = mine.cmdline()[-1]
    assert job_process.is_alive(job_process.ProcessKey(mine.pid, word))
    assert not job_process.is_alive(job_process.ProcessKey(mine.pid, word + "0"))
    assert job_process.usage(job_process.ProcessKey(mine.pid, "nowhere")) is None


def test_a_run_that_fails_says_why_in_its_own_words(queue):
    id = queue.submit(Plan(SMALL, minutes=13.0, seed=1))
    assert "thirteen minutes bring bad luck" in eventually(queue, id, FAILED).message


def test_a_run_has_low_priority_and_shows_life_and_use(queue):
    id = queue.submit(LONG)
    job = started(queue, id)
    assert psutil.Process(job.process.pid).nice() >= job_process.NICENESS
    assert silent_seconds(queue.run_folder(id), job) < 10
    assert job_process.usage(job.process).memory > 1e6


def test_a_run_that_waits_leaves_the_queue_when_it_is_paused(queue):
    _, id = queue.submit(LONG), queue.submit(LONG)
    queue.pause(id)
    assert queue.job(id).state == PAUSED


def test_a_discarded_run_leaves_nothing_behind(queue):
    id = queue.submit(LONG)
    process = started(queue, id).process
    queue.discard(id)
    assert not queue.run_folder(id).exists() and not job_process.is_alive(process)
    with pytest.raises(JobError, match="no such run"):
        queue.job(id)


def test_pruning_deletes_the_data_of_ended_runs_and_keeps_their_weights(queue):
    id, busy = queue.submit(SHORT), queue.submit(LONG)
    eventually(queue, id, FINISHED)
    started(queue, busy)
    assert [job.id for job in queue.prunable()] == [id]
    queue.prune([id, busy])
    assert queue.prunable() == []
    assert weights_path(queue.run_folder(id)).exists()
    assert list(queue.run_folder(busy).glob("shard-*"))


def test_a_full_queue_and_a_full_disk_are_sentences(queue, monkeypatch):
    monkeypatch.setattr("mist_core.jobs.queue.LONGEST_QUEUE", 1)
    queue.submit(LONG), queue.submit(LONG)
    with pytest.raises(JobError, match="wait already"):
        queue.submit(LONG)
    monkeypatch.setattr(space, "LEAST_FREE_BYTES", 10**18)
    with pytest.raises(JobError, match="of disk are free"):
        queue.submit(LONG)


@pytest.mark.parametrize("minutes", [0.0, -1.0, 1e9, float("nan")])
def test_a_budget_out_of_range_is_refused(minutes):
    with pytest.raises(JobError, match="minutes"):
        Plan(SMALL, minutes=minutes, seed=1)


def test_a_plan_takes_no_foreign_words_and_no_test_data():
    with pytest.raises(JobError, match="architecture"):
        Plan(SMALL, 1.0, 1, architecture="--out=/etc/passwd")
    with pytest.raises(ParameterError):
        Plan("; rm -rf /", 1.0, 1)
    with pytest.raises(JobError, match="test data"):
        Plan(SMALL, 1.0, TEST_ENTROPY)


def test_a_run_keeps_its_own_copy_of_the_weights_it_starts_from(queue, tmp_path):
    (tmp_path / "w.safetensors").write_text("start")
    plan = Plan(SMALL, minutes=5.0, seed=1, start="w")
    id = queue.submit(plan, tmp_path / "w.safetensors")
    assert start_path(queue.run_folder(id)).read_text() == "start"
    assert "--init" in plan.arguments(tmp_path) and "--architecture" not in plan.arguments(tmp_path)


def test_progress_forgets_what_a_killed_run_had_beyond_its_saved_state(tmp_path):
    validation = dict.fromkeys(SCORES, 0.5)
    points = [
        dict.fromkeys(POINT, 1.0) | {"steps": steps, "validation": validation}
        for steps in (10, 20, 30, 15, 25)
    ]
    lines = [json.dumps(point) for point in points]
    (tmp_path / "progress.jsonl").write_text("\n".join([*lines, '{"steps": 99, "valid']))
    assert [point["steps"] for point in read_progress(tmp_path)] == [10, 15, 25]


@pytest.mark.slow
@pytest.mark.timeout(60 + 150 * KILLS)
def test_a_real_run_killed_at_random_moments_loses_a_minute_at_most(queue):
    queue, rng = JobQueue(queue.folder), np.random.default_rng(KILLS)
    plan = Plan(SMALL, minutes=200.0, seed=7, architecture=demonstration(seed=7).architecture)
    id = queue.submit(plan)
    folder = queue.run_folder(id)
    reached = 0.0  # minutes of training that the last state knew when the run was killed
    for moment in rng.uniform(2, 15 if KILLS < 20 else 75, KILLS):
        time.sleep(moment)
        os.kill(queue.job(id).process.pid, signal.SIGKILL)
        eventually(queue, id, LOST)
        seen = [json.loads(line)["minutes"] for line in _lines(folder / "progress.jsonl")]
        state = folder / "state.safetensors"
        saved = load_checkpoint(state).card["run"]["seconds"] / 60 if state.exists() else 0.0
        assert saved >= reached and max(seen, default=0.0) - saved <= 1.0
        reached = saved
        for shard in folder.glob("shard-*.safetensors"):
            read_labelled(shard)
        queue.resume(id)
        assert queue.job(id).state == RUNNING
    queue.stop(started(queue, id).id)
    eventually(queue, id, FINISHED, seconds=120)
    assert load_checkpoint(weights_path(folder)).card["steps"] > 0


def test_a_run_outlives_the_server_that_started_it(queue, tmp_path, script):
    server = textwrap.dedent(f"""
        import pathlib
        from mist_core.jobs.plan import Plan
        from mist_core.jobs.queue import JobQueue
        queue = JobQueue(pathlib.Path({str(queue.folder)!r}), {queue.program!r})
        print(queue.submit(Plan({SMALL!r}, 5.0, 1)))
    """)
    done = subprocess.run(
        [sys.executable, "-c", server], capture_output=True, text=True, check=True
    )
    id = done.stdout.strip()
    assert started(queue, id).state == RUNNING
    assert len(queue.refresh()) == 1

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
from mist_core.jobs import queue, space
from mist_core.jobs.job import FAILED, FINISHED, LOST, PAUSED, QUEUED, RUNNING, STOPPED
from mist_core.jobs.outcome import silent_seconds
from mist_core.jobs.plan import Plan, demonstration, start_path, weights_path
from mist_core.jobs.progress import POINT, SCORES, read_progress
from mist_core.jobs.queue import Lab
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
def lab(tmp_path, script):
    lab = Lab(tmp_path / "jobs", (sys.executable, str(script)))
    yield lab
    for job in lab.refresh():
        lab.discard(job.id)


def eventually(lab, id, *states, seconds=20.0):
    end = time.monotonic() + seconds
    while lab.job(id).state not in states:
        assert time.monotonic() < end, f"{lab.job(id)} did not become {states}"
        time.sleep(0.05)
    return lab.job(id)


def _lines(path):
    return path.read_text().splitlines() if path.exists() else []


def started(lab, id):
    """The run's process has begun its work."""
    end = time.monotonic() + 120  # a loaded machine takes long to import torch
    while not (lab.run_folder(id) / "heartbeat").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    return lab.job(id)


def test_a_run_ends_with_its_weights(lab):
    id = lab.submit(SHORT)
    assert lab.job(id).state == RUNNING
    assert eventually(lab, id, FINISHED).message == ""
    assert weights_path(lab.run_folder(id)).read_text() == "weights"


def test_one_runs_and_the_rest_wait_their_turn(lab):
    ids = [lab.submit(LONG) for _ in range(3)]
    assert [lab.job(id).state for id in ids] == [RUNNING, QUEUED, QUEUED]
    started(lab, ids[0])
    lab.stop(ids[0])
    eventually(lab, ids[0], FINISHED)
    assert [lab.job(id).state for id in ids[1:]] == [RUNNING, QUEUED]


def test_the_queue_moves_while_nobody_looks(lab):
    ids = [lab.submit(SHORT) for _ in range(2)]
    stop = threading.Event()
    watcher = threading.Thread(target=lab.watch, args=(stop, 0.05))
    watcher.start()
    try:
        end = time.monotonic() + 20
        while not weights_path(lab.run_folder(ids[1])).exists():
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        stop.set()
        watcher.join()


def test_ids_cannot_be_guessed(lab):
    ids = {lab.submit(SHORT) for _ in range(3)}
    assert len(ids) == 3 and all(len(id) == 32 for id in ids)


def test_two_servers_see_the_same_run_and_start_it_once(lab):
    id = lab.submit(LONG)
    other = Lab(lab.folder, lab.program)
    for _ in range(20):
        assert other.refresh() == lab.refresh()
    assert other.job(id).process == lab.job(id).process


def test_a_paused_run_goes_on_when_it_is_resumed(lab):
    id = lab.submit(LONG)
    first = started(lab, id)
    lab.pause(id)
    eventually(lab, id, PAUSED)
    lab.resume(id)
    second = lab.job(id)
    assert second.state == RUNNING and second.process != first.process
    with pytest.raises(JobError, match="Only a run that was paused"):
        lab.resume(id)


def test_a_killed_run_is_found_marked_and_resumable(lab):
    id = lab.submit(LONG)
    started(lab, id)
    os.kill(lab.job(id).process.pid, signal.SIGKILL)
    assert "Resume goes on" in eventually(lab, id, LOST).message
    lab.resume(id)
    assert lab.job(id).state == RUNNING


def test_stop_now_ends_even_a_process_that_ignores_everything(lab, monkeypatch):
    monkeypatch.setattr(job_process, "GRACE_SECONDS", 0.3)
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(99)"
    deaf = Lab(lab.folder, (sys.executable, "-c", stubborn))
    id = deaf.submit(LONG)
    process = deaf.job(id).process
    time.sleep(0.3)
    deaf.stop_now(id)
    assert deaf.job(id).state == STOPPED
    assert not psutil.pid_exists(process.pid)


def test_a_process_that_was_given_a_used_number_is_another_one(lab):
    mine = psutil.Process()
    word = mine.cmdline()[-1]
    assert job_process.is_alive(job_process.ProcessKey(mine.pid, word))
    assert not job_process.is_alive(job_process.ProcessKey(mine.pid, word + "0"))
    assert job_process.usage(job_process.ProcessKey(mine.pid, "nowhere")) is None


def test_a_run_that_fails_says_why_in_its_own_words(lab):
    id = lab.submit(Plan(SMALL, minutes=13.0, seed=1))
    assert "thirteen minutes bring bad luck" in eventually(lab, id, FAILED).message


def test_a_run_has_low_priority_and_shows_life_and_use(lab):
    id = lab.submit(LONG)
    job = started(lab, id)
    assert psutil.Process(job.process.pid).nice() >= job_process.NICENESS
    assert silent_seconds(lab.run_folder(id), job) < 10
    assert job_process.usage(job.process).memory > 1e6


def test_a_run_that_waits_leaves_the_queue_when_it_is_paused(lab):
    _, id = lab.submit(LONG), lab.submit(LONG)
    lab.pause(id)
    assert lab.job(id).state == PAUSED


def test_a_discarded_run_leaves_nothing_behind(lab):
    id = lab.submit(LONG)
    process = started(lab, id).process
    lab.discard(id)
    assert not lab.run_folder(id).exists() and not job_process.is_alive(process)
    with pytest.raises(JobError, match="no such run"):
        lab.job(id)


def test_pruning_deletes_the_data_of_ended_runs_and_keeps_their_weights(lab):
    id, busy = lab.submit(SHORT), lab.submit(LONG)
    eventually(lab, id, FINISHED)
    started(lab, busy)
    assert [job.id for job in lab.prunable()] == [id]
    lab.prune([id, busy])
    assert lab.prunable() == []
    assert weights_path(lab.run_folder(id)).exists()
    assert list(lab.run_folder(busy).glob("shard-*"))


def test_a_full_queue_and_a_full_disk_are_sentences(lab, monkeypatch):
    monkeypatch.setattr(queue, "LONGEST_QUEUE", 1)
    lab.submit(LONG), lab.submit(LONG)
    with pytest.raises(JobError, match="wait already"):
        lab.submit(LONG)
    monkeypatch.setattr(space, "LEAST_FREE_BYTES", 10**18)
    with pytest.raises(JobError, match="of disk are free"):
        lab.submit(LONG)


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


def test_a_run_keeps_its_own_copy_of_the_weights_it_starts_from(lab, tmp_path):
    (tmp_path / "w.safetensors").write_text("start")
    plan = Plan(SMALL, minutes=5.0, seed=1, start="w")
    id = lab.submit(plan, tmp_path / "w.safetensors")
    assert start_path(lab.run_folder(id)).read_text() == "start"
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
def test_a_real_run_killed_at_random_moments_loses_a_minute_at_most(lab):
    lab, rng = Lab(lab.folder), np.random.default_rng(KILLS)
    plan = Plan(SMALL, minutes=200.0, seed=7, architecture=demonstration(seed=7).architecture)
    id = lab.submit(plan)
    folder = lab.run_folder(id)
    reached = 0.0  # minutes of training that the last state knew when the run was killed
    for moment in rng.uniform(2, 15 if KILLS < 20 else 75, KILLS):
        time.sleep(moment)
        os.kill(lab.job(id).process.pid, signal.SIGKILL)
        eventually(lab, id, LOST)
        seen = [json.loads(line)["minutes"] for line in _lines(folder / "progress.jsonl")]
        state = folder / "state.safetensors"
        saved = load_checkpoint(state).card["run"]["seconds"] / 60 if state.exists() else 0.0
        assert saved >= reached and max(seen, default=0.0) - saved <= 1.0
        reached = saved
        for shard in folder.glob("shard-*.safetensors"):
            read_labelled(shard)
        lab.resume(id)
        assert lab.job(id).state == RUNNING
    lab.stop(started(lab, id).id)
    eventually(lab, id, FINISHED, seconds=120)
    assert load_checkpoint(weights_path(folder)).card["steps"] > 0


def test_a_run_outlives_the_server_that_started_it(lab, tmp_path, script):
    server = textwrap.dedent(f"""
        import pathlib
        from mist_core.jobs.plan import Plan
        from mist_core.jobs.queue import Lab
        lab = Lab(pathlib.Path({str(lab.folder)!r}), {lab.program!r})
        print(lab.submit(Plan({SMALL!r}, 5.0, 1)))
    """)
    done = subprocess.run(
        [sys.executable, "-c", server], capture_output=True, text=True, check=True
    )
    id = done.stdout.strip()
    assert started(lab, id).state == RUNNING
    assert len(lab.refresh()) == 1

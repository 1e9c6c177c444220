"""No setting of the clock changes what is known of a run: its lock and its folder say it all."""

import os
import signal
import sys
import time

import psutil
import pytest

from mist_core.errors import JobError
from mist_core.jobs.job import FINISHED, LOST, QUEUED, RUNNING
from mist_core.jobs.outcome import silent_seconds
from mist_core.jobs.plan import Plan, weights_path
from mist_core.jobs.queue import Lab
from mist_core.training.control import Mailbox, heartbeat_path
from mist_core.training.run_lock import is_locked, lock_path

SLEEPER = (sys.executable, "-c", "import time; time.sleep(300)")
PLAN = Plan("paper", 1.0, 1)
STEPS = [-86_400.0, -3600.0, -1.0, 0.5, 1.0, 3600.0, 86_400.0 * 365]


@pytest.fixture
def lab(tmp_path):
    lab = Lab(tmp_path / "jobs", SLEEPER)
    yield lab
    for job in lab.refresh():
        lab.discard(job.id)


@pytest.fixture
def step(monkeypatch):
    """Sets the clock, as far as this process and what it reads of the kernel can tell."""
    true, boot = time.time, psutil._pslinux.boot_time

    def step(seconds):
        monkeypatch.setattr(time, "time", lambda: true() + seconds)
        monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: boot() + seconds)

    return step


@pytest.mark.parametrize("seconds", STEPS)
def test_a_live_run_stays_the_one_that_runs(lab, step, seconds):
    first, _ = lab.submit(PLAN), lab.submit(PLAN)
    process = lab.job(first).process
    step(seconds)
    assert [job.state for job in lab.refresh()] == [RUNNING, QUEUED]
    with pytest.raises(JobError, match="Only a run that was paused"):
        lab.resume(first)
    assert lab.job(first).process == process
    lab.stop_now(first)
    assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize("seconds", STEPS)
def test_a_run_that_has_ended_is_known_to_have(lab, step, seconds):
    ids = [lab.submit(PLAN), lab.submit(PLAN)]
    os.kill(lab.job(ids[0]).process.pid, signal.SIGKILL)
    step(seconds)
    while is_locked(lab.run_folder(ids[0])):
        time.sleep(0.01)
    assert [job.state for job in lab.refresh()] == [LOST, RUNNING]


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
def test_weights_that_look_older_than_their_run_are_its_own(lab, seconds):
    id = lab.submit(PLAN)
    weights_path(lab.run_folder(id)).write_text("w")
    then = time.time() + seconds
    os.utime(weights_path(lab.run_folder(id)), (then, then))
    os.kill(lab.job(id).process.pid, signal.SIGKILL)
    while lab.job(id).state == RUNNING:
        time.sleep(0.01)
    assert lab.job(id).state == FINISHED


def test_weights_of_an_earlier_start_do_not_count_for_a_later_one(lab):
    id = lab.submit(PLAN)
    lab.stop_now(id)
    weights_path(lab.run_folder(id)).write_text("of nobody knows whom")
    lab.resume(id)
    os.kill(lab.job(id).process.pid, signal.SIGKILL)
    while lab.job(id).state == RUNNING:
        time.sleep(0.01)
    assert lab.job(id).state == LOST


@pytest.mark.parametrize("seconds", STEPS)
def test_silence_is_measured_by_no_clock_that_is_set(lab, step, seconds):
    id = lab.submit(PLAN)
    folder = lab.run_folder(id)
    Mailbox(folder)()
    step(seconds)
    assert silent_seconds(folder, lab.job(id)) < 60
    heartbeat_path(folder).write_text(str(time.monotonic() - 500))
    assert 499 < silent_seconds(folder, lab.job(id)) < 560
    for nonsense in ("", "x"):
        heartbeat_path(folder).write_text(nonsense)
        assert silent_seconds(folder, lab.job(id)) >= 0


def test_the_queue_keeps_its_order_when_the_clock_goes_back(lab, step):
    ids = [lab.submit(PLAN)]
    for seconds in (-10.0, 10.0, -20.0):
        step(seconds)
        ids.append(lab.submit(PLAN))
    assert [job.id for job in lab.refresh()] == ids


def test_a_run_whose_lock_file_was_deleted_is_still_known_by_its_process(lab):
    id = lab.submit(PLAN)
    lock_path(lab.run_folder(id)).unlink()
    assert lab.job(id).state == RUNNING


def test_a_run_that_was_marked_lost_by_mistake_runs_again_on_the_list_and_is_not_doubled(lab):
    id, _ = lab.submit(PLAN), lab.submit(PLAN)
    with lab.store.transaction() as now:
        now.mark(id, LOST, "so said an earlier version")
    assert [job.state for job in lab.refresh()] == [RUNNING, QUEUED]


def test_a_run_of_which_the_list_knows_nothing_keeps_the_queue_waiting(lab, monkeypatch):
    id = lab.submit(PLAN)
    with lab.store.transaction() as now:
        now.remove(id)
    other = lab.submit(PLAN)
    assert lab.job(other).state == QUEUED
    with lab.store.transaction() as now:
        now.add(id, PLAN, 0.0, LOST)
    assert lab.job(id).state == RUNNING and lab.job(id).process is None
    with pytest.raises(JobError, match="not known here"):
        lab.stop_now(id)
    for process in psutil.process_iter(["cmdline"]):  # the test's own, by its run's id
        if any(id in word for word in process.info["cmdline"] or ()):
            process.kill()
    while lab.job(id).state == RUNNING:
        time.sleep(0.01)
    assert lab.job(other).state == RUNNING


def test_two_servers_that_look_at_once_start_one_process(lab):
    labs = [Lab(lab.folder, lab.program) for _ in range(2)]
    id = lab.submit(PLAN)
    assert {each.job(id).process for each in labs for _ in range(5)} == {lab.job(id).process}

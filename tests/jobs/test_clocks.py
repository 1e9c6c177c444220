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
from mist_core.jobs.queue import JobQueue
from mist_core.training.control import Mailbox, heartbeat_path
from mist_core.training.run_lock import is_locked, lock_path

SLEEPER = (sys.executable, "-c", "import time; time.sleep(300)")
PLAN = Plan("paper", 1.0, 1)
STEPS = [-86_400.0, -3600.0, -1.0, 0.5, 1.0, 3600.0, 86_400.0 * 365]


@pytest.fixture
def queue(tmp_path):
    queue = JobQueue(tmp_path / "jobs", SLEEPER)
    yield queue
    for job in queue.refresh():
        queue.discard(job.id)


@pytest.fixture
def step(monkeypatch):
    """Sets the clock, as far as this process and what it reads of the kernel can tell."""
    true, boot = time.time, psutil._pslinux.boot_time

    def step(seconds):
        monkeypatch.setattr(time, "time", lambda: true() + seconds)
        monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: boot() + seconds)

    return step


@pytest.mark.parametrize("seconds", STEPS)
def test_a_live_run_stays_the_one_that_runs(queue, step, seconds):
    first, _ = queue.submit(PLAN), queue.submit(PLAN)
    process = queue.job(first).process
    step(seconds)
    assert [job.state for job in queue.refresh()] == [RUNNING, QUEUED]
    with pytest.raises(JobError, match="Only a run that was paused"):
        queue.resume(first)
    assert queue.job(first).process == process
    queue.stop_now(first)
    assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize("seconds", STEPS)
def test_a_run_that_has_ended_is_known_to_have(queue, step, seconds):
    ids = [queue.submit(PLAN), queue.submit(PLAN)]
    os.kill(queue.job(ids[0]).process.pid, signal.SIGKILL)
    step(seconds)
    while is_locked(queue.run_folder(ids[0])):
        time.sleep(0.01)
    assert [job.state for job in queue.refresh()] == [LOST, RUNNING]


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
def test_weights_that_look_older_than_their_run_are_its_own(queue, seconds):
    id = queue.submit(PLAN)
    weights_path(queue.run_folder(id)).write_text("w")
    then = time.time() + seconds
    os.utime(weights_path(queue.run_folder(id)), (then, then))
    os.kill(queue.job(id).process.pid, signal.SIGKILL)
    while queue.job(id).state == RUNNING:
        time.sleep(0.01)
    assert queue.job(id).state == FINISHED


def test_weights_of_an_earlier_start_do_not_count_for_a_later_one(queue):
    id = queue.submit(PLAN)
    queue.stop_now(id)
    weights_path(queue.run_folder(id)).write_text("of nobody knows whom")
    queue.resume(id)
    os.kill(queue.job(id).process.pid, signal.SIGKILL)
    while queue.job(id).state == RUNNING:
        time.sleep(0.01)
    assert queue.job(id).state == LOST


@pytest.mark.parametrize("seconds", STEPS)
def test_silence_is_measured_by_no_clock_that_is_set(queue, step, seconds):
    id = queue.submit(PLAN)
    folder = queue.run_folder(id)
    Mailbox(folder)()
    step(seconds)
    assert silent_seconds(folder, queue.job(id)) < 60
    heartbeat_path(folder).write_text(str(time.monotonic() - 500))
    assert 499 < silent_seconds(folder, queue.job(id)) < 560
    for nonsense in ("", "x"):
        heartbeat_path(folder).write_text(nonsense)
        assert silent_seconds(folder, queue.job(id)) >= 0


def test_the_queue_keeps_its_order_when_the_clock_goes_back(queue, step):
    ids = [queue.submit(PLAN)]
    for seconds in (-10.0, 10.0, -20.0):
        step(seconds)
        ids.append(queue.submit(PLAN))
    assert [job.id for job in queue.refresh()] == ids


def test_a_run_whose_lock_file_was_deleted_is_still_known_by_its_process(queue):
    id = queue.submit(PLAN)
    lock_path(queue.run_folder(id)).unlink()
    assert queue.job(id).state == RUNNING


def test_a_run_that_was_marked_lost_by_mistake_runs_again_on_the_list_and_is_not_doubled(queue):
    id, _ = queue.submit(PLAN), queue.submit(PLAN)
    with queue.store.transaction() as now:
        now.mark(id, LOST, "so said an earlier version")
    assert [job.state for job in queue.refresh()] == [RUNNING, QUEUED]


def test_a_run_of_which_the_list_knows_nothing_keeps_the_queue_waiting(queue, monkeypatch):
    id = queue.submit(PLAN)
    with queue.store.transaction() as now:
        now.remove(id)
    other = queue.submit(PLAN)
    assert queue.job(other).state == QUEUED
    with queue.store.transaction() as now:
        now.add(id, PLAN, 0.0, LOST)
    assert queue.job(id).state == RUNNING and queue.job(id).process is None
    with pytest.raises(JobError, match="not known here"):
        queue.stop_now(id)
    for process in psutil.process_iter(["cmdline"]):  # the test's own, by its run's id
        if any(id in word for word in process.info["cmdline"] or ()):
            process.kill()
    while queue.job(id).state == RUNNING:
        time.sleep(0.01)
    assert queue.job(other).state == RUNNING


def test_two_servers_that_look_at_once_start_one_process(queue):
    queues = [JobQueue(queue.folder, queue.program) for _ in range(2)]
    id = queue.submit(PLAN)
    assert {each.job(id).process for each in queues for _ in range(5)} == {queue.job(id).process}

"""Whatever has become of the list of runs and of their folders, the others go on."""

import json
import os
import shutil
import signal
import sqlite3
import sys
import time

import pytest

from mist_core.errors import JobError, MISTError
from mist_core.jobs import process, recovery
from mist_core.jobs.job import FAILED, FINISHED, LOST, QUEUED, RUNNING, STATES
from mist_core.jobs.plan import Plan, plan_path, weights_path
from mist_core.jobs.progress import read_progress
from mist_core.jobs.queue import JobQueue
from mist_core.jobs.store import ListError
from mist_core.training.run_lock import is_locked, take_lock

PLAN = Plan("paper", 1.0, 1)
TEXT = json.dumps(PLAN.to_dict())
NOTHING, WORDS = b"", b"\xff\xfe no file of any kind \0" * 200


@pytest.fixture
def queue(tmp_path):
    queue = JobQueue(
        tmp_path / "home" / "jobs", (sys.executable, "-c", "import time; time.sleep(300)")
    )
    yield queue
    for child in list(process._children.values()):
        child.kill()
        child.wait()
    process._children.clear()


@pytest.fixture
def database(queue):
    """The list beside the one that the queue knows: changes by hand."""

    def change(text, *values):
        with sqlite3.connect(queue.store.path) as connection:
            connection.execute(text, values)
        connection.close()

    return change


def ended(queue, id, *, weights=True):
    """The run has ended."""
    if weights:
        weights_path(queue.run_folder(id)).touch()
    os.kill(queue.job(id).process.pid, signal.SIGKILL)
    while queue.job(id).state == RUNNING:
        time.sleep(0.01)


def sentences(queue):
    return [flaw.sentence for flaw in recovery.flaws(queue)]


def mend(flaw):
    """Click the only button."""
    (remedy,) = flaw.remedies.values()
    remedy()


CHANGES = {
    "id": ["", "../../etc", "A" * 32, 7, b"\xff", "0" * 31],
    "plan": [
        "",
        "[]",
        "null",
        "{" * 100_000,
        b"\xff\xfe",
        7,
        *(
            json.dumps(PLAN.to_dict() | change)
            for change in (
                {"meta": "gone"},
                {"meta": 7},
                {"meta": None},
                {"meta": '{"kind": "table", "sides": "../../x", "rows": [10, 20]}'},
                {"new": 1},
                {"minutes": "ten"},
                {"minutes": 1e999},
                {"minutes": True},
                {"minutes": [1]},
                {"seed": "one"},
                {"seed": -1},
                {"seed": 2**70},
                {"architecture": "gone"},
                {"architecture": ["mist"]},
                {"start": 7},
                {"start": {}},
            )
        ),
    ],
    "state": ["", "dreaming", 7, b"x"],
    "submitted": ["yesterday", -1.0, 1e300, b"x"],
    "started": ["yesterday", -1.0, 1e300, b"x"],
    "pid": ["x", -1, 2**40, 1.5],
    "message": [b"x"],
    "kept": [b"x"],
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_row_with_any_field_damaged_is_named_set_aside_and_in_nobodys_way(queue, database, field):
    good = queue.submit(PLAN)
    for value in CHANGES[field]:
        row = {"id": "a" * 32, "plan": TEXT, "state": FINISHED, "submitted": 1.0, "message": ""}
        row |= {field: value}
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        database(f"INSERT INTO jobs ({names}) VALUES ({marks})", *row.values())
        assert [job.id for job in queue.refresh()] == [good], value
        (flaw,) = recovery.flaws(queue)
        assert f"cannot be used: {field}" in flaw.sentence
        mend(flaw)
        assert recovery.flaws(queue) == []
    assert len(list((queue.folder.parent / "aside").iterdir())) == len(CHANGES[field])
    assert queue.job(good).state == RUNNING


def test_a_row_set_aside_takes_its_folder_with_it_unless_it_is_at_work(queue, database):
    id = queue.submit(PLAN)
    database("UPDATE jobs SET plan = ?", '{"new": 1}')
    (flaw,) = recovery.flaws(queue)
    with pytest.raises(JobError, match="A process is at work"):
        mend(flaw)
    database("UPDATE jobs SET plan = ?", TEXT)
    queue.stop_now(id)
    database("UPDATE jobs SET plan = ?", '{"new": 1}')
    (flaw,) = recovery.flaws(queue)
    mend(flaw)
    assert not queue.run_folder(id).exists() and queue.refresh() == []
    assert recovery.size_aside(queue) > 0
    recovery.drop_aside(queue)
    assert recovery.size_aside(queue) == 0


def damaged_lists(queue):
    path = queue.store.path
    return {
        "garbage": lambda: path.write_bytes(WORDS),
        "truncated": lambda: path.write_bytes(path.read_bytes()[:5000]),
        "half a header": lambda: path.write_bytes(path.read_bytes()[:50]),
        "overwritten inside": lambda: path.write_bytes(
            path.read_bytes()[:100] + WORDS + path.read_bytes()[100 + len(WORDS) :]
        ),
        "a folder": lambda: (path.unlink(), path.mkdir(), (path / "x").touch()),
        "another table": lambda: (path.unlink(), _table(path, "CREATE TABLE jobs (colour TEXT)")),
    }


def _table(path, text):
    connection = sqlite3.connect(path)
    connection.execute(text)
    connection.execute("INSERT INTO jobs VALUES ('red')")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("damage", damaged_lists(JobQueue()))
def test_a_damaged_list_is_a_sentence_and_begins_anew_with_all_runs(queue, damage):
    finished, running = queue.submit(PLAN), queue.submit(PLAN)
    ended(queue, finished)
    damaged_lists(queue)[damage]()
    for ask in (queue.refresh, lambda: queue.job(running), lambda: queue.submit(PLAN)):
        with pytest.raises(ListError, match="The list of runs"):
            ask()
    while flaws := recovery.flaws(queue):
        mend(flaws[0])
    assert {job.id: job.state for job in queue.refresh()} == {finished: FINISHED, running: RUNNING}
    assert recovery.size_aside(queue) > 0


@pytest.mark.parametrize("content", [None, NOTHING])
def test_a_list_that_is_gone_or_empty_is_begun_anew_with_all_runs(queue, content):
    id = queue.submit(PLAN)
    ended(queue, id)
    queue.store.path.unlink()
    if content is not None:
        queue.store.path.write_bytes(content)
    assert queue.refresh() == []
    (flaw,) = recovery.flaws(queue)
    assert flaw.sentence == "Runs that are not on the list: 1."
    assert list(flaw.remedies) == ["List them again"]
    mend(flaw)
    assert [(job.id, job.state, job.plan) for job in queue.refresh()] == [(id, FINISHED, PLAN)]


def test_what_a_submission_that_was_killed_left_can_be_set_aside(queue):
    queue.submit(PLAN)
    (queue.folder / ("b" * 32)).mkdir()
    (flaw,) = recovery.flaws(queue)
    mend(flaw)
    assert recovery.flaws(queue) == [] and len(queue.refresh()) == 1


@pytest.mark.parametrize("state", STATES)
def test_a_run_whose_folder_is_gone_has_failed_whatever_it_was(queue, state):
    first, id = queue.submit(PLAN), queue.submit(PLAN)
    if state == RUNNING:
        first, id = id, first
    else:
        with queue.store.transaction() as now:
            now.mark(id, state)
    before = queue.job(first).process or queue.job(id).process
    shutil.rmtree(queue.run_folder(id))
    job = queue.job(id)
    assert job.state == FAILED and "Its folder is gone" in job.message
    with pytest.raises(JobError, match="Its folder is gone"):
        queue.resume(id)
    queue.discard(id)
    assert [job.state for job in queue.refresh()] == [RUNNING]
    assert state != RUNNING or queue.job(first).process != before


def test_a_run_that_cannot_be_started_fails_and_the_next_one_starts(queue):
    running, broken, last = (queue.submit(PLAN) for _ in range(3))
    (queue.run_folder(broken) / "log.txt").mkdir()
    queue.stop_now(running)
    assert "could not be started: Is a directory" in queue.job(broken).message
    assert [queue.job(id).state for id in (broken, last)] == [FAILED, RUNNING]


CUT_SHORT = b'{"steps": 1}\n{}\n[]\nnull\n{"steps": 2, "validation": {}}'
FILES = ("request", "heartbeat", "log.txt", "progress.jsonl", "plan.json", "before-after.json")


@pytest.mark.parametrize("content", [None, NOTHING, WORDS, CUT_SHORT, "folder"])
def test_a_run_with_any_file_damaged_is_looked_at_ended_and_discarded(queue, content):
    id = queue.submit(PLAN)
    folder = queue.run_folder(id)
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
        if content == "folder":
            (folder / name).mkdir()
        elif content is not None:
            (folder / name).write_bytes(content)
    assert queue.job(id).state == RUNNING
    assert read_progress(folder) == []
    for act in (queue.pause, queue.stop):
        try:
            act(id)
        except MISTError as error:
            assert "request" in str(error) or str(folder) in str(error)
    ended(queue, id, weights=False)
    assert queue.job(id).state in (LOST, FAILED, "paused")
    assert queue.size(id) >= 0 and queue.prunable() == []
    queue.discard(id)
    assert not folder.exists() and queue.refresh() == []


def test_on_a_full_disk_runs_are_shown_pruned_and_discarded_and_none_starts(queue, full_disk):
    finished, running, waiting = (queue.submit(PLAN) for _ in range(3))
    (queue.run_folder(finished) / "shard-000000.safetensors").write_bytes(bytes(10_000))
    with full_disk():
        ended(queue, finished)
        assert [job.state for job in queue.refresh()] == [FINISHED, QUEUED, QUEUED]
        assert [job.id for job in queue.prunable()] == [finished]
        queue.prune([finished])
        assert queue.prunable() == []
        with pytest.raises(MISTError):
            queue.submit(PLAN)
        with pytest.raises(MISTError):
            queue.resume(waiting)
        assert recovery.flaws(queue) == []
    assert [job.state for job in queue.refresh()] == [FINISHED, RUNNING, QUEUED]
    assert (
        len([f for f in queue.folder.iterdir() if f.is_dir()]) == 3
    )  # the refused one left nothing
    with full_disk():
        with pytest.raises(MISTError):
            queue.discard(running)
        assert not queue.run_folder(running).exists()  # the room comes first
    assert queue.job(running).state == FAILED


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_list_of_an_earlier_version_is_read_on_a_full_disk(queue, full_disk, mode):
    id = queue.submit(PLAN)
    connection = sqlite3.connect(queue.store.path)
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.close()
    with full_disk():
        assert [job.id for job in queue.refresh()] == [id]


def test_a_data_folder_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "home").write_text("")
    queue = JobQueue(tmp_path / "home" / "jobs")
    assert queue.refresh() == [] and recovery.flaws(queue) == []
    with pytest.raises(MISTError, match="cannot be written"):
        queue.submit(PLAN)


def test_a_plan_on_the_disk_is_the_plan_of_the_list(queue):
    id = queue.submit(PLAN)
    assert json.loads(plan_path(queue.run_folder(id)).read_bytes()) == PLAN.to_dict()
    assert is_locked(queue.run_folder(id)) and take_lock(queue.folder) is not None

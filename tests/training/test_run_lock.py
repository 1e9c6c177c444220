"""One process at a time works in a folder, and the kernel knows when it has ended."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mist_core.errors import JobError
from mist_core.training import run_lock
from mist_core.training.run_lock import HANDED_DOWN, alone_in, is_locked, lock_path, take_lock
from mist_core.training.trainer import Trainer
from tests.training.test_trainer import config, inside  # noqa: F401

ROOT = Path(__file__).parents[2]
HOLDER = textwrap.dedent("""
    import pathlib, sys, time
    from mist_core.training.run_lock import alone_in
    with alone_in(pathlib.Path(sys.argv[1])):
        print("alone", flush=True)
        time.sleep(600)
""")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(run_lock, "TRIES", 2)


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "alone\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path, holder):
    assert is_locked(tmp_path) and take_lock(tmp_path) is None
    with pytest.raises(JobError, match="Another process is at work"), alone_in(tmp_path):
        pass
    holder.kill()
    holder.wait()
    assert not is_locked(tmp_path)
    with alone_in(tmp_path):
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)


def test_those_who_look_do_not_see_each_other(tmp_path):
    with alone_in(tmp_path):
        pass
    looking = os.open(lock_path(tmp_path), os.O_RDONLY)
    run_lock.fcntl.flock(looking, run_lock.fcntl.LOCK_SH)
    assert not is_locked(tmp_path)
    os.close(looking)


def test_a_lock_handed_down_is_kept_and_no_other_is_taken_for_it(tmp_path, monkeypatch):
    lock = take_lock(tmp_path)
    monkeypatch.setenv(HANDED_DOWN, str(lock))
    with alone_in(tmp_path):
        assert is_locked(tmp_path)
    assert is_locked(tmp_path)  # who handed it down closes it
    (tmp_path / "other").mkdir()
    with alone_in(tmp_path / "other"):
        assert is_locked(tmp_path / "other")
    os.close(lock)
    for nonsense in ("", "x", "-1", str(lock), "9" * 30):
        monkeypatch.setenv(HANDED_DOWN, nonsense)
        with alone_in(tmp_path):
            assert is_locked(tmp_path)


def test_nobody_is_at_work_where_nobody_has_begun(tmp_path):
    assert not is_locked(tmp_path) and not is_locked(tmp_path / "nowhere")


@pytest.mark.usefixtures("inside")
def test_the_same_training_typed_twice_runs_once(tmp_path):
    second = Trainer(config(tmp_path), lambda point: None)
    second.config.folder.mkdir()
    with alone_in(second.config.folder), pytest.raises(JobError, match="Another process"):
        second.run()
    assert not second.config.out.exists()

"""Trainings of a minute run at once in processes of their own, and old ones are forgotten."""

import time

import pytest

from mist_core.errors import JobError
from mist_core.lessons import lane as lanes
from mist_core.lessons.lane import Lane


def wait(lane, id):
    deadline = time.monotonic() + 120
    while lane.is_running(id) and time.monotonic() < deadline:
        time.sleep(0.2)


def test_a_training_starts_at_once_writes_points_and_ends(tmp_path):
    lane = Lane(tmp_path)
    id = lane.start(0, seconds=1)
    assert lane.running() == [id]
    wait(lane, id)
    assert not lane.is_running(id)
    assert lane.points(id)[0].datasets == 0 and lane.points(id)[-1].seconds >= 1


def test_only_so_many_run_at_once(tmp_path, monkeypatch):
    lane = Lane(tmp_path)
    monkeypatch.setattr(Lane, "running", lambda self: ["a"] * lanes.AT_ONCE)
    with pytest.raises(JobError, match="try again soon"):
        lane.start(0)


@pytest.mark.parametrize("id", ["", "nonsense", "../../etc", "0" * 16])
def test_no_other_name_opens_a_file(tmp_path, id):
    assert Lane(tmp_path).points(id) == [] and not Lane(tmp_path).is_running(id)


def test_old_trainings_make_room(tmp_path, monkeypatch):
    monkeypatch.setattr(lanes, "KEPT", 2)
    for number in range(5):
        (tmp_path / f"{number:016x}").mkdir()
    Lane(tmp_path)._forget_old()
    assert len(list(tmp_path.iterdir())) == 2

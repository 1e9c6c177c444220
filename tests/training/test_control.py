"""A run can be asked to pause or to stop, and says that it is alive."""

import pytest

from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.errors import JobError
from mist_core.training.control import (
    PAUSE,
    STOP,
    Mailbox,
    heartbeat_path,
    last_beat,
    request_path,
)
from mist_core.training.trainer import Trainer
from tests.training.test_trainer import WritersInside, config, inside, trained  # noqa: F401


@pytest.mark.usefixtures("inside")
def test_a_run_asked_to_pause_keeps_its_state_and_writes_no_weights(tmp_path):
    first = Trainer(config(tmp_path, minutes=10.0), lambda point: None, lambda: PAUSE)
    first.run()
    assert not first.config.out.exists()
    second, points = trained(tmp_path, minutes=0.01)
    assert points[0]["steps"] > first.steps > 0
    assert second.config.out.exists()


@pytest.mark.usefixtures("inside")
def test_a_run_asked_to_stop_writes_the_weights_it_has(tmp_path):
    trainer = Trainer(config(tmp_path, minutes=10.0), lambda point: None, lambda: STOP)
    trainer.run()
    assert load_checkpoint(trainer.config.out).card["steps"] == trainer.steps == 1


@pytest.mark.usefixtures("inside")
def test_each_point_tells_what_the_weights_to_start_from_score(tmp_path):
    first, points = trained(tmp_path / "first")
    assert points[0]["start"] is None
    _, points = trained(tmp_path / "second", init=str(first.config.out), seed=1, minutes=0.01)
    assert points[0]["start"] == points[-1]["start"]
    frozen = Trainer(config(tmp_path / "third", init=str(first.config.out), seed=1), lambda _: None)
    frozen.config.folder.mkdir(parents=True)
    frozen._start(WritersInside(frozen.recipe, None, 1))
    assert frozen.scores(frozen.average) == points[0]["start"]


def test_a_mailbox_passes_on_what_it_knows_and_beats(tmp_path):
    assert Mailbox(tmp_path)() is None
    assert heartbeat_path(tmp_path).exists()
    request_path(tmp_path).write_text(PAUSE)
    assert Mailbox(tmp_path)() == PAUSE
    request_path(tmp_path).write_text("rm -rf /")
    assert Mailbox(tmp_path)() is None


def test_a_full_disk_or_something_in_the_way_ends_no_run(tmp_path, full_disk):
    with full_disk():
        assert Mailbox(tmp_path)() is None
    request_path(tmp_path).mkdir()
    heartbeat_path(tmp_path).unlink(missing_ok=True)
    heartbeat_path(tmp_path).mkdir()
    assert Mailbox(tmp_path)() is None and last_beat(tmp_path) is None
    request_path(tmp_path).rmdir()
    request_path(tmp_path).write_bytes(b"\xff\xfe")
    assert Mailbox(tmp_path)() is None


@pytest.mark.usefixtures("inside")
def test_a_state_that_is_damaged_is_set_aside_and_the_run_begins_again(tmp_path):
    first = Trainer(config(tmp_path, minutes=10.0), lambda point: None, lambda: PAUSE)
    first.run()
    state = tmp_path / "run" / "state.safetensors"
    whole = state.read_bytes()
    for content in (b"", whole[: len(whole) // 2], b"\xff" * 99, with_card(state, {"run": {}})):
        state.write_bytes(content)
        with pytest.raises(JobError, match="damaged and is set aside: resume it"):
            Trainer(config(tmp_path), lambda point: None).run()
        assert state.with_suffix(".damaged").read_bytes() == content and not state.exists()
    _, points = trained(tmp_path)
    assert points[0]["steps"] == 1


def with_card(path, change):
    """The file's content with another card."""
    found = load_checkpoint(path)
    save_checkpoint(path.with_suffix(".changed"), found.tensors, found.card | change)
    return path.with_suffix(".changed").read_bytes()

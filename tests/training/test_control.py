"""A run can be asked to pause or to stop, and says that it is alive."""

import pytest

from mist_core.checkpoint import load_checkpoint
from mist_core.training.control import PAUSE, STOP, Mailbox, heartbeat_path, request_path
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

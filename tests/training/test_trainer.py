"""A run is decided by its seed, survives a kill at any moment, and leaves usable weights behind.

Shards are drawn in this process except where a test is about processes.
"""

import pytest
import torch

from mist_core import MISTEstimator, ParameterError
from mist_core.checkpoint import load_checkpoint
from mist_core.networks.registry import load_network
from mist_core.priors.paper import Paper
from mist_core.statistics.summary import GAUSSIAN_BLOCKS
from mist_core.training import shards
from mist_core.training import trainer as train
from mist_core.training.config import TrainConfig
from mist_core.training.labels import KINDS
from mist_core.training.trainer import Trainer

TINY = {
    "architecture": "mist",
    "blocks": GAUSSIAN_BLOCKS,
    "hidden_dim": 16,
    "num_layers": 1,
    "encoder_dim": 4,
    "encoder_rows": 16,
}
MEMORY: dict[tuple, dict] = {}


class WritersInside:
    """Stands in for `Writers`: shards come from this process, each drawn once a session."""

    def __init__(self, recipe, folder, workers, number=0, count=1, validation=0):
        self.recipe = recipe

    def read(self, index):
        key = self._key(index)
        if key not in MEMORY:
            MEMORY[key] = self.recipe.shard(index)
        return MEMORY[key]

    def read_strange(self, index):
        return self.recipe.strange(index)[0]

    def validation(self):
        key = self._key("validation")
        if key not in MEMORY:
            MEMORY[key] = self.recipe.marked(*self.recipe.validation_part(0))
        return MEMORY[key]

    def _key(self, what):
        recipe = self.recipe
        return repr((recipe.network.config, recipe.meta)), recipe.seed, recipe.size, what

    def stop(self):
        pass


@pytest.fixture
def inside(monkeypatch):
    """Runs of a second: small datasets, few of them, and no worker processes."""
    monkeypatch.setattr(train, "Writers", WritersInside)
    small = Paper(rows=(10, 40), dims=(2, 4))
    monkeypatch.setattr(train, "meta_distribution", lambda name: small)
    monkeypatch.setattr(shards, "VALIDATION_PART", 128)
    monkeypatch.setattr(train, "FAMILY_DATASETS", 256)


def config(folder, **changes):
    settings = dict(
        meta="paper",
        out=folder / "weights.safetensors",
        folder=folder / "run",
        network=TINY,
        minutes=0.02,
        batch_size=64,
        shard_size=128,
        warm_up=10,
        reuse=4.0,
        encoder_from=0.5,
        max_datasets=256,
        workers=1,
    )
    return TrainConfig(**settings | changes)


def trained(folder, **changes):
    folder.mkdir(exist_ok=True)
    points = []
    trainer = Trainer(config(folder, **changes), points.append)
    trainer.run()
    return trainer, points


def test_the_same_seed_gives_the_same_first_losses_whatever_was_drawn_before(inside, tmp_path):
    first, _ = trained(tmp_path / "first", encoder_from=2.0, decay=1e-9)
    with torch.random.fork_rng():
        torch.manual_seed(12345)
        second, _ = trained(tmp_path / "second", encoder_from=2.0, decay=1e-9)
    common = min(len(first.losses), len(second.losses))
    assert common >= 10
    assert first.losses[:common] == second.losses[:common]


def test_a_budget_of_steps_ends_the_run_there_and_gives_the_same_losses_at_any_speed(
    inside, tmp_path
):
    first, points = trained(tmp_path / "first", most_steps=30)
    second, _ = trained(tmp_path / "second", most_steps=30, minutes=1e-6)
    assert first.steps == second.steps == 30
    assert first.losses == second.losses  # the encoder joined, and the rate fell, at the same steps
    assert first.joined and second.joined
    assert points[0]["minutes_left"] > 0 and points[-1]["minutes_left"] == 0


def test_another_seed_gives_other_losses(inside, tmp_path):
    first, second = (trained(tmp_path / str(s), seed=s, minutes=0.005)[0] for s in (0, 1))
    assert first.losses[:2] != second.losses[:2]


def test_training_lowers_the_validation_loss(inside, tmp_path):
    # Decayed weights do not learn 256 datasets by heart, however many steps the machine takes.
    _, points = trained(tmp_path, learning_rate=5e-3, weight_decay=1.0)
    assert points[-1]["validation"]["loss"] < 0.8 * points[0]["validation"]["loss"]


def test_weights_come_with_their_card_and_answer_through_the_estimator(inside, tmp_path):
    trainer, points = trained(tmp_path)
    checkpoint = load_checkpoint(trainer.config.out)
    card = checkpoint.card
    assert card["meta"] == "paper" and card["seed"] == 0
    assert card["steps"] == trainer.steps and card["datasets"] == 256
    assert card["curve"][-1]["validation"] == points[-1]["validation"]
    assert card["scores"] == trainer.scores(trainer.best)
    assert card["config"]["blocks"] == list(GAUSSIAN_BLOCKS)
    estimator = MISTEstimator.load(trainer.config.out, device="cpu")
    x = torch.randn(100, 2, generator=torch.Generator().manual_seed(0))
    posterior = estimator.posterior(x, x + 0.1)
    assert 0 <= posterior.quantile(0.05) <= posterior.quantile(0.95)
    assert 0 <= posterior.in_family <= 1


def test_the_weights_written_are_the_averaged_ones_of_the_lowest_interval_score(inside, tmp_path):
    trainer, points = trained(tmp_path)
    trainer.average = load_network(trainer.config.out, "cpu")[0]
    assert trainer.average.spread.any()
    trainer.average.forget_fresh()  # it was fitted after the weights were chosen
    best = min(point["validation"]["wis"] for point in points)
    # A file holds parameters in half precision.
    assert trainer.scores(trainer.average)["wis"] == pytest.approx(best, rel=1e-3)
    assert not torch.equal(trainer.average.embed.weight, trainer.network.embed.weight)


def test_witnesses_and_recogniser_learn_too_and_are_judged_without_dropout(inside, tmp_path):
    beside = {"witnesses": 2, "kinds": KINDS, "dropout": 0.5}
    trainer, _ = trained(tmp_path, network=TINY | beside, most_steps=60)
    assert trainer.material.strange.count > 0
    network, _ = load_network(trainer.config.out, "cpu")
    first = Trainer(config(tmp_path / "x", network=trainer.config.network), lambda point: None)
    for name in ("witnesses.0.embed", "witnesses.1.embed", "recogniser.readers.0.embed"):
        learned, before = (n.get_submodule(name).weight for n in (network, first.network))
        assert not torch.equal(learned, before)
    ranks = network.recogniser.combined.grouped.clone()
    network.fit_fresh(trainer.validation, trainer.validation[shards.TRUTH])
    # Dropout would move all of them by much more than the half precision of a file does, which
    # moves a few where scores lie far apart.
    same = torch.isclose(network.recogniser.combined.grouped, ranks, rtol=0.02, atol=0.02)
    assert same.double().mean() > 0.99


@pytest.mark.parametrize("setting", ["validation", "minutes", "most_steps"])
def test_nothing_to_choose_weights_by_and_no_budget_are_refused(setting, tmp_path):
    with pytest.raises(ParameterError, match=setting):
        config(tmp_path, **{setting: 0})


def test_the_average_stays_between_the_weights_it_has_seen(inside, tmp_path):
    trainer = Trainer(config(tmp_path), lambda point: None)
    start = trainer.average.embed.weight.detach().clone()
    with torch.no_grad():
        trainer.network.embed.weight.add_(1.0)
    trainer._update_average()
    moved = trainer.average.embed.weight - start
    torch.testing.assert_close(moved, torch.full_like(moved, 0.9))  # decay (1 + 0) / (10 + 0)


def test_the_learning_rate_warms_up_stays_and_falls(tmp_path):
    trainer = Trainer(config(tmp_path, minutes=1.0, decay=0.5, warm_up=10), lambda point: None)
    rates = []
    for steps, seconds in ((0, 0.0), (4, 0.0), (9, 1.0), (50, 29.0), (90, 45.0), (99, 60.0)):
        trainer.steps, trainer.seconds = steps, seconds
        rates.append(trainer._learning_rate() / trainer.config.learning_rate)
    assert rates == pytest.approx([0.1, 0.5, 1.0, 1.0, 0.5, 0.02])


def test_a_finished_run_given_more_minutes_goes_on(inside, tmp_path):
    first, _ = trained(tmp_path, minutes=0.01)
    second, points = trained(tmp_path, minutes=0.03)
    assert second.steps > first.steps
    assert points[0]["steps"] > first.steps
    assert second.curve[0] == first.curve[0]
    assert load_checkpoint(second.config.out).card["steps"] == second.steps


def test_a_run_given_fewer_minutes_than_it_took_writes_its_weights_and_ends(inside, tmp_path):
    first, _ = trained(tmp_path, minutes=0.02)
    weights = load_checkpoint(first.config.out).tensors
    first.config.out.unlink()
    second, _ = trained(tmp_path, minutes=0.005)
    assert (second.steps, second.losses) == (first.steps, [])
    again = load_checkpoint(second.config.out).tensors
    assert weights.keys() == again.keys()
    assert all(torch.equal(weights[name], again[name]) for name in weights)


def test_a_resumed_run_takes_the_step_the_killed_one_would_have_taken(inside, tmp_path):
    """Encoder asleep and no decay, so that the clock decides nothing."""
    settings = {"encoder_from": 2.0, "decay": 1e-9, "reuse": 1.0}
    first, _ = trained(tmp_path, minutes=0.02, **settings)
    resumed, _ = trained(tmp_path, minutes=0.04, **settings)
    uncut, _ = trained(tmp_path / "uncut", minutes=0.05, **settings)
    common = min(resumed.steps, uncut.steps) - first.steps
    assert common > 5
    assert resumed.losses[:common] == uncut.losses[first.steps : first.steps + common]


def test_a_run_from_shipped_weights_adds_its_steps_to_theirs(inside, tmp_path):
    first, _ = trained(tmp_path / "first")
    second, _ = trained(tmp_path / "second", init=str(first.config.out), seed=1, minutes=0.01)
    card = load_checkpoint(second.config.out).card
    assert card["steps"] == first.steps + second.steps
    start = load_network(first.config.out)[0]
    assert torch.equal(second.network.feature_mean, start.feature_mean)


def test_weights_are_not_trained_twice_on_the_same_draws(inside, tmp_path):
    first, _ = trained(tmp_path / "first", minutes=0.01)
    with pytest.raises(ParameterError, match="have seen the paper draws of seed 0"):
        trained(tmp_path / "second", init=str(first.config.out))


def test_the_encoder_stays_when_a_run_is_given_more_minutes(inside, tmp_path):
    first, _ = trained(tmp_path, minutes=0.01, encoder_from=0.0)
    second = Trainer(config(tmp_path, minutes=10.0, encoder_from=0.9), lambda point: None)
    second._start(WritersInside(second.recipe, None, 1))
    assert second.steps == first.steps
    assert second._steps_a_round() == round(second.config.encoder_reuse * 128 / 64)


def test_no_more_than_so_many_datasets_are_drawn(inside, tmp_path):
    trainer, _ = trained(tmp_path, max_datasets=128)
    assert trainer.material.known.count == 128
    assert trainer.rounds > 1


def test_the_encoder_joins_when_its_share_of_the_budget_has_come(inside, tmp_path):
    asleep, _ = trained(tmp_path / "asleep", encoder_from=2.0, minutes=0.01)
    awake, _ = trained(tmp_path / "awake", encoder_from=0.0, minutes=0.01)
    assert asleep.network.fuse.weight.abs().max() == 0
    assert awake.network.fuse.weight.abs().max() > 0


def test_the_seed_of_the_test_data_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="20261121 is the seed of the test data"):
        config(tmp_path, seed=20261121)

"""The network answers about the joint law, not about how its sample is written down.

Weights are random, with the muted parts made loud: what holds for them holds for any training.
"""

import dataclasses

import numpy as np
import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import WeightsError
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.quantiles import LEVELS, MEDIAN, OFFSET, Prediction
from mist_core.networks.registry import build_network, config_dict
from mist_core.networks.scoring import training_loss
from mist_core.priors.paper import Paper
from mist_core.statistics.summary import BLOCKS, GAUSSIAN_BLOCKS

NATS = 1e-4
TINY = MISTConfig(hidden_dim=32, num_layers=2, encoder_dim=8, encoder_rows=128)
SHAPES = [(20, 1, 1), (300, 1, 1), (60, 3, 5), (1200, 2, 1)]


def dependent(n, dim_x, dim_y, seed=0, count=6):
    """float64 datasets of one shape, skewed as real columns are."""
    rng = np.random.default_rng(seed)
    x = rng.gamma(1.0, size=(count, n, dim_x)) @ rng.standard_normal((dim_x, dim_x))
    y = rng.gamma(2.0, size=(count, n, dim_y))
    k = min(dim_x, dim_y)
    y[..., :k] += x[..., :k] * np.arange(1, k + 1)
    return torch.from_numpy(x), torch.from_numpy(y)


def loud(config, seed=0):
    """A network with random weights everywhere, inputs scaled on published draws."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MIST(config).eval()
        for layer in (network.fuse, network.head.out, network.head.choice):
            torch.nn.init.normal_(layer.weight, std=0.1 / layer.weight.shape[1] ** 0.5)
    draws = [network.prepare(*dependent(n, p, q, seed=n)) for n, p, q in SHAPES]
    network.fit_inputs(network.collate(draws))
    return network


@pytest.fixture(scope="module")
def network():
    return loud(TINY)


def answers(network, *pairs):
    """(B, 1 + L) mean and quantiles, nats."""
    with torch.no_grad():
        prediction = network(network.collate([network.prepare(*pair) for pair in pairs]))
    return torch.cat([prediction.mean.unsqueeze(-1), prediction.quantiles], -1)


def width(answer):
    """(B,) width of the 90 % interval, nats."""
    return answer[:, 1 + len(LEVELS) - 4] - answer[:, 1 + 3]


def same(first, second, tolerance=NATS):
    torch.testing.assert_close(first, second, atol=tolerance, rtol=0)


def test_different_laws_get_different_answers(network):
    x, y = dependent(60, 3, 5)
    assert (answers(network, (x, y)) - answers(network, (x, y.flip(1)))).abs().max() > 100 * NATS
    assert (answers(network, (x, y)).std(0) > 10 * NATS).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_row_order_changes_no_bit(network, shape, generator):
    x, y = dependent(*shape)
    rows = torch.randperm(shape[0], generator=generator)
    assert torch.equal(answers(network, (x[:, rows], y[:, rows])), answers(network, (x, y)))


@pytest.mark.parametrize("values", [2, 3, 10])
def test_row_order_of_classes_changes_no_bit(network, values, generator):
    rng = np.random.default_rng(values)
    x = torch.from_numpy(rng.integers(0, values, (6, 300, 1))).double()
    y = (x + torch.from_numpy(rng.integers(0, 2, (6, 300, 1)))) % values
    rows = torch.randperm(300, generator=generator)
    assert torch.equal(answers(network, (x[:, rows], y[:, rows])), answers(network, (x, y)))


@pytest.mark.parametrize("shape", [(60, 3, 5), (1200, 2, 1), (100, 12, 12)])
def test_column_order_within_a_side_changes_no_bit(network, shape, generator):
    x, y = dependent(*shape)
    order_x, order_y = (torch.randperm(d, generator=generator) for d in shape[1:])
    assert torch.equal(
        answers(network, (x[..., order_x], y[..., order_y])), answers(network, (x, y))
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_exchanging_x_with_y_changes_no_bit(network, shape):
    x, y = dependent(*shape)
    assert torch.equal(answers(network, (y, x)), answers(network, (x, y)))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_increasing_affine_map_of_any_column_changes_nothing(network, shape):
    """A power of two rounds nothing and changes no bit; another one changes what it rounds."""
    x, y = dependent(*shape)
    scales = 2.0 ** torch.arange(-1, shape[1] - 1, dtype=torch.float64)
    assert torch.equal(answers(network, (x * scales, y / 8)), answers(network, (x, y)))
    same(answers(network, (3 * x * scales - 7, 0.1 * y + 5)), answers(network, (x, y)))


@pytest.mark.parametrize("increasing", [torch.asinh, lambda x: x.sign() * x.abs().sqrt()])
def test_an_increasing_map_moves_the_answer_by_a_share_of_the_interval(network, increasing):
    x, y = dependent(300, 3, 2)
    before, after = answers(network, (x, y)), answers(network, (increasing(x), y))
    assert ((after - before).abs().amax(-1) < 0.25 * width(before)).all()


def test_without_the_raw_frame_an_increasing_map_changes_no_bit():
    scores = tuple(name for name in BLOCKS if "raw" not in name)
    network = loud(dataclasses.replace(TINY, blocks=scores))
    x, y = dependent(300, 3, 2)
    assert torch.equal(answers(network, (x.exp(), y**3)), answers(network, (x, y)))


def test_turning_a_column_around_changes_no_bit(network):
    x, y = dependent(60, 3, 5)
    flipped = x * torch.tensor([1.0, -1, -1]), -y
    assert torch.equal(answers(network, flipped), answers(network, (x, y)))


def test_a_decreasing_map_moves_the_answer_by_a_share_of_the_interval(network):
    x, y = dependent(300, 3, 2)
    before, after = answers(network, (x, y)), answers(network, (-torch.asinh(x), y))
    assert ((after - before).abs().amax(-1) < 0.25 * width(before)).all()


@pytest.mark.parametrize("kind", ["indicators", "repeated columns", "integers"])
def test_discrete_and_degenerate_columns_keep_every_invariance(network, kind, generator):
    rng = np.random.default_rng(2)
    classes = rng.integers(0, 4, (6, 200))
    numbers = rng.integers(0, 4, (6, 200, 3)).astype(float)
    x = {
        "indicators": np.eye(4)[classes],
        "repeated columns": np.concatenate([rng.standard_normal((6, 200, 1))] * 2, -1),
        "integers": numbers,
    }[kind]
    x, y = torch.from_numpy(x), torch.from_numpy(x[..., :2] + rng.integers(0, 2, (6, 200, 2)))
    rows = torch.randperm(200, generator=generator)
    before = answers(network, (x, y))
    for written in ((x[:, rows], y[:, rows]), (x.flip(-1), y), (y, x), (-x, y)):
        assert torch.equal(answers(network, written), before)


def test_padding_and_batch_mates_change_nothing(network):
    pairs = [dependent(*shape) for shape in SHAPES]
    alone = torch.cat([answers(network, pair) for pair in pairs])
    same(answers(network, *pairs), alone, tolerance=1e-5)


def test_a_dataset_in_a_batch_of_one_shape_is_prepared_as_alone(network):
    x, y = dependent(60, 3, 5)
    alone = torch.cat([answers(network, (x[[i]], y[[i]])) for i in range(len(x))])
    same(answers(network, (x, y)), alone, tolerance=1e-5)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("loudness", [0.1, 10.0])
def test_quantiles_never_cross_and_are_never_negative(seed, loudness):
    network = loud(TINY, seed)
    torch.nn.init.normal_(network.head.out.weight, std=loudness)
    found = answers(network, dependent(30, 2, 2, count=20))
    assert (found[:, 1:].diff(dim=-1) >= 0).all()
    assert found.min() >= 0
    assert torch.isfinite(found).all()


def test_the_median_stands_in_the_middle_of_the_levels():
    assert LEVELS[MEDIAN] == 0.5
    torch.testing.assert_close(LEVELS, 1 - LEVELS.flip(0))
    assert LEVELS[3] == pytest.approx(0.05) and LEVELS[-4] == pytest.approx(0.95)


def test_quantiles_are_those_of_the_logarithm_with_its_offset():
    logs = torch.tensor([[-9.0, 0.0, 1.0]])
    quantiles = Prediction(torch.ones(1), logs).quantiles
    torch.testing.assert_close(quantiles, torch.tensor([[0.0, 1 - OFFSET, np.e - OFFSET]]))


def test_a_head_that_says_nothing_of_the_mean_returns_that_of_its_quantiles():
    network = loud(TINY)
    with torch.no_grad():
        network.head.out.weight[1].zero_()
        network.head.out.bias[1] = 0.0
    found = answers(network, dependent(30, 2, 2))
    by_trapezoids = torch.trapezoid(found[:, 1:], LEVELS) + 0.005 * (found[:, 1] + found[:, -1])
    torch.testing.assert_close(found[:, 0], by_trapezoids)


def test_every_parameter_gets_a_gradient():
    network = loud(TINY).train()
    inputs = network.collate([network.prepare(*dependent(n, 3, 4, n, count=40)) for n in (30, 200)])
    training_loss(network(inputs), torch.linspace(0, 3, 80)).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_a_muted_encoder_neither_speaks_nor_learns():
    network = loud(TINY)
    pair = dependent(60, 3, 5)
    with_encoder = answers(network, pair)
    assert network.use_encoder(True)
    assert not network.use_encoder(False)
    assert (answers(network, pair) - with_encoder).abs().max() > 10 * NATS
    assert not MIST(dataclasses.replace(TINY, encoder_dim=0)).use_encoder(True)


@pytest.mark.slow
def test_one_batch_can_be_overfitted():
    """64 published draws are learned by heart: the medians end at their truths."""
    batch = Paper(rows=(60, 60), dims=(3, 3)).draw(64, source(stream(1, "train", 0)))
    truth = batch.mutual_information.float()
    config = dataclasses.replace(TINY, hidden_dim=128, dropout=0.0)
    network = loud(config).train()
    inputs = network.prepare(batch.x, batch.y)
    network.fit_inputs(inputs)
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.0)
    losses = []
    for step in range(300):
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * (1 - step / 300)
        loss = training_loss(network(inputs), truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    errors = (network(inputs).quantiles[:, MEDIAN] - truth).abs()
    assert losses[-1] < 0.1 * losses[0]
    assert errors.median() < 0.02


def test_the_published_network_and_ours_are_built_from_their_configs():
    for config in (TINY, dataclasses.replace(TINY, encoder_dim=0, blocks=("sizes", "grids"))):
        as_json = {
            k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(config).items()
        }
        rebuilt = build_network(as_json)
        assert rebuilt.config == config
        assert config_dict(rebuilt) == dataclasses.asdict(config)
    assert build_network({"architecture": "classic"}).config.architecture == "classic"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "Unknown architecture None: expected one of mist, classic"),
        ({"architecture": "mist", "depth": 3}, "Unknown field 'depth'"),
        ({"architecture": "mist", "blocks": ["sizes", "colour"]}, "Unknown statistics 'colour'"),
    ],
)
def test_a_config_of_another_version_is_refused(config, message):
    with pytest.raises(WeightsError, match=message):
        build_network(config)


def test_statistics_that_never_vary_in_training_are_ignored(generator):
    network = loud(dataclasses.replace(TINY, blocks=("sizes",), encoder_dim=8))
    inputs = network.collate([network.prepare(*dependent(60, 3, 5))])
    network.fit_inputs(inputs)
    moved = inputs | {"features": inputs["features"] + 1.0}
    with torch.no_grad():
        assert torch.equal(network(moved).mean, network(inputs).mean)


def test_inputs_are_centred_scaled_and_softly_bounded():
    network = loud(TINY)
    features = network.prepare(*dependent(60, 3, 5, count=50))["features"]
    network.fit_inputs({"features": features})
    z = network._standardise(features)
    varying = network.feature_scale > 0
    assert z.abs().max() < 8
    assert z.mean(0).abs().max() < 0.2
    assert z.std(0)[varying].median().item() == pytest.approx(1, abs=0.05)
    assert network._standardise(features + 1e6).abs().max() <= 8


def test_data_unlike_the_training_laws_are_less_familiar():
    network = loud(dataclasses.replace(TINY, blocks=GAUSSIAN_BLOCKS))
    draws = [Paper(dims=(3, 3)).draw(64, source(stream(1, "train", i))) for i in range(24)]
    inputs = network.collate([network.prepare(draw.x, draw.y) for draw in draws])
    network.fit_inputs(inputs)
    network.fit_family(inputs)
    strange = network.prepare(torch.ones(4, 50, 3), dependent(50, 1, 3, count=4)[1])
    fresh = Paper(dims=(3, 3)).draw(256, source(stream(1, "validation", 0)))
    assert network(network.prepare(fresh.x, fresh.y)).in_family.mean() > 0.3
    assert network(strange).in_family.max() < 0.05

"""The published architecture: symmetries, masks, bounds, and that it learns."""

import pytest
import torch

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import InputError
from mist_core.networks.classic import MAX_ROWS, ClassicConfig, ClassicMIST, RowAttention
from mist_core.networks.registry import build_network, config_dict
from mist_core.networks.scoring import training_loss
from mist_core.priors.paper import PAPER_TRAIN, Paper


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return ClassicMIST().eval()


def gaussian_pairs(count, n, dim_x, dim_y, *, seed=0):
    z = torch.randn(count, n, dim_x + dim_y, generator=torch.Generator().manual_seed(seed))
    z = z + 0.7 * torch.randn(count, n, 1, generator=torch.Generator().manual_seed(seed + 1))
    return z.split([dim_x, dim_y], -1)


def predict(network, x, y):
    with torch.no_grad():
        return network(network.collate([network.prepare(x, y)]))


def test_row_order_changes_nothing(network):
    x, y = gaussian_pairs(2, 40, 3, 5)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(7))
    torch.testing.assert_close(
        predict(network, x[:, order], y[:, order]).log_quantiles,
        predict(network, x, y).log_quantiles,
        atol=1e-4,
        rtol=0,
    )


def test_breaking_the_pairs_changes_the_answer(network):
    x, y = gaussian_pairs(2, 40, 3, 5)
    moved = predict(network, x, y.roll(1, dims=1)).log_quantiles
    assert (moved - predict(network, x, y).log_quantiles).abs().max() > 1e-3


def test_units_change_nothing(network):
    x, y = gaussian_pairs(2, 40, 3, 5)
    torch.testing.assert_close(
        predict(network, 1000 * x - 7, 0.01 * y + 3).log_quantiles,
        predict(network, x, y).log_quantiles,
        atol=1e-4,
        rtol=0,
    )


def test_padding_and_batch_mates_change_nothing(network):
    shapes = [(10, 2, 3), (57, 8, 4), (31, 1, 9)]
    pairs = [gaussian_pairs(2, *shape, seed=k) for k, shape in enumerate(shapes)]
    with torch.no_grad():
        together = network(network.collate([network.prepare(*pair) for pair in pairs]))
    alone = [predict(network, *pair) for pair in pairs]
    for field in ("mean", "log_quantiles"):
        expected = torch.cat([getattr(prediction, field) for prediction in alone])
        torch.testing.assert_close(getattr(together, field), expected, atol=1e-5, rtol=1e-5)


def test_many_lengths_in_one_batch_keep_their_places(network):
    pairs = [gaussian_pairs(1, 4 + 3 * (7 * k % 40), 2, 2, seed=k) for k in range(40)]
    with torch.no_grad():
        together = network(network.collate([network.prepare(*pair) for pair in pairs])).mean
    alone = torch.cat([predict(network, *pair).mean for pair in pairs])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_collated_batches_of_published_sizes_have_one_shape(network):
    short, long = (
        network.collate([network.prepare(*gaussian_pairs(1, n, dim, dim))])
        for n, dim in ((10, 2), (500, 32))
    )
    assert {k: v.shape for k, v in short.items()} == {k: v.shape for k, v in long.items()}


def test_row_attention_is_attention_over_the_tokens_of_a_row():
    torch.manual_seed(0)
    config = ClassicConfig(num_heads=2, num_seeds=3, embed_dim=8, token_dim=4)
    attention, (x, y) = RowAttention(config), gaussian_pairs(2, 5, 3, 2)
    padding = torch.tensor([[0, 0, 0, 0, 0], [0, 0, 1, 0, 0]], dtype=torch.bool)
    place, scale = (
        torch.cat([part[0, :3], part[1, :2]]) for part in (attention.place, attention.scale)
    )
    tokens = torch.cat([x, y], -1).unsqueeze(-1) * scale  # (2, 5, C, token_dim)
    asked_of_value = (tokens.unsqueeze(2) @ attention.content.mT).mT  # (2, 5, H, 1, C)
    logits = attention.seeds @ place.T + asked_of_value  # (2, 5, H, S, C)
    logits = logits.masked_fill(padding[:, None, None, None], -torch.inf)
    values = tokens.unsqueeze(2) @ attention.scale_value + place @ attention.place_value
    expected = (logits.softmax(-1) @ values).flatten(2)
    torch.testing.assert_close(attention(x, y, padding), expected)


def test_quantiles_are_ascending_and_finite_for_random_weights():
    x, y = gaussian_pairs(4, 20, 2, 2)
    for seed in range(5):
        torch.manual_seed(seed)
        network = ClassicMIST(ClassicConfig(embed_dim=32, hidden_dim=32))
        for parameter in network.parameters():
            parameter.data.mul_(3)
        prediction = predict(network, x, y)
        assert (prediction.log_quantiles.diff(dim=-1) >= 0).all()
        assert (prediction.quantiles >= 0).all() and (prediction.mean >= 0).all()
        assert prediction.quantiles.isfinite().all() and prediction.mean.isfinite().all()


def test_every_parameter_receives_a_gradient(network):
    dim = network.config.max_dim
    network.zero_grad()
    inputs = network.prepare(*gaussian_pairs(4, 20, dim, dim))
    training_loss(network(inputs), torch.tensor([0.0, 0.5, 1.0, 5.0])).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize(
    ("n", "dim_x", "dim_y"), [(4, 1, 1), (5, 32, 1), (MAX_ROWS + 50, 2, 3)], ids=str
)
def test_any_shape_up_to_its_limits_gives_a_finite_answer(network, n, dim_x, dim_y):
    prediction = predict(network, *gaussian_pairs(1, n, dim_x, dim_y))
    assert prediction.quantiles.isfinite().all()


def test_large_samples_are_thinned_whatever_the_order_of_their_rows(network):
    x, y = gaussian_pairs(1, MAX_ROWS + 50, 2, 2)
    order = torch.randperm(x.shape[1], generator=torch.Generator().manual_seed(7))
    moved, kept = (network.prepare(*pair) for pair in ((x[:, order], y[:, order]), (x, y)))
    assert kept["x"].shape == (1, MAX_ROWS, 2)
    torch.testing.assert_close(moved["x"], kept["x"])
    torch.testing.assert_close(moved["y"], kept["y"])


def test_constant_and_wildly_scaled_columns_give_a_finite_answer(network):
    x, y = gaussian_pairs(1, 30, 3, 3)
    x[..., 0], y[..., 1] = 5.0, y[..., 1] * 1e30
    assert predict(network, x, y).quantiles.isfinite().all()


def test_too_many_columns_are_refused_with_advice(network):
    x, y = gaussian_pairs(1, 10, 2, 33)
    with pytest.raises(InputError, match="at most 32 columns a side, got 33"):
        network.prepare(x, y)


def test_familiar_data_are_told_from_strange_data(network):
    familiar = network.prepare(*gaussian_pairs(600, 30, 3, 3))
    x, y = gaussian_pairs(20, 30, 3, 3, seed=5)
    with torch.no_grad():
        network.fit_family(familiar)
        scores = network(network.prepare(x, y)).in_family
        strange = network(network.prepare(x.sign(), y.square())).in_family
    assert scores.mean() > 0.25 and strange.mean() < 0.1


def test_the_config_describes_the_network(network):
    twin = build_network(config_dict(network))
    twin.load_state_dict(network.state_dict())
    x, y = gaussian_pairs(1, 12, 2, 2)
    assert torch.equal(predict(twin, x, y).mean, predict(network, x, y).mean)


def test_one_batch_can_be_overfitted():
    torch.manual_seed(0)
    network = ClassicMIST(ClassicConfig(num_layers=1))
    batch = Paper(PAPER_TRAIN[:8], rows=(32, 32), dims=(3, 3)).draw(
        8, source(stream(0, "train", 0))
    )
    inputs, truth = network.prepare(batch.x, batch.y), batch.mutual_information.float()
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    for step in range(100):
        optimizer.param_groups[0]["lr"] = 2e-3 * (1 - step / 100)  # settle instead of jumping
        optimizer.zero_grad()
        training_loss(network(inputs), truth).backward()
        optimizer.step()
    with torch.no_grad():
        error = network(inputs).mean - truth
    assert error.square().mean() < 0.05 * truth.var(), error

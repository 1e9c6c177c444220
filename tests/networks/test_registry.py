"""A network comes back from its file ready to use, or a sentence says what does not fit."""

import pytest
import torch

from mist_core.checkpoint import save_checkpoint
from mist_core.errors import WeightsError
from mist_core.networks import registry
from mist_core.networks.registry import load_network


@pytest.fixture
def linear_model(monkeypatch):
    """Networks that are single linear maps stand in for ours."""

    def build_network(config):
        return torch.nn.Linear(**config)

    monkeypatch.setattr(registry, "build_network", build_network)
    return build_network({"in_features": 3, "out_features": 2})


def save_linear(tmp_path, network, change=None, **config):
    tensors = {**network.state_dict(), **(change or {})}
    config = {"in_features": 3, "out_features": 2, **config}
    tensors = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    save_checkpoint(tmp_path / "net", tensors, {"config": config})
    return tmp_path / "net"


def test_a_network_comes_back_with_its_weights_ready_to_use(linear_model, tmp_path):
    network, loaded = load_network(save_linear(tmp_path, linear_model))
    torch.testing.assert_close(network.state_dict(), linear_model.state_dict(), rtol=0, atol=0)
    assert not network.training
    assert loaded.card["config"] == {"in_features": 3, "out_features": 2}


def test_loading_a_network_leaves_the_random_stream_alone(linear_model, tmp_path):
    path, before = save_linear(tmp_path, linear_model), torch.random.get_rng_state()
    load_network(path)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_an_unknown_config_field_is_named(linear_model, tmp_path):
    with pytest.raises(WeightsError, match=r"net: config: .*'colour'"):
        load_network(save_linear(tmp_path, linear_model, colour="red"))


def test_a_card_without_config_is_refused(linear_model, tmp_path):
    save_checkpoint(tmp_path / "net", linear_model.state_dict(), {})
    with pytest.raises(WeightsError, match="net: config: expected an object"):
        load_network(tmp_path / "net")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias": None}, "tensor bias: missing"),
        ({"extra": torch.zeros(1)}, "tensor extra: not a part of the network"),
        ({"bias": torch.zeros(3)}, r"tensor bias: expected float32\[2\], got float32\[3\]"),
        ({"bias": torch.zeros(2).double()}, r"expected float32\[2\], got float64\[2\]"),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(linear_model, tmp_path, change, message):
    with pytest.raises(WeightsError, match=message):
        load_network(save_linear(tmp_path, linear_model, change))

"""The state of a run survives the way to disk, and its curve stays readable."""

import torch

from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.registry import config_dict
from mist_core.statistics.summary import GAUSSIAN_BLOCKS
from mist_core.training.card import thin
from mist_core.training.state import RunState, load_state, save_state

TINY = MISTConfig(
    blocks=GAUSSIAN_BLOCKS, hidden_dim=16, num_layers=1, encoder_dim=4, encoder_rows=16
)


def test_the_state_of_a_run_survives_the_way_to_disk(tmp_path):
    network, average = MIST(TINY), MIST(TINY)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    sum(p.sum() for p in network.parameters()).backward()
    optimiser.step()
    state = RunState(steps=7, rounds=3, seconds=1.5, joined=True, curve=[{"steps": 7}])
    networks = {"network": network, "average": average}
    save_state(tmp_path / "state.safetensors", state, networks, optimiser, config_dict(network))

    fresh = {name: MIST(TINY) for name in networks}
    other = torch.optim.AdamW(fresh["network"].parameters(), lr=5.0)
    assert load_state(tmp_path / "state.safetensors", fresh, other) == state
    for name, loaded in fresh.items():
        for key, tensor in networks[name].state_dict().items():
            assert torch.equal(loaded.state_dict()[key], tensor)
    for index, moments in optimiser.state_dict()["state"].items():
        for key, tensor in moments.items():
            assert torch.equal(other.state_dict()["state"][index][key], tensor)
    assert other.param_groups[0]["lr"] == 5.0


def test_a_state_of_an_older_version_may_hold_more(tmp_path):
    network = MIST(TINY)
    optimiser = torch.optim.AdamW(network.parameters())
    state = RunState(steps=1, rounds=1, seconds=1.0, joined=False, curve=[])
    path, nets = tmp_path / "state.safetensors", {"network": network}
    save_state(path, state, nets, optimiser, config_dict(network))
    old = load_checkpoint(path)
    run = old.card["run"] | {"best_wis": 0.5}
    save_checkpoint(path, old.tensors, old.card | {"run": run})
    assert load_state(path, nets, optimiser) == state


def test_thinning_keeps_the_last_point_and_the_spacing():
    assert thin(list(range(10)), 60) == list(range(10))
    assert thin(list(range(10)), 4) == [0, 3, 6, 9]
    assert thin([], 4) == []

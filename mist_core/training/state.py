"""Everything a killed training run needs to go on, in one strict file written atomically."""

from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn

from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.errors import WeightsError


@dataclass(frozen=True)
class RunState:
    """Where a run stands.

    Attributes:
        steps, rounds: optimiser steps taken and shards asked for.
        seconds: training time spent.
        joined: whether the set encoder takes part: it stays when the budget grows.
        curve: progress points so far.
    """

    steps: int
    rounds: int
    seconds: float
    joined: bool
    curve: list[dict]


def save_state(
    path: Path,
    state: RunState,
    networks: dict[str, nn.Module],
    optimiser: torch.optim.Optimizer,
    config: dict,
) -> None:
    """Write weights, optimiser moments and counters."""
    tensors = {
        f"{name}.{key}": tensor
        for name, network in networks.items()
        for key, tensor in network.state_dict().items()
    }
    for index, moments in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{key}": tensor for key, tensor in moments.items()}
    save_checkpoint(path, tensors, {"run": vars(state), "config": config})


def load_state(
    path: Path, networks: dict[str, nn.Module], optimiser: torch.optim.Optimizer
) -> RunState:
    """Put a saved state into networks and optimiser.

    Raises:
        WeightsError: the file is damaged, or of another run or version; some networks may have
            changed by then.
    """
    checkpoint = load_checkpoint(path)
    try:
        for name, network in networks.items():
            network.load_state_dict(_below(checkpoint.tensors, name))
        moments: dict[int, dict[str, Tensor]] = {}
        for key, tensor in _below(checkpoint.tensors, "optimiser").items():
            index, moment = key.split(".")
            moments.setdefault(int(index), {})[moment] = tensor
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": moments, "param_groups": groups})
        known = {field.name for field in fields(RunState)}  # older versions kept more
        return RunState(**{k: v for k, v in checkpoint.card["run"].items() if k in known})
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise WeightsError(f"{path}: not the state of such a run ({error}).") from error


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        k.removeprefix(prefix + "."): t for k, t in tensors.items() if k.startswith(prefix + ".")
    }

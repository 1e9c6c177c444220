"""Files of the small networks that are heard beside a large one."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from mist_core.checkpoint import load_checkpoint
from mist_core.errors import WeightsError

Heard = TypeVar("Heard", bound=nn.Module)


def restored(path: str | Path, architecture: str, build: Callable[[dict], Heard]) -> Heard:
    """The network of a weights file, in evaluation mode, float32.

    Args:
        path: of the file.
        architecture: that its card has to name.
        build: the rest of the card's config to a network with any weights.

    Raises:
        WeightsError: no such file, damaged, or not of this version's statistics.
    """
    checkpoint = load_checkpoint(path)
    config = dict(checkpoint.card.get("config", {}))
    if config.pop("architecture", None) != architecture:
        raise WeightsError(f"{path}: config: expected {architecture} weights, got others.")
    with torch.random.fork_rng(devices=[]):  # the initial weights are thrown away
        network = build(config)
    tensors = {name: tensor.float() for name, tensor in checkpoint.tensors.items()}
    try:
        network.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise WeightsError(f"{path}: made for other statistics; train it anew.") from error
    return network.requires_grad_(False).eval()

"""What the commands that train an opinion share: its file, and its card beside it."""

import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import nn

from mist_core.checkpoint import save_checkpoint
from mist_core.networks.registry import compact


def store(out: Path, network: nn.Module, told: dict, card_text: Callable[[dict], str]) -> None:
    """Write the weights file of a trained opinion and its card, and print the card.

    Args:
        out: the weights file.
        network: the opinion.
        told: of the card: `config`, `seed`, `shapes`, `datasets`, `scores`, and what else there is.
        card_text: a whole card in Markdown.
    """
    card = told | {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "date": datetime.now(UTC).date().isoformat(),
    }
    save_checkpoint(out, compact(network), card)
    out.with_suffix(".md").write_text(card_text(card))
    print(card_text(card))

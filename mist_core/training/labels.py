"""Which kinds of laws a dataset holds, as the readers of a network learn to tell them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mist_core.priors.batch import Batch
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import INDEPENDENCE
from mist_core.priors.paper import PAPER_FAMILIES

# What a dataset may hold: blocks of `general`, no dependence, or something that has no name here.
OTHER = "other"
KINDS = (*BLOCKS, INDEPENDENCE, OTHER)
# The blocks that a dataset holds, by name.
Blocks = tuple[str, ...]


def blocks_in(batch: Batch) -> list[Blocks]:
    """The blocks in each dataset of a batch."""
    return [composition.blocks for composition in batch.compositions]


def read_blocks(label: str | Sequence[str]) -> Blocks:
    """The blocks in a dataset, from its label in a file: their names.

    Earlier versions wrote them joined to one text, or the name of a published law.
    """
    if not isinstance(label, str):
        return tuple(label)
    published = PAPER_FAMILIES.get(label)
    return (published.block,) if published else tuple(label.split("+"))


def held(labels: Sequence[Blocks], kinds: tuple[str, ...]) -> Tensor:
    """(B, C) which kinds are in each dataset, 0 or 1.

    Args:
        labels: the blocks of B datasets; of none it holds something else.
        kinds: names, "other" the last; or none.
    """
    table = torch.zeros(len(labels), len(kinds), dtype=torch.uint8)
    if kinds:
        places = {name: place for place, name in enumerate(kinds)}
        for row, blocks in zip(table, labels, strict=True):
            row[[places.get(name, places[OTHER]) for name in blocks or (OTHER,)]] = 1
    return table

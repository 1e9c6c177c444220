"""Which kinds of laws a dataset holds, as the readers of a network learn to tell them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import INDEPENDENCE, blocks_of

# What a dataset may hold: blocks of `general`, no dependence, or something that has no name here.
OTHER = "other"
KINDS = (*BLOCKS, INDEPENDENCE, OTHER)


def held(families: Sequence[str], kinds: tuple[str, ...]) -> Tensor:
    """(B, C) which kinds are in each dataset, 0 or 1.

    Args:
        families: of B datasets, as batches have them.
        kinds: names, "other" the last; or none.
    """
    table = torch.zeros(len(families), len(kinds), dtype=torch.uint8)
    if kinds:
        places = [
            [kinds.index(name if name in kinds else OTHER) for name in blocks_of(family)]
            for family in families
        ]
        for row, place in zip(table, places, strict=True):
            row[place] = 1
    return table

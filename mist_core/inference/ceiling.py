"""The most that can be: information is at most the entropy of a side that takes few values.

I(X;Y) <= min(H(X), H(Y)) for classes, whatever the law. A sample shows the entropy with an error of
its own: the plug-in entropy lies below it (Miller and Madow, 1955) and would cut off one-to-one
truths, so the ceiling is the upper 95 % limit of the corrected one, and ln k where that is less.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.ordering import sort

# A side counts as classes where its rows take at most so large a share of n values.
MOST_VALUES = 0.2
# Upper 95 % quantile of a standard normal variable.
UPPER = 1.645


def ceilings(x: list[Tensor | None], y: list[Tensor | None]) -> Tensor:
    """(B,) nats that the information cannot exceed; infinite where no side is made of classes.

    Args:
        x, y: `labels` of B sides each.
    """
    most = [[_ceiling(codes) for codes in sides] for sides in (x, y)]
    return torch.tensor(most, dtype=torch.float64).amin(0)


def labels(sides: Tensor) -> list[Tensor | None]:
    """For each of B sides (B, n, d), finite, the class of each row, (n,) from 0, on the CPU.

    None where rows are no classes: where they take more than a fifth of n values.
    """
    sides = sides.detach().cpu()
    most = MOST_VALUES * sides.shape[1]
    ordered = sort(sides[..., 0])
    values = (ordered[:, 1:] != ordered[:, :-1]).sum(-1) + 1  # more columns have no fewer
    return [
        _codes(side, most) if count <= most else None
        for side, count in zip(sides, values.tolist(), strict=True)
    ]


def _codes(side: Tensor, most: float) -> Tensor | None:
    values, codes = torch.unique(side, dim=0, return_inverse=True)
    return codes if len(values) <= most else None


def _ceiling(codes: Tensor | None) -> float:
    """Upper limit of the entropy of classes (n,); infinite for None."""
    if codes is None:
        return math.inf
    counts = torch.bincount(codes).double()
    n, share = len(codes), counts / len(codes)
    surprise = -share.log()
    entropy = (share * surprise).sum()
    spread = ((share * surprise.square()).sum() - entropy.square()).clamp_min(0).sqrt()
    corrected = entropy + (len(counts) - 1) / (2 * n)
    return min(math.log(len(counts)), float(corrected + UPPER * spread / n**0.5))

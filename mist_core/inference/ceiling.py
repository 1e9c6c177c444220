"""The most that can be: information is at most the entropy of a side that takes few values.

I(X;Y) <= min(H(X), H(Y)) for classes, whatever the law. A sample shows the entropy with an error of
its own: the plug-in entropy lies below it (Miller and Madow, 1955) and would cut off one-to-one
truths, so the ceiling is the upper 95 % limit of the corrected one, and ln k where that is less.
"""

import math

import torch
from torch import Tensor

# A side counts as classes where its rows take at most so large a share of n values.
MOST_VALUES = 0.2
# Upper 95 % quantile of a standard normal variable.
UPPER = 1.645


def ceilings(x: Tensor, y: Tensor) -> Tensor:
    """(B,) nats that the information cannot exceed; infinite where no side is made of classes.

    Args:
        x: (B, n, dim_x) and y: (B, n, dim_y) finite values.
    """
    return torch.tensor(
        [min(_ceiling(a), _ceiling(b)) for a, b in zip(x.cpu(), y.cpu(), strict=True)],
        dtype=torch.float64,
    )


def labels(side: Tensor) -> Tensor | None:
    """(n,) the class of each row of (n, d), counted from 0; None where rows are no classes."""
    most = MOST_VALUES * len(side)
    if len(torch.unique(side[:, 0])) > most:  # more columns have no fewer values
        return None
    values, codes = torch.unique(side, dim=0, return_inverse=True)
    return codes if len(values) <= most else None


def _ceiling(side: Tensor) -> float:
    """Upper limit of the entropy of the rows of (n, d), as classes; inf where they are none."""
    codes = labels(side)
    if codes is None:
        return math.inf
    counts = torch.bincount(codes).double()
    n, share = len(side), counts / len(side)
    surprise = -share.log()
    entropy = (share * surprise).sum()
    spread = ((share * surprise.square()).sum() - entropy.square()).clamp_min(0).sqrt()
    corrected = entropy + (len(counts) - 1) / (2 * n)
    return min(math.log(len(counts)), float(corrected + UPPER * spread / n**0.5))

"""Copies of rows: a table joined twice, a bootstrap resample. They are not new evidence.

Where values of a side are equal only because whole rows are, the rows were copied: the answer is
that of the distinct rows, and as wide as so few of them make it. Values that recur by themselves,
as classes, rounded numbers and dry days do, are left alone.
"""

import torch
from torch import Tensor

from mist_core.statistics.ordering import sort

# Share of the pairs with equal X, and of those with equal Y, in which all else is equal, too.
COPIED = 0.9
# Fewer distinct rows than this share of n are classes, of which each row is as good as the next.
LEAST_DISTINCT = 0.25
LEAST_ROWS = 4
# Copies of one row, at most; a row that is there more often is a value of its own, such as (0, 0).
MOST_COPIES = 12


def without_copies(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The same rows, each once, where copies of rows are the reason for equal values.

    Args:
        x: (n, dim_x) and y: (n, dim_y) finite values.
    """
    if not (_recurs(x[:, 0]) and _recurs(y[:, 0])):
        return x, y
    rows = torch.cat([x.detach(), y.detach()], 1)
    _, place, counts = torch.unique(rows, dim=0, return_inverse=True, return_counts=True)
    distinct = len(counts)
    if distinct == len(rows) or distinct < max(LEAST_ROWS, LEAST_DISTINCT * len(rows)):
        return x, y
    if counts.max() > MOST_COPIES or _pairs(counts) < COPIED * max(
        _equal_pairs(x), _equal_pairs(y)
    ):
        return x, y
    first = torch.full((distinct,), len(rows), device=place.device)
    number = torch.arange(len(rows), device=place.device)
    first.scatter_reduce_(0, place, number, "amin")
    kept = first.sort().values
    return x[kept], y[kept]


def _recurs(column: Tensor) -> bool:
    """Whether a value of (n,) is there twice."""
    ordered = sort(column.detach())
    return bool((ordered[1:] == ordered[:-1]).any())


def _equal_pairs(side: Tensor) -> int:
    """Pairs of rows of (n, d) that are equal."""
    return _pairs(torch.unique(side.detach(), dim=0, return_counts=True)[1])


def _pairs(counts: Tensor) -> int:
    return int((counts * (counts - 1) // 2).sum())

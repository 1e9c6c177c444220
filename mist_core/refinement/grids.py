"""Log-ratios from tables of counts: one column or a few classes a side, whatever the dependence."""

import torch
from torch import Tensor

from mist_core.refinement.coordinates import FOLDS, Rows
from mist_core.refinement.shuffles import rolled

MOST_CLASSES = 64
# Quantile bins of a column, from coarse to fine: factor and power of the rows.
BINS = ((1.2, 0.25), (1.0, 0.4), (1.0, 0.5))
MOST_BINS = 200
# Rows added to what was counted in a cell and to what would be there by chance.
SMOOTHING = 1.0


class Grids:
    """Tables of each fold's training rows; where a side is no table its log-ratio is 0.

    Args:
        rows: of B datasets.
        size: which of BINS.
    """

    def __init__(self, rows: Rows, size: int) -> None:
        factor, power = BINS[size]
        bins = min(max(round(factor * rows.n_samples**power), 4), MOST_BINS)
        self.labels = [_labels(side, bins) for side in rows.normal]  # (B, n), -1 for none
        most = max(int(side.max()) for side in self.labels) + 1
        tables = [self._table(rows.train(fold), max(most, 1)) for fold in range(FOLDS)]
        self.tables = torch.stack(tables, 1).flatten(0, 1)  # (G, L, L)

    def values(self, places: Tensor, shifts: list[int]) -> Tensor:
        """(G, S, m) log-ratios of the rows at places (K, m) with themselves and shifted ones."""
        a, b = (side[:, places].flatten(0, 1).clamp_min(0) for side in self.labels)
        others = rolled(b.unsqueeze(-1), shifts).squeeze(-1)  # (G, S, m)
        cell = a.unsqueeze(1) * self.tables.shape[-1] + others
        return self.tables.flatten(1).gather(1, cell.flatten(1)).view(cell.shape)

    def _table(self, places: Tensor, size: int) -> Tensor:
        """(B, L, L) log-ratios of the cells."""
        a, b = (side[:, places] for side in self.labels)
        known = (a >= 0).all(-1) & (b >= 0).all(-1)  # (B,)
        offset = torch.arange(len(a), device=a.device).unsqueeze(-1) * size * size
        cells = (offset + a.clamp_min(0) * size + b.clamp_min(0)).flatten()
        counts = torch.bincount(cells, minlength=len(a) * size * size)
        counts = counts.view(-1, size, size).float()
        chance = counts.sum(2, keepdim=True) * counts.sum(1, keepdim=True) / len(places)
        ratio = ((counts + SMOOTHING) / (chance + SMOOTHING)).log()
        return torch.where(known[:, None, None], ratio, 0.0)


def _labels(side: Tensor, bins: int) -> Tensor:
    """(B, n) class or bin of each row of a side (B, n, d); -1 where it has neither."""
    return torch.stack([_of_dataset(columns, bins) for columns in side])


def _of_dataset(columns: Tensor, bins: int) -> Tensor:
    varying = columns[:, (columns != columns[:1]).any(0)]
    if varying.shape[1] == 1:
        share = torch.special.ndtr(varying[:, 0].double())
        return (share * bins).long().clamp_max(bins - 1)
    # Few rows tell whether there are few classes: a million need not be sorted for it.
    if varying.shape[1] and len(varying[:1000].unique(dim=0)) <= MOST_CLASSES:
        classes, labels = varying.unique(dim=0, return_inverse=True)
        if len(classes) <= MOST_CLASSES:
            return labels
    return torch.full_like(columns[:, 0], -1, dtype=torch.long)

"""Neighbour statistics: dependence of any local shape, in a few dimensions.

They work in the leading canonical coordinates, on rows in hash order. Letters as in `nonlinear`;
s queries; f folds.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mist_core.statistics.scaling import log_information


@dataclass(frozen=True)
class Search:
    """How far neighbours are looked for.

    Attributes:
        queries: rows whose neighbours are looked up, and one more for each `more` rows.
        references: rows among which they are looked for, at most.
        folds: into how many parts the references are parted, each searched by itself: a fine
            scale first, then coarser ones.
    """

    queries: int
    references: int
    folds: tuple[int, ...]
    more: int | None = None

    @property
    def estimates(self) -> tuple[int, ...]:
        """Places of ln(estimate of the MI) among the statistics."""
        return tuple(range(len(self.folds), 2 * len(self.folds)))

    def sizes(self, rows: int) -> tuple[int, int]:
        """Queries and references among so many rows."""
        queries = self.queries + (rows // self.more if self.more else 0)
        references = min(rows, self.references)
        return min(queries, references), references


FEW = Search(256, 512, (1, 4))
# The error of an average over queries falls with their number, its bias with that of references.
MANY = Search(192, 2048, (1, 4, 16), more=64)
# Squared distances below it are ties: a product of matrices rounds by as much.
TIE = 1e-6
# Distances between tied scores differ by rounding alone, which must not make them closer.
SHRINK = 1 - 1e-5


def neighbours(a: Tensor, b: Tensor, search: Search = FEW) -> Tensor:
    """Nearest-neighbour MI in the leading coordinates.

    The first estimate of Kraskov et al. (2004), with the rule of Gao et al. (2017) for ties:
    Euclidean distances on each side, the larger of both in the joint space. Neighbours of the first
    rows among the first rows: they come in hash order, so both are seeded subsamples.

    Args:
        a: (B, n, k) and b: (B, n, l) canonical coordinates.
        search: how many rows.

    Returns:
        (B, 2 f): estimates in nats for each of f folds, and their logarithms.
    """
    queries, references = search.sizes(a.shape[1])
    a, b = (side[:, :references].detach().float() for side in (a, b))
    on_device = _on_cpu if a.device.type == "cpu" else on_any_device
    estimates = on_device(a, b, queries, search.folds).float()
    return torch.cat([estimates, log_information(estimates)], -1)


def conditional(a: Tensor, b: Tensor, c: Tensor, search: Search = FEW) -> Tensor:
    """The same of I(A;B|C), as Frenzel and Pompe (2007, doi 10.1103/PhysRevLett.99.204101).

    Args:
        a: (B, n, k), b: (B, n, l) and c: (B, n, m) coordinates, rows in random order.
        search: how many rows; folds of one row for each query at most.

    Returns:
        (B, 2 f): estimates in nats for each of f folds, and their logarithms.
    """
    from mist_core.statistics import neighbour_kernel

    queries, references = search.sizes(a.shape[1])
    digamma = torch.arange(references + 2, dtype=torch.float64).digamma().numpy()
    sides = [
        np.ascontiguousarray(side[:, :references].detach().float().cpu().mT.numpy())
        for side in (a, b, c)
    ]
    parts = np.array([_parts(fold, references) for fold in search.folds])
    found = neighbour_kernel.conditional_estimates(*sides, queries, parts, digamma, TIE, SHRINK)
    estimates = torch.from_numpy(found).to(a.device).float()
    return torch.cat([estimates, log_information(estimates)], -1)


def _on_cpu(a: Tensor, b: Tensor, queries: int, folds: tuple[int, ...]) -> Tensor:
    """(B, f) estimates, by compiled loops."""
    from mist_core.statistics import neighbour_kernel

    rows = a.shape[1]
    digamma = torch.arange(rows + 2, dtype=torch.float64).digamma().numpy()
    sides = (side.mT.contiguous().numpy() for side in (a, b))
    parts = np.array([_parts(fold, rows) for fold in folds])
    found = neighbour_kernel.estimates(*sides, queries, parts, digamma, TIE, SHRINK)
    return torch.from_numpy(found)


def on_any_device(a: Tensor, b: Tensor, queries: int, folds: tuple[int, ...]) -> Tensor:
    """The same by operations on whole tensors."""
    sides = squared_distances(a, queries), squared_distances(b, queries)
    spaces = torch.maximum(*sides), *sides
    return torch.stack([_information(*spaces, fold) for fold in folds], -1)


def _parts(folds: int, rows: int) -> int:
    """How many folds so many references are parted into: each needs two."""
    return max(1, min(folds, rows // 2))


def squared_distances(a: Tensor, count: int) -> Tensor:
    """(B, s, r) squared distances from the first `count` rows of (B, r, k) to all.

    Infinite from a row to itself; one product, no temporaries.
    """
    queries = a[:, :count]
    if a.shape[-1] == 1:  # where differences are as fast, and exact
        distance = (queries - a.mT).square()
    else:
        norm, one = a.square().sum(-1, keepdim=True), torch.ones_like(a[..., :1])
        left = torch.cat([-2 * queries, norm[:, :count], one[:, :count]], -1)
        distance = left @ torch.cat([a, one, norm], -1).mT
    distance.diagonal(dim1=-2, dim2=-1).fill_(math.inf)
    return distance


def _information(joint: Tensor, of_a: Tensor, of_b: Tensor, folds: int) -> Tensor:
    """(B,) average over folds of references of the estimate with the nearest neighbour in each."""
    folds = _parts(folds, joint.shape[-1])
    size = joint.shape[-1] // folds
    joint, of_a, of_b = (
        space[..., : folds * size].unflatten(-1, (folds, size)) for space in (joint, of_a, of_b)
    )  # (B, s, f, r / f)
    nearest = joint.amin(-1, keepdim=True)
    radius = (nearest * SHRINK).clamp_min(TIE)
    marginal = sum((_count_below(distance, radius) + 1).digamma() for distance in (of_a, of_b))
    local = _digamma(1) + _digamma(size) - marginal
    if (nearest < TIE).any():  # there all tied rows are the neighbours, not the first of them
        local = local + _count_below(joint, radius).clamp_min(1).digamma() - _digamma(1)
    return local.mean((-1, -2))


def _count_below(distance: Tensor, radius: Tensor) -> Tensor:
    """How many of the last axis lie below the radius."""
    return (distance < radius).sum(-1).float()


def _digamma(count: int) -> float:
    return torch.digamma(torch.tensor(float(count), dtype=torch.float64)).item()

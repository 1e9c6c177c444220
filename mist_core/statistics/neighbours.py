"""Neighbour statistics: dependence of any local shape, in a few dimensions.

They work in the leading canonical coordinates, on rows in hash order. Letters as in `nonlinear`;
s queries; f folds.
"""

import math

import numpy as np
import torch
from torch import Tensor

from mist_core.statistics.scaling import log_information

# Rows whose neighbours are looked up, among at most REFERENCES rows.
QUERIES = 256
REFERENCES = 512
# The references are parted into so many folds, each searched by itself: a fine and a coarse scale.
FOLDS = (1, 4)
# Places of ln(estimate of the MI).
ESTIMATES = tuple(range(len(FOLDS), 2 * len(FOLDS)))
# Squared distances below it are ties: a product of matrices rounds by as much.
TIE = 1e-6
# Distances between tied scores differ by rounding alone, which must not make them closer.
SHRINK = 1 - 1e-5


def neighbours(a: Tensor, b: Tensor) -> Tensor:
    """Nearest-neighbour MI in the leading coordinates.

    The first estimate of Kraskov et al. (2004), with the rule of Gao et al. (2017) for ties:
    Euclidean distances on each side, the larger of both in the joint space. Neighbours of the first
    QUERIES rows among the first REFERENCES: rows come in hash order, so both are seeded subsamples.

    Args:
        a: (B, r, k) and b: (B, r, l) canonical coordinates.
    """
    a, b = (side[:, :REFERENCES].detach().float() for side in (a, b))
    estimates = (_on_cpu if a.device.type == "cpu" else on_any_device)(a, b).float()
    return torch.cat([estimates, log_information(estimates)], -1)


def _on_cpu(a: Tensor, b: Tensor) -> Tensor:
    """(B, len(FOLDS)) estimates, by compiled loops."""
    from mist_core.statistics import neighbour_kernel

    rows = a.shape[1]
    digamma = torch.arange(rows + 2, dtype=torch.float64).digamma().numpy()
    sides = (side.mT.contiguous().numpy() for side in (a, b))
    folds = np.array([_parts(folds, rows) for folds in FOLDS])
    found = neighbour_kernel.estimates(*sides, min(QUERIES, rows), folds, digamma, TIE, SHRINK)
    return torch.from_numpy(found)


def on_any_device(a: Tensor, b: Tensor) -> Tensor:
    """The same by operations on whole tensors."""
    sides = _squared_distances(a), _squared_distances(b)
    spaces = torch.maximum(*sides), *sides
    return torch.stack([_information(*spaces, folds) for folds in FOLDS], -1)


def _parts(folds: int, rows: int) -> int:
    """How many folds so many references are parted into: each needs two."""
    return max(1, min(folds, rows // 2))


def _squared_distances(a: Tensor) -> Tensor:
    """(B, s, r) squared distances, infinite from a row to itself; one product, no temporaries."""
    queries = a[:, :QUERIES]
    if a.shape[-1] == 1:  # where differences are as fast, and exact
        distance = (queries - a.mT).square()
    else:
        norm, one = a.square().sum(-1, keepdim=True), torch.ones_like(a[..., :1])
        left = torch.cat([-2 * queries, norm[:, :QUERIES], one[:, :QUERIES]], -1)
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

"""Neighbour statistics: dependence of any local shape, in a few dimensions.

They work in the leading canonical coordinates, on rows in hash order. Letters as in `nonlinear`;
s queries; f folds.
"""

import math

import numpy as np
import torch
from torch import Tensor

from mist_core.invariants import log_information

# Rows whose neighbours are looked up, among at most REFERENCES rows.
QUERIES = 256
REFERENCES = 512
# The references are parted into so many folds, each searched by itself: a fine and a coarse scale.
FOLDS = (1, 4)
# Distances held at a time on a CPU: they fit its cache, which halves the time.
CACHED = 1 << 18
# Squared distances below it are ties: a product of matrices rounds by as much.
TIE = 1e-6


def neighbours(a: Tensor, b: Tensor) -> Tensor:
    """Nearest-neighbour MI in the leading coordinates.

    The first estimate of Kraskov et al. (2004), with the rule of Gao et al. (2017) for ties:
    Euclidean distances on each side, the larger of both in the joint space. Neighbours of the first
    QUERIES rows among the first REFERENCES: rows come in hash order, so both are seeded subsamples.

    Args:
        a: (B, r, k) and b: (B, r, l) canonical coordinates.
    """
    a, b = a[:, :REFERENCES], b[:, :REFERENCES]
    pairs = min(QUERIES, a.shape[1]) * a.shape[1]
    size = max(1, CACHED // pairs if a.device.type == "cpu" else len(a))
    pieces = zip(a.split(size), b.split(size), strict=True)
    estimates = torch.cat([_estimates(*piece) for piece in pieces])
    return torch.cat([estimates, log_information(estimates)], -1)


def _estimates(a: Tensor, b: Tensor) -> Tensor:
    """(B, len(FOLDS)) estimates."""
    sides = _squared_distances(a), _squared_distances(b)
    spaces = torch.maximum(*sides), *sides
    return torch.stack([_information(*spaces, folds) for folds in FOLDS], -1)


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
    folds = max(1, min(folds, joint.shape[-1] // 2))
    size = joint.shape[-1] // folds
    joint, of_a, of_b = (
        space[..., : folds * size].unflatten(-1, (folds, size)) for space in (joint, of_a, of_b)
    )  # (B, s, f, r / f)
    nearest = joint.detach().amin(-1, keepdim=True)
    # Distances between tied scores differ by rounding alone, which must not make them closer.
    radius = (nearest * (1 - 1e-5)).clamp_min(TIE)
    marginal = sum((_count_below(distance, radius) + 1).digamma() for distance in (of_a, of_b))
    local = _digamma(1) + _digamma(size) - marginal
    if (nearest < TIE).any():  # there all tied rows are the neighbours, not the first of them
        local = local + _count_below(joint, radius).clamp_min(1).digamma() - _digamma(1)
    return local.mean((-1, -2))


def _count_below(distance: Tensor, radius: Tensor) -> Tensor:
    """How many of the last axis lie below the radius; on CPU by NumPy, seven times as fast."""
    if distance.device.type != "cpu":
        return (distance < radius).sum(-1).float()
    below = distance.detach().numpy() < radius.numpy()
    return torch.from_numpy(np.add.reduce(below, axis=-1, dtype=np.uint16).astype(np.float32))


def _digamma(count: int) -> float:
    return torch.digamma(torch.tensor(float(count), dtype=torch.float64)).item()

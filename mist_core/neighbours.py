"""Neighbour statistics: dependence of any local shape, in a few dimensions.

They work in the leading canonical coordinates, on rows in hash order. Letters as in `nonlinear`.
"""

import numpy as np
import torch
from torch import Tensor

from mist_core.canonical import COORDINATES
from mist_core.invariants import log_information

NEIGHBOURS = (1, 4)
# Rows whose neighbours are looked up, among at most REFERENCES rows.
QUERIES = 128
REFERENCES = 384
# Datasets at a time on a CPU: their distances fit its cache, which halves the time.
DATASETS_AT_ONCE = 8


def neighbours(a: Tensor, b: Tensor, dims: tuple[int, ...] = (2, COORDINATES)) -> Tensor:
    """KSG estimates (Kraskov et al., 2004, algorithm 1) in the leading coordinates.

    Neighbours of the first QUERIES rows among the first REFERENCES rows: rows come in hash order,
    so both are seeded subsamples.

    Args:
        a: (B, r, k) and b: (B, r, l) canonical coordinates.
        dims: numbers of leading coordinates a side; those there are, where there are fewer.
    """
    a, b = a[:, :REFERENCES], b[:, :REFERENCES]
    size = DATASETS_AT_ONCE if a.device.type == "cpu" else max(1, len(a))
    pieces = zip(a.split(size), b.split(size), strict=True)
    estimates = torch.cat([_estimates(*piece, dims) for piece in pieces])
    return torch.cat([estimates, log_information(estimates)], -1)


def _estimates(a: Tensor, b: Tensor, dims: tuple[int, ...]) -> Tensor:
    """(B, len(dims) * len(NEIGHBOURS)) estimates, those of fewer coordinates first."""
    distance_a, distance_b = _distances(a[..., :0]), _distances(b[..., :0])
    parts, used = [], 0
    for dim in dims:
        if used < max(a.shape[-1], b.shape[-1]):
            distance_a = torch.maximum(distance_a, _distances(a[..., used:dim]))
            distance_b = torch.maximum(distance_b, _distances(b[..., used:dim]))
            estimates = _ksg(distance_a, distance_b)
        parts.append(estimates)
        used = dim
    return torch.cat(parts, -1)


def _distances(a: Tensor) -> Tensor:
    """(B, queries, references) maximum-norm distances; 0 where there is no column."""
    distance = a.new_zeros(a.shape[0], min(QUERIES, a.shape[1]), a.shape[1])
    for column in a.unbind(-1):
        step = column[:, :QUERIES, None] - column[:, None, :]
        distance = torch.maximum(distance, step.abs_())
    return distance


def _ksg(distance_a: Tensor, distance_b: Tensor) -> Tensor:
    """(B, len(NEIGHBOURS)) KSG estimates from the two sides' distances."""
    references = distance_a.shape[-1]
    # Every query is a reference too, at distance 0: the k-th neighbour stands at sorted place k.
    nearest = _smallest(torch.maximum(distance_a, distance_b), min(max(NEIGHBOURS), references - 1))
    parts = []
    for k in (min(k, references - 1) for k in NEIGHBOURS):
        radius = nearest[..., k : k + 1]
        # Counts include the query itself, which is the "+ 1" of psi(n_x + 1).
        counts = [_count_below(d, radius).clamp_min(1) for d in (distance_a, distance_b)]
        marginal = sum(count.digamma().mean(-1) for count in counts)
        parts.append(_digamma(k) + _digamma(references) - marginal)
    return torch.stack(parts, -1)


def _smallest(distance: Tensor, k: int) -> Tensor:
    """The k + 1 smallest of the last axis, ascending."""
    return distance.topk(k + 1, dim=-1, largest=False).values


def _count_below(distance: Tensor, radius: Tensor) -> Tensor:
    """How many of the last axis lie below the radius; on CPU by NumPy, seven times as fast."""
    if distance.device.type != "cpu":
        return (distance < radius).sum(-1).float()
    below = distance.detach().numpy() < radius.detach().numpy()
    return torch.from_numpy(np.add.reduce(below, axis=-1, dtype=np.uint16).astype(np.float32))


def _digamma(k: int) -> float:
    return torch.digamma(torch.tensor(float(k), dtype=torch.float64)).item()

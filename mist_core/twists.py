"""Correlations that a spiral hides: rows turned back before they are compared.

A spiral turns two columns of a row by an angle that grows with the row's squared length, which the
length itself tells. So the columns times the cosine and the sine of such an angle span the columns
before the spiral, whatever the plane and the direction: at the right speed they correlate with the
other side as much as those did. Letters as in `canonical`: B datasets, n rows, p columns of X, q of
Y, in the whitened frame.
"""

import itertools

import torch
from torch import Tensor

from mist_core.invariants import both_sides, gaussian_information, log_information

# Radians per unit of mean square. Halfway between two of them the angles of a side are off by a
# quarter of that square's spread, sqrt(2 / d), which costs less than a twentieth of a correlation.
SPEEDS = (0.0, 0.5, 1.0)
# Rows read, at most.
ROWS = 20_000
LEAST_VARIANCE = 1e-6


def twists(x: Tensor, y: Tensor) -> Tensor:
    """Strength of the correlations between both sides, each turned back at every speed.

    Args:
        x: (B, n, p) and y: (B, n, q) whitened columns.
    """
    twisted_x, twisted_y = ([_twisted(side[:, :ROWS], s) for s in SPEEDS] for side in (x, y))
    parts = []
    for (i, a), (j, b) in itertools.product(enumerate(twisted_x), enumerate(twisted_y)):
        if i == j:
            parts.append(_strength(a, b))
        elif i < j:
            parts.append(both_sides(_strength(a, b), _strength(twisted_x[j], twisted_y[i])))
    return torch.cat(parts, -1)


def _twisted(x: Tensor, speed: float) -> Tensor:
    """(B, n, 2 d) columns times cosine and sine, both of unit variance on average; x at speed 0.

    All columns share one scale, so that a rotation of the columns is one of the result, too.
    """
    if speed == 0:
        return x
    # Centred, so that in many columns, where all rows are about as long, the cosine is near 1.
    angle = speed * (x.square().mean(-1, keepdim=True) - 1)
    cos, sin = _centred(x * angle.cos()), _centred(x * angle.sin())
    of_cos = _variance(cos)
    sin = sin - (cos * sin).mean((-1, -2), keepdim=True) / of_cos * cos
    return torch.cat([cos * of_cos.rsqrt(), sin * _variance(sin).rsqrt()], -1)


def _centred(x: Tensor) -> Tensor:
    return x - x.mean(-2, keepdim=True)


def _variance(x: Tensor) -> Tensor:
    return x.square().mean((-1, -2), keepdim=True).clamp_min(LEAST_VARIANCE)


def _strength(a: Tensor, b: Tensor) -> Tensor:
    """(B, 4) sums of powers of the canonical correlations: all of them, down to the greatest."""
    n = a.shape[-2]
    between = a.mT @ b / n
    gram = between @ between.mT if a.shape[-1] <= b.shape[-1] else between.mT @ between
    square = gram @ gram
    # Independent columns have a mean squared correlation of 1 / n.
    total = gram.diagonal(dim1=-2, dim2=-1).sum(-1) - a.shape[-1] * b.shape[-1] / n
    fourth = gram.square().sum((-1, -2)).sqrt()
    greatest = square.square().sum((-1, -2)).sqrt().sqrt()
    return torch.stack(
        [
            total,
            log_information(total / 2),
            log_information(fourth),
            log_information(gaussian_information(greatest.clamp_max(0.999))),
        ],
        -1,
    )

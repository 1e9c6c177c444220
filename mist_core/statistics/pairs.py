"""Statistics of paired columns: each column of one side with its one partner on the other.

Sparse and additive laws tie single columns together and leave the rest alone. A canonical spectrum
pays for all p q correlations with noise; the mutually strongest pairs pay only for the pairs there
are. Letters as in `copula` and `canonical`.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.canonical import RHO_SQUARED_MAX
from mist_core.statistics.scaling import (
    gaussian_information,
    interpolated_quantiles,
    log_information,
)

# Thresholds, in units of the largest of p q correlations of independent columns.
THRESHOLDS = (0.6, 1.0, 1.4)
# Places of ln(estimate of the MI): three for each threshold.
ESTIMATES = tuple(9 * k + place for k in range(len(THRESHOLDS)) for place in (3, 4, 5))
PAIR_LEVELS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def paired_columns(between: Tensor, n_samples: int) -> Tensor:
    """Information, number and evenness of the mutually strongest pairs above three thresholds.

    For each threshold: the sum over pairs of Gaussian and of additive-uniform information; the same
    were all pairs equally strong; their number, strength and spread. Then quantiles of the pairs'
    correlations, and the energy of the correlations that belong to no pair.

    Args:
        between: (B, p, q) correlations of the columns of X with those of Y.
        n_samples: rows they were computed from.
    """
    p, q, n = *between.shape[-2:], n_samples
    strength = mutual_partners(between.abs().float())  # (B, m)
    noise = min(0.9, math.sqrt(2 * math.log(p * q + 1) / n))
    parts = [_above(strength, threshold * noise, n) for threshold in THRESHOLDS]
    rest = between.square().sum((-1, -2)) - strength.square().sum(-1)
    leftover = (rest - (p * q - (strength > 0).sum(-1)) / n).unsqueeze(-1)
    quantiles = interpolated_quantiles(strength, PAIR_LEVELS)
    return torch.cat([*parts, quantiles, leftover, leftover / (p * q)], -1)


def mutual_partners(strength: Tensor) -> Tensor:
    """(B, min(p, q)) correlations of the pairs that are each other's strongest, 0 for the others.

    Args:
        strength: (B, p, q) absolute correlations.
    """
    if strength.shape[-2] > strength.shape[-1]:
        strength = strength.mT
    of_rows, of_columns = strength.amax(-1, keepdim=True), strength.amax(-2, keepdim=True)
    return torch.where(of_rows == of_columns, strength, 0.0).amax(-1)


def additive_information(squared: Tensor) -> Tensor:
    """MI of X uniform and Y = X + uniform noise, nats, by their squared correlation.

    With half-width e of the noise, rho^2 = 1 / (1 + 4 e^2); the closed form is that of
    `AdditiveUniform`.
    """
    e = (1 / squared.clamp(1e-6, RHO_SQUARED_MAX) - 1).sqrt() / 2
    return torch.where(e > 0.5, 1 / (4 * e), e - (2 * e).log())


def _above(strength: Tensor, threshold: float, n: int) -> Tensor:
    """(B, 9) sums over the pairs stronger than the threshold."""
    chosen = (strength > threshold).float()
    squared = strength.square().clamp_max(RHO_SQUARED_MAX)
    count = chosen.sum(-1)
    mean_square = (squared * chosen).sum(-1) / count.clamp_min(1)
    z = torch.atanh(strength.clamp_max(0.9999))
    centre = (z * chosen).sum(-1, keepdim=True) / count.clamp_min(1).unsqueeze(-1)
    spread = ((z - centre).square() * chosen).sum(-1) / count.clamp_min(1)
    total = (gaussian_information(squared) * chosen).sum(-1)
    additive = (additive_information(squared) * chosen).sum(-1)
    pooled = count * gaussian_information(mean_square)
    totals = torch.stack([total, pooled, additive], -1)
    shape = torch.stack([count / strength.shape[-1], count.log1p(), (n * spread).log1p()], -1)
    return torch.cat([totals, log_information(totals), shape], -1)

"""Statistics that see dependence a correlation matrix cannot: squares, curves, clusters, rings.

Pairwise ones use every row and column; local ones work in the leading canonical coordinates, on
rows in hash order. Letters as in `copula`; k coordinates a side; r reference rows.
"""

import math

import numpy as np
import torch
from torch import Tensor

from mist_core.statistics.canonical import LEAST_VARIANCE, standardised
from mist_core.statistics.ordering import argsort, places_of, sort
from mist_core.statistics.scaling import (
    both_sides,
    gaussian_information,
    interpolated_quantiles,
    log_information,
)

ENTRY_LEVELS = (0.1, 0.5, 0.9, 1.0)
HARMONICS = 4
# Variance of a cosine below which its column is constant.
LEAST_WAVE = 1e-6
GRID_SIDES = (4, 8, 16, 32, 64)
# Places of ln(estimate of the MI) among the numbers of `grids` and of `random_features`.
GRID_ESTIMATES = tuple(range(3 * len(GRID_SIDES), 6 * len(GRID_SIDES)))
# Seeds of the orders in which rows of one value are ranked, a side each.
SHUFFLES = (20251126, 20251127)
# Rows that give random features, at most.
REFERENCES = 384
FEATURES = 20
FEATURE_SCALES = (0.5, 1.0, 2.5)
# Numbers of features, of all rows of some datasets, that a core's cache holds.
CACHED_WAVES = 1 << 18
FEATURE_ESTIMATES = tuple(6 * k + 4 for k in range(len(FEATURE_SCALES)))


def squares(x: Tensor, y: Tensor, between: Tensor) -> Tensor:
    """Correlations of squared columns beyond the rho^2 of a Gaussian pair, and residual shape.

    Args:
        x: (B, n, p) and y: (B, n, q) normal scores, standardised; between: (B, p, q) their
            correlations.
    """
    n = x.shape[-2]
    square_x, square_y = standardised(x.square()), standardised(y.square())
    of_squares = square_x.mT @ square_y / n
    excess = of_squares - between.to(x).square()
    mixed_x = (square_x.mT @ y / n).square()
    mixed_y = (x.mT @ square_y / n).square()
    # A mean of pq entries has standard deviation about 1/sqrt(n): the noise of squares is removed.
    mixed = torch.stack([m.mean((-1, -2)) - 1 / n for m in (mixed_x, mixed_y)], -1)
    mixed_top = torch.stack([m.amax((-1, -2)) for m in (mixed_x, mixed_y)], -1)
    return torch.cat(
        [
            torch.stack([excess.mean((-1, -2)), of_squares.mean((-1, -2))], -1),
            interpolated_quantiles(excess.flatten(1), (0.02, *ENTRY_LEVELS)),
            both_sides(mixed[:, :1], mixed[:, 1:]),
            both_sides(mixed_top[:, :1], mixed_top[:, 1:]),
            _partner_residuals(x, y, between.to(x)),
        ],
        -1,
    )


def _partner_residuals(x: Tensor, y: Tensor, between: Tensor) -> Tensor:
    """Shape of each column's residual on its most correlated partner, averaged over columns."""
    sides = ((x, y, between), (y, x, between.mT))
    return both_sides(*(_residual_shape(*side) for side in sides))


def _residual_shape(x: Tensor, y: Tensor, between: Tensor) -> Tensor:
    """(B, 5) kurtosis, extreme and change of spread of residuals, weighted by rho^2."""
    strongest = between.abs().max(-1)  # (B, p)
    partner = y.gather(-1, strongest.indices.unsqueeze(-2).expand(-1, y.shape[-2], -1))
    slope = between.gather(-1, strongest.indices.unsqueeze(-1)).squeeze(-1).unsqueeze(-2)
    residual = standardised(x - slope * partner)
    kurtosis = residual.clamp(-6, 6).pow(4).mean(-2)
    extreme = residual.abs().amax(-2)
    spread = (standardised(residual.square()) * standardised(partner.square())).mean(-2)
    weight = strongest.values.square() + 1e-6
    shares = weight / weight.sum(-1, keepdim=True)
    averages = [(s * shares).sum(-1) for s in (kurtosis.log1p(), extreme.log1p(), spread)]
    return torch.stack([*averages, spread.abs().amax(-1), kurtosis.amin(-1)], -1)


def cosines(x_ranks: Tensor, y_ranks: Tensor) -> Tensor:
    """Pairwise dependence of any smooth shape: squared correlations of cosines of the ranks.

    sum_{jk} corr(cos(pi j u), cos(pi k v))^2 for every pair of columns, a smoothed chi-square of
    the copula density; n times it has mean HARMONICS^2 under independence.

    Args:
        x_ranks: (B, n, p) and y_ranks: (B, n, q) in (0, 1).
    """
    n = x_ranks.shape[-2]
    p, q = x_ranks.shape[-1], y_ranks.shape[-1]
    (waves_x, mean_x, scale_x), (waves_y, mean_y, scale_y) = map(_waves, (x_ranks, y_ranks))
    # Standardised after the product: a pass over the columns costs more than one over their table.
    products = waves_x.mT @ waves_y / n - mean_x.mT @ mean_y
    coefficients = products * scale_x.mT * scale_y
    table = coefficients.square().view(-1, p, HARMONICS, q, HARMONICS)
    linear = table[:, :, 0, :, 0]
    excess = table.sum((2, 4)) - HARMONICS**2 / n  # (B, p, q)
    curved = excess - linear + 1 / n
    strongest = both_sides(
        interpolated_quantiles(excess.amax(-1), ENTRY_LEVELS),
        interpolated_quantiles(excess.amax(-2), ENTRY_LEVELS),
    )
    return torch.cat(
        [
            torch.stack([t.sum((-1, -2)) for t in (excess, curved)], -1).clamp_min(-0.9).log1p(),
            torch.stack([t.mean((-1, -2)) for t in (excess, curved)], -1),
            interpolated_quantiles(curved.flatten(1), ENTRY_LEVELS),
            strongest,
            table.amax((1, 3)).sum((-1, -2)).unsqueeze(-1),
        ],
        -1,
    )


def _waves(ranks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Cosines of the ranks, and what standardises them: mean and inverse spread of each.

    (B, n, d * HARMONICS), harmonics of a column together, and twice (B, 1, d * HARMONICS); a
    constant column has inverse spread 0.
    """
    first = torch.cos(math.pi * ranks)
    waves = [torch.ones_like(first), first]
    while len(waves) <= HARMONICS:  # Chebyshev: cos((j + 1) t) = 2 cos t cos(j t) - cos((j - 1) t)
        waves.append(2 * first * waves[-1] - waves[-2])
    columns = torch.stack(waves[1:], -1).flatten(-2)
    mean = columns.mean(-2, keepdim=True)
    variance = columns.square().mean(-2, keepdim=True) - mean.square()
    constant = variance < LEAST_WAVE
    return columns, mean, torch.where(constant, 0.0, variance.clamp_min(LEAST_WAVE).rsqrt())


def grids(a: Tensor, b: Tensor, *, ties: bool = False) -> Tensor:
    """Information of the coordinate pairs on equal-count grids, less its expected bias.

    Plug-in MI of an s x s table of ranks, s at most n / 8, with the Miller-Madow correction (1955)
    for the cells that are occupied: of the leading pair, of all pairs together, of the best one.

    Args:
        a: (B, n, k) and b: (B, n, l) canonical coordinates.
        ties: whether equal values share a cell, so that a table of classes gives its own
            information, instead of being parted at random, as earlier weights know it.
    """
    n = a.shape[1]
    m = min(a.shape[-1], b.shape[-1])
    sides = zip((a, b), SHUFFLES, strict=True)
    ranks_a, ranks_b = (  # (B m, n)
        (mid_ranks(c[..., :m]) if ties else _ranks(c[..., :m], seed)).flatten(0, 1)
        for c, seed in sides
    )
    parts = []
    for side in GRID_SIDES:
        s = max(2, min(side, n // 8))
        cell = (ranks_a * s // n) * s + ranks_b * s // n
        pairs = _table_information(cell, s, ties=ties).view(-1, m)
        parts += [pairs[:, 0], pairs.sum(-1), pairs.amax(-1)]
    estimates = torch.stack(parts, -1)
    return torch.cat([estimates, log_information(estimates)], -1)


def _ranks(a: Tensor, seed: int) -> Tensor:
    """(B, k, n) 0-based ranks of each column of (B, n, k); a fixed shuffle of the rows parts ties.

    Each side has a shuffle of its own. In hash order, which repeated rows share, ties of both sides
    would rise together, as if they knew of one another; and where an unstable sort leaves them
    differs between machines. A stable sort takes three times as long as sorting values and ties.
    """
    n = a.shape[-2]
    shuffle = torch.from_numpy(np.random.default_rng(seed).permutation(n)).to(a.device)
    columns = a.mT[..., shuffle]
    order = argsort(columns)
    ordered = columns.gather(-1, order)
    run = (ordered[..., 1:] != ordered[..., :-1]).cumsum(-1)  # numbers of the runs of equal values
    order = shuffle[sort(torch.nn.functional.pad(run, (1, 0)) * n + order) % n]
    place = torch.arange(n, device=a.device).expand(order.shape)
    return torch.empty_like(order).scatter_(-1, order, place)


def mid_ranks(a: Tensor) -> Tensor:
    """(B, k, n) 0-based mid-ranks, rounded down, of each column of (B, n, k)."""
    columns = a.detach().mT.contiguous()
    order = argsort(columns)
    return places_of(columns.gather(-1, order), order)[0] // 2


def _table_information(cell: Tensor, side: int, *, ties: bool) -> Tensor:
    """(B,) corrected plug-in MI of the contingency table of cell numbers (B, n).

    Args:
        cell: (B, n) row times `side` plus column.
        side: rows and columns of the table.
        ties: whether rows and columns may be empty.
    """
    n = cell.shape[-1]
    counts = torch.zeros(cell.shape[0], side * side, device=cell.device)
    counts.scatter_add_(1, cell, torch.ones_like(cell, dtype=counts.dtype))
    table = counts.view(-1, side, side) / n
    independent = table.sum(-1, keepdim=True) * table.sum(-2, keepdim=True)
    ratio = table.clamp_min(1e-12) / independent.clamp_min(1e-12)
    used = 2 * side
    if ties:
        used = sum((table.sum(axis) > 0).sum(-1) for axis in (-1, -2))
    bias = ((counts > 0).sum(-1) - used + 1) / (2 * n)
    return (table * ratio.log()).sum((-1, -2)) - bias


def random_features(a: Tensor, b: Tensor, rows: int = REFERENCES) -> Tensor:
    """Canonical correlations between random cosine features of both sides, at three scales.

    A randomised dependence coefficient (Lopez-Paz et al., 2013) with a ridge, as information.

    Args:
        a: (B, n, k) and b: (B, n, l) canonical coordinates, rows in random order.
        rows: how many of them give features, at most.
    """
    a, b = a[:, :rows], b[:, :rows]
    rows = a.shape[1]
    size = max(1, CACHED_WAVES // (2 * FEATURES * rows)) if a.device.type == "cpu" else len(a)
    pieces = list(zip(a.split(size), b.split(size), strict=True))
    covariance = torch.stack(
        [
            torch.cat([_covariance(*(_feature_columns(s, scale) for s in p)) for p in pieces])
            for scale in FEATURE_SCALES
        ],
        1,
    )  # (B, scales, 2 FEATURES, 2 FEATURES)
    rho_squared = _correlations(covariance, FEATURES, ridge=0.02 + 2.0 / rows).to(a)
    information = gaussian_information(rho_squared)
    total = information.sum(-1, keepdim=True)
    beyond_noise = rho_squared.sum(-1, keepdim=True) - FEATURES * min(FEATURES / rows, 1.0)
    parts = [total, information[..., -3:].flip(-1), log_information(total), beyond_noise]
    return torch.cat(parts, -1).flatten(1)


def _feature_columns(a: Tensor, scale: float) -> Tensor:
    """(B, r, FEATURES) centred cosines of fixed random projections of the coordinates."""
    generator = torch.Generator().manual_seed(20251118)  # part of the statistic's definition
    weights = torch.randn(8, FEATURES, generator=generator)[: a.shape[-1]].to(a)
    phases = (2 * math.pi * torch.rand(FEATURES, generator=generator)).to(a)
    weights = weights * (scale / a.shape[-1] ** 0.5)
    waves = torch.addmm(phases, a.flatten(0, 1), weights).cos().view(*a.shape[:2], FEATURES)
    return waves - waves.mean(-2, keepdim=True)


def ridge_correlations(a: Tensor, b: Tensor, ridge: float) -> Tensor:
    """(B, f) ascending squared canonical correlations of features, float64.

    Args:
        a: (B, r, f) and b: (B, r, g), centred.
        ridge: added to the correlations of each side with itself.
    """
    return _correlations(_covariance(a, b), a.shape[-1], ridge)


def _covariance(a: Tensor, b: Tensor) -> Tensor:
    """(B, f + g, f + g) of centred columns (B, r, f) and (B, r, g) together."""
    between = a.mT @ b  # in blocks: to copy all columns into one place takes as long
    rows = [torch.cat([a.mT @ a, between], -1), torch.cat([between.mT, b.mT @ b], -1)]
    return torch.cat(rows, -2) / a.shape[1]


def _correlations(covariance: Tensor, f: int, ridge: float) -> Tensor:
    """As `ridge_correlations`, of (..., f + g, f + g)."""
    scale = covariance.diagonal(dim1=-2, dim2=-1).clamp_min(LEAST_VARIANCE).rsqrt()
    joint = covariance * scale.unsqueeze(-1) * scale.unsqueeze(-2)
    joint = joint + ridge * torch.eye(joint.shape[-1], device=joint.device, dtype=joint.dtype)
    factor_a, factor_b = (
        torch.linalg.cholesky(joint[..., s, s]) for s in (slice(None, f), slice(f, None))
    )
    half = torch.linalg.solve_triangular(factor_a, joint[..., :f, f:], upper=False)
    coherence = torch.linalg.solve_triangular(factor_b, half.mT, upper=False)
    return torch.linalg.eigvalsh((coherence.mT @ coherence).double()).clamp(0, 1 - 1e-6)

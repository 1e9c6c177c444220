"""Statistics that are close to sufficient for Gaussian and elliptical laws, in either frame.

Canonical spectra at several ridges, the layout of the correlations, and the rows' radii. Letters as
in `copula` and `canonical`: B datasets, n rows, p columns of X, q of Y.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.canonical import RHO_SQUARED_MAX, Spectrum
from mist_core.statistics.scaling import (
    both_sides,
    gaussian_information,
    interpolated_quantiles,
    log_information,
)

SPECTRUM_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
TOP_LEVELS = (*SPECTRUM_LEVELS, 1.0)
# Places of ln(estimate of the MI) among the numbers of `canonical_spectra`: the second of eleven
# for each of five ridges, and the last; and among those of `correlation_structure`.
SPECTRA_ESTIMATES = (1, 12, 23, 34, 45, 56)
STRUCTURE_ESTIMATES = (4,)
ENTRY_LEVELS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)


def canonical_spectra(frame: Spectrum) -> Tensor:
    """Canonical correlations at five ridges, as information: sums, tops and quantiles."""
    p, q, n = frame.dim_x, frame.dim_y, frame.n_samples
    load = min((p + q) / n, 3.0)
    parts = []
    for ridge in (1e-6, 0.02, 0.2, 0.2 * load, load):
        rho_squared = frame.squared_correlations(ridge)
        information = gaussian_information(rho_squared)
        total = information.sum(-1, keepdim=True)
        quantiles = interpolated_quantiles(information, SPECTRUM_LEVELS)
        tops = _top(information, 3)
        parts += [total, log_information(total), rho_squared.sum(-1, keepdim=True)]
        parts += [log_information(quantiles), log_information(tops)]
    debiased = parts[0] - plug_in_bias(n, p, q)
    return torch.cat([*parts, debiased, log_information(debiased)], -1)


def _top(ascending: Tensor, k: int) -> Tensor:
    """(B, k) largest values, the smallest repeated when there are fewer than k."""
    index = torch.arange(ascending.shape[-1] - 1, ascending.shape[-1] - 1 - k, -1)
    return ascending[..., index.clamp_min(0).to(ascending.device)]


def correlation_structure(frame: Spectrum) -> Tensor:
    """How the correlations are laid out: dense, sparse, paired; within and between the sides."""
    p, q, n = frame.dim_x, frame.dim_y, frame.n_samples
    between = frame.between
    aligned, top_value = _sign_aligned(frame.joint)
    strongest_x = between.abs().amax(-1)
    strongest_y = between.abs().amax(-2)
    totals = torch.stack([_paired_information(m) for m in (strongest_x, strongest_y)], -1)
    within = both_sides(_within(aligned[:, :p, :p], n), _within(aligned[:, p:, p:], n))
    entries = aligned[:, :p, p:].flatten(1)
    energy = between.square().sum((-1, -2)) - p * q / n
    return torch.cat(
        [
            torch.stack([top_value.log(), entries.mean(-1), energy, energy / (p * q)], -1),
            log_information(both_sides(totals[:, :1], totals[:, 1:])),
            totals.amin(-1, keepdim=True),
            within,
            interpolated_quantiles(entries, ENTRY_LEVELS),
            both_sides(
                interpolated_quantiles(strongest_x, TOP_LEVELS),
                interpolated_quantiles(strongest_y, TOP_LEVELS),
            ),
            both_sides(
                interpolated_quantiles((frame.values_x + 1e-3).log(), (0.0, *TOP_LEVELS)),
                interpolated_quantiles((frame.values_y + 1e-3).log(), (0.0, *TOP_LEVELS)),
            ),
        ],
        -1,
    )


def _paired_information(strongest: Tensor) -> Tensor:
    """(B,) information of a side's columns with their strongest partners, were these all of it."""
    return gaussian_information(strongest.square().clamp_max(RHO_SQUARED_MAX)).sum(-1)


def _within(block: Tensor, n_samples: int) -> Tensor:
    """(B, 2) mean off-diagonal correlation of a side and its mean square, noise removed."""
    d = block.shape[-1]
    off = block - torch.diag_embed(block.diagonal(dim1=-2, dim2=-1))
    count = max(d * (d - 1), 1)
    mean_square = off.square().sum((-1, -2)) / count - (1 / n_samples if d > 1 else 0.0)
    return torch.stack([off.sum((-1, -2)) / count, mean_square], -1)


def _sign_aligned(joint: Tensor) -> tuple[Tensor, Tensor]:
    """Correlations with each column's sign turned along the leading joint direction, and its value.

    Twelve power iterations from the largest column; sign flips of columns leave the result alone.
    """
    largest = joint.square().sum(-1).argmax(-1)
    v = joint.gather(-1, largest.view(-1, 1, 1).expand(-1, joint.shape[-1], 1))  # (B, d, 1)
    for _ in range(12):
        v = joint @ v
        v = v / v.norm(dim=-2, keepdim=True)
    top_value = (v.mT @ joint @ v).squeeze((-1, -2)).clamp_min(1e-3)
    sign = torch.where(v < 0, -1.0, 1.0).to(joint)
    return joint * sign * sign.mT, top_value


def radial(plain: tuple[Tensor, Tensor], white: tuple[Tensor, Tensor]) -> Tensor:
    """Log-radii of the rows: spread, shape and co-movement of the two sides.

    Args:
        plain: standardised columns, (B, n, p) and (B, n, q).
        white: the same whitened.
    """
    return torch.cat(
        [
            _comovement(*((side.square().mean(-1) + 1e-4).log() for side in sides))
            for sides in (plain, white)
        ],
        -1,
    )


def _comovement(a: Tensor, b: Tensor) -> Tensor:
    """(B, 9) moments of two scalars a row, (B, n) each: correlation, covariance, spread, shape."""
    unit_a, spread_a = _standardise(a)
    unit_b, spread_b = _standardise(b)
    correlation = (unit_a * unit_b).mean(-1)
    shape_a, shape_b = (
        torch.stack([s.log(), u.pow(3).mean(-1), _log_kurtosis(u)], -1)
        for u, s in ((unit_a, spread_a), (unit_b, spread_b))
    )
    information = gaussian_information(0.999 * correlation.square())
    joint = torch.stack([correlation, correlation * spread_a * spread_b, information], -1)
    return torch.cat([joint, both_sides(shape_a, shape_b)], -1)


def _log_kurtosis(unit: Tensor) -> Tensor:
    """(B,) of values of unit variance; constants, which have none, are held at a low value."""
    return unit.clamp(-6, 6).pow(4).mean(-1).clamp_min(0.01).log()


def _standardise(a: Tensor) -> tuple[Tensor, Tensor]:
    centred = a - a.mean(-1, keepdim=True)
    spread = centred.square().mean(-1, keepdim=True).clamp_min(1e-8).sqrt()
    return centred / spread, spread.squeeze(-1)


def plug_in_bias(n_samples: int, dim_x: int, dim_y: int) -> float:
    """Expected excess of the Gaussian plug-in MI, nats, exact for Gaussian data (Wishart logdets).

    NaN-free by definition only where n > p + q + 1; elsewhere 0 is returned.
    """
    if n_samples <= dim_x + dim_y + 1:
        return 0.0

    def log_determinant(d: int) -> float:
        half = torch.arange(n_samples - d, n_samples, dtype=torch.float64) / 2
        return float((half.digamma() - math.log((n_samples - 1) / 2)).sum())

    return (log_determinant(dim_x) + log_determinant(dim_y) - log_determinant(dim_x + dim_y)) / 2

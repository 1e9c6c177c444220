"""Directions of a side that tell about the other, also where no correlation shows them.

Sufficient dimension reduction by averages of slices: for functions psi_k of the other side's
coordinates, E[psi_k x] finds monotone directions and E[psi_k x x'] even ones (principal Hessian
directions, Li, 1992, doi 10.1080/01621459.1992.10476258; SAVE, Cook and Weisberg, 1991). Letters as
in `canonical`; K functions; k coordinates a side.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.statistics.canonical import Spectrum, coordinates, standardised
from mist_core.statistics.nonlinear import ridge_correlations
from mist_core.statistics.scaling import both_sides, gaussian_information, log_information

# Functions of the other side, in all: harmonics of its few coordinates, or fewer of more.
FUNCTIONS = 8
# Directions that are found in one half of the rows and judged in the other.
JUDGED = 2
# Entries of a row beyond so many spreads count as so many: one row must not make a direction.
BOUND = 4.0
# Rows that find directions, at most: enough to tell them from chance in 64 columns.
ROWS = 4096
# Places of ln(estimate of the MI).
ESTIMATES = (0, 1, 2)


@dataclass(frozen=True)
class Slices:
    """One side seen through functions of the other, in either half of the rows.

    Attributes:
        white: (B, r, p) whitened side, rows in random order, cut at BOUND.
        functions: (B, r, K) of the other side, standardised.
        firsts: (B, 2, K, p) means of psi_k x in each half.
        seconds: (B, 2, K, p, p) means of psi_k x x'.
    """

    white: Tensor
    functions: Tensor
    firsts: Tensor
    seconds: Tensor


def slices(white: tuple[Tensor, Tensor], local: tuple[Tensor, Tensor]) -> tuple[Slices, Slices]:
    """Both sides, each through functions of the other's coordinates.

    Args:
        white: (B, n, p) and (B, n, q), both sides of one frame, whitened.
        local: (B, n, k) and (B, n, l), canonical coordinates of the same frame.
    """
    return tuple(
        _sliced(side[:, :ROWS], functions(other[:, :ROWS]))
        for side, other in zip(white, reversed(local), strict=True)
    )


def directed_coordinates(
    white: tuple[Tensor, Tensor], sides: tuple[Slices, Slices], frame: Spectrum, ridge: float
) -> tuple[Tensor, Tensor]:
    """Coordinates as `canonical.coordinates`, nonlinear directions among the leading ones.

    Args:
        white: (B, n, p) and (B, n, q), both sides of one frame, whitened at `ridge`.
        sides: of `slices`.
        frame, ridge: as for `canonical.coordinates`.

    Returns:
        (B, n, min(p, COORDINATES)) and (B, n, min(q, COORDINATES)).
    """
    extra = tuple(
        _weight(side.white) * _scores(side.firsts.mean(1), side.seconds.mean(1)) for side in sides
    )
    return coordinates(*white, frame, ridge, extra)


def crossfitted(sides: tuple[Slices, Slices]) -> Tensor:
    """Information along directions that were found in other rows.

    Ridge canonical correlations between cosines of the leading directions of one side, found in
    one half of the rows, and functions of the other side, in the other half. A chance direction
    tells nothing about rows that did not choose it.

    Args:
        sides: of `slices`.

    Returns:
        (B, 6): ln of the estimate from either side (the greater, the smaller) and their mean; the
        strongest squared correlation of either side (mean, difference); and how much more the one
        side finds than the other.
    """
    nats, strongest = (
        torch.stack(parts, -1) for parts in zip(*map(_judged, sides), strict=True)
    )  # (B, 2)
    three = torch.stack([nats.amax(-1), nats.amin(-1), nats.mean(-1)], -1)
    beside = both_sides(strongest[:, :1], strongest[:, 1:])
    return torch.cat([log_information(three), beside, three[:, :1] - three[:, 1:2]], -1)


def functions(coordinates: Tensor) -> Tensor:
    """(B, n, K) standardised cosines of the normal cdf of up to four coordinates (B, n, k)."""
    rank = torch.special.ndtr(coordinates)
    harmonics = FUNCTIONS // max(2, coordinates.shape[-1])
    waves = [torch.cos(math.pi * j * rank) for j in range(1, harmonics + 1)]
    return standardised(torch.cat(waves, -1))


def _sliced(white: Tensor, functions: Tensor) -> Slices:
    half, p = white.shape[1] // 2, white.shape[-1]
    x = white.clamp(-BOUND, BOUND)
    firsts, seconds = [], []
    for rows in (slice(None, half), slice(half, None)):
        psi, part = functions[:, rows], x[:, rows]
        n = part.shape[1]
        firsts.append(psi.mT @ part / n)  # (B, K, p)
        scaled = (psi.unsqueeze(-1) * part.unsqueeze(-2)).flatten(-2)  # (B, n, K p)
        seconds.append((scaled.mT @ part / n).unflatten(1, (-1, p)))  # (B, K, p, p)
    return Slices(x, functions, torch.stack(firsts, 1), torch.stack(seconds, 1))


def _scores(firsts: Tensor, seconds: Tensor) -> Tensor:
    """(B, p, p) float64: how much each direction of a side says about functions of the other.

    Args:
        firsts: (B, K, p) and seconds: (B, K, p, p), as in `Slices`, of some rows.
    """
    return (firsts.mT @ firsts + (seconds @ seconds).sum(1) / 2).double()


def _weight(white: Tensor) -> float:
    """Less where chance alone gives every direction a score: about FUNCTIONS (p + 1) / 2n."""
    n, p = white.shape[-2:]
    return 1 / (1 + FUNCTIONS * (p + 1) / n)


def _judged(side: Slices) -> tuple[Tensor, Tensor]:
    """(B,) information and (B,) strongest squared correlation, each the mean over both halves."""
    half = side.white.shape[1] // 2
    halves = (slice(None, half), slice(half, None))
    found = [_judge(side, k, halves[1 - k]) for k in range(2)]
    return tuple(torch.stack(values).mean(0) for values in zip(*found, strict=True))


def _judge(side: Slices, finder: int, rows: slice) -> tuple[Tensor, Tensor]:
    """Directions of one half of the rows, by correlations in the other."""
    _, vectors = torch.linalg.eigh(_scores(side.firsts[:, finder], side.seconds[:, finder]))
    leading = vectors.flip(-1)[..., : min(JUDGED, side.white.shape[-1])].to(side.white)
    seen = functions(standardised(side.white[:, rows] @ leading))
    other = standardised(side.functions[:, rows])
    count = seen.shape[1]
    rho_squared = ridge_correlations(seen, other, ridge=0.01 + 2.0 / count)
    # Chance alone gives the sum of the squares its expectation.
    chance = seen.shape[-1] * other.shape[-1] / count
    nats = gaussian_information(rho_squared).sum(-1) - chance / 2
    return nats.clamp_min(0).to(seen), rho_squared[..., -1].to(seen)

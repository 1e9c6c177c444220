"""Directions of a side that tell about the other, also where no correlation shows them.

Sufficient dimension reduction by averages of slices: for functions psi_k of the other side's
coordinates, E[psi_k x] finds monotone directions and E[psi_k x x'] even ones (principal Hessian
directions, Li, 1992, doi 10.1080/01621459.1992.10476258; SAVE, Cook and Weisberg, 1991). Letters as
in `canonical`; K functions; k coordinates a side.
"""

import math

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
# Places of ln(estimate of the MI).
ESTIMATES = (0, 1, 2)


def directed_coordinates(
    white: tuple[Tensor, Tensor], local: tuple[Tensor, Tensor], frame: Spectrum, ridge: float
) -> tuple[Tensor, Tensor]:
    """Coordinates as `canonical.coordinates`, nonlinear directions among the leading ones.

    Args:
        white: (B, n, p) and (B, n, q), both sides of one frame, whitened at `ridge`.
        local: (B, n, k) and (B, n, l), canonical coordinates of the same frame.

    Returns:
        (B, n, min(p, COORDINATES)) and (B, n, min(q, COORDINATES)).
    """
    extra = tuple(
        _weight(side) * direction_scores(side, _functions(other))
        for side, other in zip(white, reversed(local), strict=True)
    )
    return coordinates(*white, frame, ridge, extra)


def crossfitted(white: tuple[Tensor, Tensor], local: tuple[Tensor, Tensor]) -> Tensor:
    """Information along directions that were found in other rows.

    Ridge canonical correlations between cosines of the leading directions of one side, found in
    one half of the rows, and functions of the other side, in the other half; rows come in random
    order. A chance direction tells nothing about rows that did not choose it.

    Args:
        white, local: as for `directed_coordinates`.

    Returns:
        (B, 6): ln of the estimate from either side (the greater, the smaller) and their mean; the
        strongest squared correlation of either side (mean, difference), and its excess.
    """
    found = [
        _judged(side, _functions(other)) for side, other in zip(white, reversed(local), strict=True)
    ]
    nats, strongest = (torch.stack(parts, -1) for parts in zip(*found, strict=True))  # (B, 2)
    three = torch.stack([nats.amax(-1), nats.amin(-1), nats.mean(-1)], -1)
    beside = both_sides(strongest[:, :1], strongest[:, 1:])
    return torch.cat([log_information(three), beside, three[:, :1] - three[:, 1:2]], -1)


def direction_scores(white: Tensor, functions: Tensor) -> Tensor:
    """(B, p, p) float64: how much each direction of a side says about functions of the other.

    Args:
        white: (B, n, p) whitened side.
        functions: (B, n, K) of the other side, standardised.
    """
    n, p = white.shape[-2:]
    x = white.clamp(-BOUND, BOUND)
    firsts = functions.mT @ x / n  # (B, K, p)
    scaled = (functions.unsqueeze(-1) * x.unsqueeze(-2)).flatten(-2)  # (B, n, K p)
    seconds = (scaled.mT @ x / n).unflatten(1, (-1, p))  # (B, K, p, p)
    return (firsts.mT @ firsts + (seconds @ seconds).sum(1) / 2).double()


def _weight(white: Tensor) -> float:
    """Less where chance alone gives every direction a score: about FUNCTIONS (p + 1) / 2n."""
    n, p = white.shape[-2:]
    return 1 / (1 + FUNCTIONS * (p + 1) / n)


def _functions(coordinates: Tensor) -> Tensor:
    """(B, n, K) standardised cosines of the normal cdf of up to four coordinates (B, n, k)."""
    k = coordinates.shape[-1]
    rank = torch.special.ndtr(coordinates)
    waves = [torch.cos(math.pi * j * rank) for j in range(1, FUNCTIONS // max(2, k) + 1)]
    return standardised(torch.cat(waves, -1))


def _judged(white: Tensor, functions: Tensor) -> tuple[Tensor, Tensor]:
    """(B,) information and (B,) strongest squared correlation, each the mean over both halves."""
    half = white.shape[1] // 2
    parts = [(white[:, :half], functions[:, :half]), (white[:, half:], functions[:, half:])]
    found = [_judge(*parts[k], *parts[1 - k]) for k in range(2)]
    return tuple(torch.stack(values).mean(0) for values in zip(*found, strict=True))


def _judge(white: Tensor, functions: Tensor, white_2: Tensor, functions_2: Tensor):
    """Directions from the first half of the rows, correlations from the second."""
    _, vectors = torch.linalg.eigh(direction_scores(white, functions))
    leading = vectors.flip(-1)[..., : min(JUDGED, white.shape[-1])].to(white)
    seen = _functions(standardised(white_2 @ leading))
    other = standardised(functions_2)
    rows = white_2.shape[1]
    rho_squared = ridge_correlations(seen, other, ridge=0.01 + 2.0 / rows)
    # Chance alone gives the sum of the squares its expectation.
    chance = seen.shape[-1] * other.shape[-1] / rows
    nats = gaussian_information(rho_squared).sum(-1) - chance / 2
    return nats.clamp_min(0).to(white), rho_squared[..., -1].to(white)

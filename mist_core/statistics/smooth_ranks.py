"""Ranks that have a slope: what gradients go through instead of exact ranks."""

import math

import torch
from torch import Tensor

from mist_core.statistics.ordering import argsort

# Levels of the quantiles that smooth scores pass through, by the most rows they are for.
KNOTS = (
    (19, (0.25, 0.75)),
    (99, (0.1, 0.25, 0.75, 0.9)),
    (math.inf, (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)),
)
# Quantiles nearer to each other than this share of the spread count as one: steeper slopes, and
# their squares in a gradient, are no numbers of the type any more.
NEAREST = {torch.float64: 2.0**-400, torch.float32: 2.0**-40}
# Rows that the smooth ranks compare with; beyond it the smooth CDF uses an evenly spaced subset.
SOFT_REFERENCES = 2048


def smooth_ranks(columns: Tensor) -> Tensor:
    """Differentiable stand-in for mid-ranks: a logistic-kernel CDF of each column.

    The kernel works on normal scores, so that neither the unit nor a far row nor a heavy tail makes
    a difference. Its width shrinks like n^(-1/2), so that the smooth ranks tend to the exact ones.

    Args:
        columns: (B, d, n).

    Returns:
        (B, d, n) values in (0, 1).
    """
    n = columns.shape[-1]
    step = -(-n // SOFT_REFERENCES)
    scores = _smooth_scores(columns)
    references = scores[..., ::step]  # (B, d, r)
    bandwidth = 0.5 / n**0.5
    pieces = [
        torch.sigmoid((piece.unsqueeze(-1) - references.unsqueeze(-2)) / bandwidth).mean(-1)
        for piece in scores.split(SOFT_REFERENCES, dim=-1)
    ]
    # A row's comparison with itself gives 1/2, as a mid-rank does; the margin keeps ndtri finite.
    return torch.cat(pieces, -1).clamp(0.25 / n, 1 - 0.25 / n)


def _smooth_scores(columns: Tensor) -> Tensor:
    """(B, d, n) about normal scores, linear in the values between a few quantiles and beyond.

    Increasing and continuous in the values, of which the quantiles are functions, too, so that
    what autograd makes of it is the slope.
    """
    n = columns.shape[-1]
    levels = columns.new_tensor(next(levels for most, levels in KNOTS if n <= most))
    place = levels * (n - 1)
    low, high = place.floor().long(), place.ceil().long()
    ordered = columns.gather(-1, argsort(columns))
    values = ordered[..., low] + (place - low) * (ordered[..., high] - ordered[..., low])
    heights = torch.special.ndtri(levels).expand(values.shape)  # (B, d, k)
    right = torch.searchsorted(values.detach().contiguous(), columns.detach())
    right = right.clamp(1, len(levels) - 1)
    (x0, y0), (x1, y1) = ((values.gather(-1, k), heights.gather(-1, k)) for k in (right - 1, right))
    spread = columns.detach().std(-1, keepdim=True)
    # Where many rows share a value two quantiles are one: the slope of all rows must do.
    apart = x1 - x0 > NEAREST[columns.dtype] * spread
    slope = torch.where(spread > 0, 1 / torch.where(spread > 0, spread, 1.0), 0.0)
    steep = torch.where(apart, (y1 - y0) / torch.where(apart, x1 - x0, 1.0), slope)
    return y0 + steep * (columns - x0)

"""One column's marginal as an increasing map from the standard normal, fitted to its values."""

import torch
from torch import Tensor

from mist_core.distributions.transforms.maps import Transform

# Enough for any shape a few hundred rows can show; more would follow single rows.
MOST_KNOTS = 64
# The slope beyond the last knot is that over so many knots: two rows alone would make it random.
TAIL_KNOTS = 4


class QuantileMap(Transform):
    """The piecewise linear map through the knots (score, value), straight beyond the ends.

    Args:
        scores: (k,) strictly increasing, k >= 2.
        values: (k,) strictly increasing.
    """

    def __init__(self, scores: Tensor, values: Tensor) -> None:
        self.scores, self.values = scores, values

    def __call__(self, x):
        return _interpolate(x, self.scores, self.values)

    def inverse(self, y):
        return _interpolate(y, self.values, self.scores)


def fit_knots(values: Tensor) -> tuple[Tensor, Tensor]:
    """Normal scores and values at which the map of a column is pinned.

    Args:
        values: (n,) float64, at least two different ones; equal values share their mid-rank.

    Returns:
        Two tensors of shape (k,), both strictly increasing, k from 2 to MOST_KNOTS.
    """
    distinct, counts = values.unique(return_counts=True)
    levels = (counts.cumsum(0) - counts / 2) / len(values)  # mid-ranks, inside (0, 1)
    scores = torch.special.ndtri(levels)
    if len(distinct) <= MOST_KNOTS:
        return scores, distinct
    wanted = torch.special.ndtri((torch.arange(MOST_KNOTS, dtype=values.dtype) + 0.5) / MOST_KNOTS)
    places = torch.searchsorted(scores, wanted).clamp(0, len(scores) - 1).unique()
    return scores[places], distinct[places]


def _interpolate(x: Tensor, nodes: Tensor, heights: Tensor) -> Tensor:
    nodes, heights = nodes.to(x), heights.to(x)
    place = torch.searchsorted(nodes, x.contiguous()).clamp(1, len(nodes) - 1)
    left, right = place - 1, place
    reach = min(TAIL_KNOTS, len(nodes) - 1)
    inner_left = torch.where(x > nodes[-1], len(nodes) - 1 - reach, left)
    inner_right = torch.where(x < nodes[0], reach, right)
    slope = (heights[inner_right] - heights[inner_left]) / (nodes[inner_right] - nodes[inner_left])
    anchor = torch.where(x > nodes[-1], right, left)
    return heights[anchor] + slope * (x - nodes[anchor])

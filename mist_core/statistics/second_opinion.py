"""What the nearest neighbours of all rows say, which is right of any law where there are enough.

Letters: B datasets, F statistics, f folds.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.dimension import dimensions
from mist_core.statistics.neighbours import Search, neighbours
from mist_core.statistics.summary import Views

# With fewer rows, or more columns on both sides together, neighbours are too far to tell.
LEAST_ROWS, MOST_COLUMNS = 1500, 8
# More rows, which no draw had, count as so many.
MOST_ROWS = 40_000
# Probability of a repeated value beyond which neighbours at no distance are no evidence.
TIED = 1e-3
SEARCH = Search(1024, 1 << 14, (1, 4), more=4)
# Places of ln(estimate of the MI) among the statistics.
ESTIMATES = tuple(3 + place for place in SEARCH.estimates)
COUNT = 3 + 2 * len(SEARCH.folds) + 1 + 7


def fits(rows: int, columns: int) -> bool:
    """Whether so many rows and columns on both sides together are asked about."""
    return rows >= LEAST_ROWS and columns <= MOST_COLUMNS


def read(v: Views) -> tuple[Tensor, Tensor]:
    """Estimates at two scales in the whitened normal scores, with what their error depends on.

    Returns:
        (B, F) and (B,): the statistics, and whether values repeat so seldom that they hold.
    """
    n, p, q = v.n_samples, v.x.scores.shape[-1], v.y.scores.shape[-1]
    sizes = v.x.scores.new_tensor(
        [math.log(min(n, MOST_ROWS)), math.log(min(p, q)), math.log(max(p, q))]
    )
    found = neighbours(*v.white, SEARCH)  # (B, 2 f)
    change = found[:, :1] - found[:, 1:2]
    of_sets = dimensions(*v.white)
    parts = [sizes.expand(len(found), -1), found, change, of_sets]
    repeats = torch.cat([v.x.repeat_share, v.y.repeat_share], -1).amax(-1)
    return torch.cat([part.float() for part in parts], -1), repeats < TIED

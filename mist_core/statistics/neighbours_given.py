"""What the nearest neighbours of all rows say of I(X;Y|Z), which is right of any law with enough.

Letters: B datasets, F statistics, f folds.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.neighbours import Search, conditional, neighbours
from mist_core.statistics.scaling import both_sides, log_information
from mist_core.statistics.second_opinion import TIED
from mist_core.statistics.triple import Triple, whitened

# With fewer rows, or more columns of all sides together, neighbours are too far to tell.
LEAST_ROWS, MOST_COLUMNS = 200, 8
# More rows, which no draw had, count as so many.
MOST_ROWS = 8000
SEARCH = Search(1024, 1 << 13, (1, 4), more=4)
_FOLDS = len(SEARCH.folds)
_SIZES = 4
# Places of ln(estimate of the information) among the statistics: of three estimates, and of a gain.
ESTIMATES = (
    *(_SIZES + 2 * _FOLDS * part + place for part in range(3) for place in SEARCH.estimates),
    *(_SIZES + 6 * _FOLDS + fold for fold in range(_FOLDS)),
)
COUNT = _SIZES + 11 * _FOLDS + 4


def fits(rows: int, columns: int) -> bool:
    """Whether so many rows and columns of all sides together are asked about."""
    return rows >= LEAST_ROWS and columns <= MOST_COLUMNS


def read(t: Triple) -> tuple[Tensor, Tensor]:
    """Estimates at two scales, in several frames whose errors differ.

    Of the sides as they are, of what functions of Z leave of them beside Z and without it, and the
    gain I(X; Y, Z) - I(X; Z), both ways.

    Returns:
        (B, F) and (B,): the statistics, and whether values repeat so seldom that they hold.
    """
    x, y = t.plain.white
    z = whitened(t.z.scores)
    left = t.residual.white
    p, q, r = x.shape[-1], y.shape[-1], z.shape[-1]
    sizes = [math.log(min(t.n_samples, MOST_ROWS)), math.log(min(p, q)), math.log(max(p, q))]
    sizes = x.new_tensor([*sizes, math.log(r)]).float().expand(len(x), -1)
    whole = conditional(x, y, z, SEARCH)  # (B, 2 f), as all of these
    beside = conditional(*left, z, SEARCH)
    without = neighbours(*left, SEARCH)
    of_z = [neighbours(side, z, SEARCH) for side in (x, y)]
    more = [neighbours(side, torch.cat([other, z], -1), SEARCH) for side, other in ((x, y), (y, x))]
    gains = [(a - b)[:, :_FOLDS] for a, b in zip(more, of_z, strict=True)]
    gain = both_sides(*gains)  # (B, 2 f)
    nearer = [
        whole[:, 0] - whole[:, 1],
        beside[:, 0] - beside[:, 1],
        whole[:, 0] - beside[:, 0],
        whole[:, 0] - without[:, 0],
    ]
    parts = [sizes, whole, beside, without, log_information(gain[:, :_FOLDS]), gain]
    parts += [both_sides(*(found[:, _FOLDS:] for found in of_z)), torch.stack(nearer, -1)]
    sides = (side.repeat_share for side in (t.x, t.y, t.z))
    repeats = torch.cat([*sides], -1).amax(-1)
    return torch.cat([part.float() for part in parts], -1), repeats < TIED

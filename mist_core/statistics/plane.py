"""What the nearest neighbours of all rows say of two single columns: an estimate that converges.

A network errs by a percent or two however many rows there are. In the plane the estimate of
Kraskov, Stoegbauer and Grassberger (2004, doi:10.1103/PhysRevE.69.066138) errs by little more than
sd / sqrt(n) under any law without finer structure than neighbours show; how it changes with their
number tells where there is some. Letters: B datasets, n rows, F statistics.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import cKDTree
from scipy.special import digamma
from torch import Tensor

from mist_core.statistics.scaling import log_information
from mist_core.statistics.second_opinion import TIED
from mist_core.statistics.summary import Views

LEAST_ROWS = 1500
# Of more rows a random part is read: it takes 0.4 s.
MOST_ROWS = 100_000
# More rows, which no draw had, count as so many where it is told how far the estimate is off.
MOST_DRAWN = 50_000
# Neighbours: few are near, and many tell whether that was near enough.
FEW, MANY = 4, 16
COUNT = 5
# Nats; where the estimate changes by more, or by half of itself, rows are too few to see the
# structure.
MOST_CHANGE = 0.3
# Nats; of one column that is a function of the other all rows say the same.
LEAST_ERROR = 1e-4
# In place of the estimates of tied values.
UNKNOWN = np.array([[0.0, 1.0], [0.0, 1.0]])
# Below their true distance, so that the farthest neighbour itself is not counted.
INSIDE = 1 - 1e-7


@dataclass(frozen=True)
class Estimates:
    """Of B datasets.

    Attributes:
        statistics: (B, F) what the error depends on.
        value: (B,) nats, from FEW neighbours; below 0 by chance where hardly anything is told.
        error: (B,) nats, its standard error over rows.
        change: (B,) nats, what MANY neighbours say less of.
        holds: (B,) whether values repeat so seldom, and neighbours are so near, that this is right.
    """

    statistics: Tensor
    value: Tensor
    error: Tensor
    change: Tensor
    holds: Tensor


def fits(rows: int, columns: int) -> bool:
    """Whether so many rows and columns on both sides together are asked about."""
    return rows >= LEAST_ROWS and columns == 2


def read(v: Views) -> Estimates:
    """Estimates from the normal scores of both columns, whose rows are in random order."""
    untied = torch.cat([v.x.repeat_share, v.y.repeat_share], -1).amax(-1) < TIED
    sides = [side.scores[:, :MOST_ROWS, 0].double().numpy() for side in (v.x, v.y)]
    # Among equal rows a search would look at all of them.
    told = [_estimates(x, y) if u else UNKNOWN for x, y, u in zip(*sides, untied, strict=True)]
    found = torch.tensor(np.array(told))
    (few, many), (error, other) = found.unbind(-1)[0].T, found.unbind(-1)[1].T
    n = sides[0].shape[1]
    statistics = [
        torch.full_like(few, math.log(min(n, MOST_DRAWN))),
        log_information(few),
        ((few - many) / error).asinh(),
        (error * math.sqrt(n)).log(),
        (other / error).log(),
    ]
    change = few - many
    near = (change < few / 2) | (change < 4 * error)
    holds = untied & near & (change.abs() < MOST_CHANGE)
    return Estimates(torch.stack(statistics, -1).float(), few, error, change, holds)


def _estimates(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(2, 2) for FEW and MANY neighbours the estimate and its standard error, of columns (n,)."""
    n, points = len(x), np.stack([x, y], 1)
    distances, _ = cKDTree(points).query(points, k=[FEW + 1, MANY + 1], p=np.inf)
    columns = [(side, np.sort(side)) for side in (x, y)]
    found = []
    for k, radius in zip((FEW, MANY), distances.T * INSIDE, strict=True):
        near = [_within(*column, radius) for column in columns]  # the row itself, too
        of_rows = digamma(k) + digamma(n) - digamma(near[0]) - digamma(near[1])
        found.append((of_rows.mean(), max(of_rows.std() / math.sqrt(n), LEAST_ERROR)))
    return np.array(found)


def _within(column: np.ndarray, ordered: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """(n,) how many values lie within a radius of each."""
    most = np.searchsorted(ordered, column + radius, side="right")
    return np.maximum(most - np.searchsorted(ordered, column - radius, side="left"), 1)

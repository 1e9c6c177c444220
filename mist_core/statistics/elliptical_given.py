"""What normal and Student copulas make of I(X;Y|Z), and how well they fit.

Both are of all three sides; the tests look at what is left of X and Y beside a line in Z, at what
functions of Z leave, and at whether Z says more than lines do. Letters: B datasets, n rows, p, q
and r columns of X, Y and Z.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics import elliptical
from mist_core.statistics.canonical import standardised
from mist_core.statistics.scaling import both_sides
from mist_core.statistics.triple import Triple, whitened

# With fewer rows nothing is told apart; more a column are asked for.
LEAST_ROWS, ROWS_A_COLUMN = 200, 10
# More rows, which no draw had, count as so many where it is told how far copulas are to be trusted.
MOST_DRAWN = 8000
# Canonical pairs whose product may change with Z.
PAIRS = 3
COUNT = elliptical.COUNT + 1 + elliptical.TESTS + 1 + 2 * elliptical.MOMENTS + 1 + 4


def fits(rows: int, columns: int) -> bool:
    """Whether so many rows and columns of all sides together are asked about."""
    return rows >= max(LEAST_ROWS, ROWS_A_COLUMN * columns)


def read(t: Triple) -> elliptical.Fits:
    """A normal and a Student copula of X and Y given Z."""
    z = whitened(t.z.scores).float()[:, : elliptical.MOST_ROWS]
    linear = tuple(map(standardised, t.left))
    normal = elliptical.fit_normal(linear, t.partial)
    left = elliptical.fit_normal(t.residual.score_columns, t.residual.scores)
    statistics = [
        z.new_tensor([math.log(z.shape[-1])]).expand(len(z), -1),
        left.tests,
        ((left.estimate - normal.estimate) / normal.error).asinh().unsqueeze(-1),
        _beside(linear, z),
        elliptical.kurtosis(z.square().sum(-1), z.shape[-1]).asinh().unsqueeze(-1),
        _moderation(normal, z),
    ]
    sides = t.x, t.y, t.z
    repeats = torch.cat([side.repeat_share for side in sides], -1).amax(-1)
    columns = tuple(side.scores for side in sides)
    return elliptical.fitted(normal, t.partial, MOST_DRAWN, statistics, columns, repeats)


def _beside(linear: tuple[Tensor, Tensor], z: Tensor) -> Tensor:
    """(B, 2 MOMENTS) whether what is linear in Z is all that Z says of either side."""
    none = z.new_zeros(())
    told = [elliptical.moments(side[:, : z.shape[1]].float(), z, none) for side in linear]
    return both_sides(*told)


def _moderation(fit: elliptical.NormalFit, z: Tensor) -> Tensor:
    """(B, 4) whether products of canonical pairs change with Z, or with its squares."""
    u, w = (side[..., :PAIRS] for side in fit.pairs)
    k = min(u.shape[-1], w.shape[-1])
    products = standardised(u[..., :k] * w[..., :k])
    n = z.shape[1]
    means = [(products.mT @ part / n).flatten(1) for part in (z, (z.square() - 1) / math.sqrt(2))]
    return torch.cat([elliptical.strength([mean], n) for mean in means], -1)

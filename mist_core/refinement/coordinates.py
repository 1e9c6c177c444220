"""Whitened normal scores of each side, and canonical coordinates of each fold's training rows.

Letters, here and in every module of this room: B datasets of one shape; n rows, p columns of X and q
of Y, d of either; K folds; m pairs.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.statistics.marginals import marginals

FOLDS = 3
# Whitened coordinates beyond this are one rare row, or one rare class.
FARTHEST = 6.0
# Log-ratios beyond this only blow up what is scored.
HIGHEST = 15.0
# Of the mean variance: directions with less are rounding, with a little more they are not blown up.
LEAST_VARIANCE, RIDGE = 1e-5, 1e-3


@dataclass(frozen=True)
class Rows:
    """B datasets as the critics see them.

    Attributes:
        normal: two sides of (B, n, d) normal scores, float32; 0 where a column is constant.
        white: the same whitened, each side by itself, cut at FARTHEST.
        fold: (n,) number of the fold in which a row is scored.
    """

    normal: tuple[Tensor, Tensor]
    white: tuple[Tensor, Tensor]
    fold: Tensor

    @property
    def n_samples(self) -> int:
        return self.fold.shape[0]

    def train(self, fold: int) -> Tensor:
        """Places of the rows from which the critics of this fold learn."""
        return (self.fold != fold).nonzero().squeeze(-1)

    def held(self, fold: int) -> Tensor:
        """Places of the rows on which they are scored."""
        return (self.fold == fold).nonzero().squeeze(-1)


@dataclass(frozen=True)
class Frame:
    """Canonical coordinates of one fold: rotations of the whitened sides.

    Attributes:
        turn: two tensors (B, d, d), the columns of X and of Y in order of their correlation.
        correlations: (B, min(p, q)) less what chance gives, from the training rows alone.
    """

    turn: tuple[Tensor, Tensor]
    correlations: Tensor


def read_rows(x: Tensor, y: Tensor, generator: torch.Generator) -> Rows:
    """Both sides of B datasets, x (B, n, p) and y (B, n, q), and random folds."""
    normal = tuple(torch.special.ndtri(marginals(side).ranks.float()) for side in (x, y))
    order = torch.randperm(x.shape[1], generator=generator)
    fold = torch.empty_like(order)
    fold[order] = torch.arange(x.shape[1]) % FOLDS
    return Rows(normal, tuple(map(whitened, normal)), fold.to(x.device))


def whitened(scores: Tensor) -> Tensor:
    """(B, n, d) of unit covariance, but for directions of hardly any variance, which shrink."""
    centred = scores - scores.mean(1, keepdim=True)
    covariance = (centred.mT @ centred / scores.shape[1]).double()
    values, vectors = torch.linalg.eigh(covariance)
    mean = values.mean(-1, keepdim=True).clamp_min(1e-12)
    scale = (values + RIDGE * mean).clamp_min(1e-12).rsqrt()
    scale = torch.where(values > LEAST_VARIANCE * mean, scale, 0.0)
    return (centred @ (vectors * scale.unsqueeze(-2)).float()).clamp(-FARTHEST, FARTHEST)


def frame(rows: Rows, places: Tensor) -> Frame:
    """Canonical coordinates of the rows at `places` (r,)."""
    x, y = (side[:, places] for side in rows.white)
    x, y = (side - side.mean(1, keepdim=True) for side in (x, y))
    cross = (x.mT @ y / len(places)).double()
    turn_x, correlations, turn_y = torch.linalg.svd(cross, full_matrices=True)
    return Frame(
        (turn_x.float(), turn_y.mT.float()),
        shrunken(correlations, len(places), max(x.shape[-1], y.shape[-1])).float(),
    )


def shrunken(correlations: Tensor, n_samples: int, columns: int) -> Tensor:
    """Correlations less what a regression on so many columns explains by chance (Ezekiel, 1930)."""
    square = correlations.clamp(0, 0.99999).square()
    freedom = max(n_samples - columns - 1, 1)
    return (square - (1 - square) * columns / freedom).clamp_min(0).sqrt()

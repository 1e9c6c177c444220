"""Whitened normal scores of each side, and canonical coordinates of each fold's training rows.

Letters, here and in every module of this room: B datasets of one shape; n rows, p columns of X and
q of Y, d of either; K folds; m pairs.
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
COLUMNS = 8


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
    """Both sides of B datasets, x (B, n, p) and y (B, n, q), in random order.

    The order is drawn from the rows' values: it does not depend on the order they come in.
    """
    normal = [_normal_scores(side) for side in (x, y)]
    key = sum(_keys(side, generator) for side in normal)
    order = key.argsort(-1)[:, torch.randperm(x.shape[1], generator=generator).to(x.device)]
    normal = tuple(side.gather(1, order.unsqueeze(-1).expand(side.shape)) for side in normal)
    fold = torch.arange(x.shape[1], device=x.device) % FOLDS
    return Rows(normal, tuple(map(whitened, normal)), fold)


def without_copies(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Rows (n, p) and (n, q) without copies of others, which a critic would have seen before.

    A few classes repeat, too: rows are copies where more than a fifth of them are different, and
    the values of a side say which.
    """
    generator = torch.Generator().manual_seed(0)
    keys = [_keys(_normal_scores(side[None]), generator)[0] for side in (x, y)]
    first = _firsts(keys[0] + keys[1])
    distinct = max(len(_firsts(key)) for key in keys)
    if len(first) == len(x) or distinct != len(first) or distinct <= len(x) / 5:
        return x, y
    return x[first], y[first]


def _firsts(keys: Tensor) -> Tensor:
    """Places of the first row of each key, in order."""
    ordered, order = keys.sort(stable=True)
    new = torch.ones_like(ordered, dtype=torch.bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return order[new].sort().values


def _normal_scores(side: Tensor) -> Tensor:
    """(B, n, d) float32, a few columns at a time: the ranks of many rows take room."""
    parts = side.split(COLUMNS, dim=-1)
    return torch.cat([torch.special.ndtri(marginals(part).ranks.float()) for part in parts], -1)


def _keys(scores: Tensor, generator: torch.Generator) -> Tensor:
    """(B, n) a number for each row (B, n, d), the same for equal rows alone."""
    weights = torch.randn(scores.shape[-1], generator=generator, dtype=torch.float64)
    total = scores.new_zeros(scores.shape[:-1], dtype=torch.float64)
    for weight, column in zip(weights.tolist(), scores.unbind(-1), strict=True):
        total += weight * column
    return total


def whitened(scores: Tensor) -> Tensor:
    """(B, n, d) of unit covariance, but for directions of hardly any variance, which shrink."""
    centred = scores - scores.mean(1, keepdim=True)
    covariance = (centred.mT @ centred / scores.shape[1]).double()
    values, vectors = (part.to(scores.device) for part in torch.linalg.eigh(covariance.cpu()))
    mean = values.mean(-1, keepdim=True).clamp_min(1e-12)
    scale = (values + RIDGE * mean).clamp_min(1e-12).rsqrt()
    scale = torch.where(values > LEAST_VARIANCE * mean, scale, 0.0)
    return (centred @ (vectors * scale.unsqueeze(-2)).float()).clamp(-FARTHEST, FARTHEST)


def frame(rows: Rows, places: Tensor) -> Frame:
    """Canonical coordinates of the rows at `places` (r,)."""
    x, y = (side[:, places] for side in rows.white)
    x, y = (side - side.mean(1, keepdim=True) for side in (x, y))
    turn_x, correlations, turn_y = singular(x.mT @ y / len(places))
    return Frame(
        (turn_x.float(), turn_y.float()),
        shrunken(correlations, len(places), max(x.shape[-1], y.shape[-1])).float(),
    )


def singular(cross: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Left vectors (B, p, p), singular values and right vectors (B, q, q), in columns, float64.

    On the CPU: a GPU is slower at many small ones.
    """
    left, values, right = torch.linalg.svd(cross.double().cpu(), full_matrices=True)
    return left.to(cross.device), values.to(cross.device), right.mT.to(cross.device)


def shrunken(correlations: Tensor, n_samples: int, columns: int) -> Tensor:
    """Correlations less what a regression on so many columns explains by chance (Ezekiel, 1930)."""
    square = correlations.clamp(0, 0.99999).square()
    freedom = max(n_samples - columns - 1, 1)
    return (square - (1 - square) * columns / freedom).clamp_min(0).sqrt()

"""Three sides seen in every way their statistics need: X and Y, what Z explains of them, and Z.

Given Z, what is left of X is its residual on functions of Z, over its spread there. The residuals
are cross-fitted: each half of the rows is predicted from the other, so that a chance fit explains
nothing. Letters: B datasets; n rows; p, q and r columns of X, Y and Z; F functions; t targets.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from mist_core.statistics import summary
from mist_core.statistics.canonical import (
    WHITENING_RIDGE,
    Spectrum,
    coordinates,
    spectrum,
    standardised,
    whiten,
)
from mist_core.statistics.canonical_order import hash_order
from mist_core.statistics.marginals import Marginals, marginals

# Random cosines of the coordinates of Z, and of those of Y and Z, at each scale.
FEATURES, SCALES = 20, (0.8, 2.0)
# A Z whose rows take no more values is a class: functions of it are indicators.
MOST_CLASSES = FEATURES * len(SCALES)
# Weights of the squares of coefficients, over the number of rows; the held-out error chooses.
RIDGES = (0.003, 0.03, 0.3)
# Of the mean absolute residual, the least that a row's spread counts as.
LEAST_SPREAD = 0.25
# Rows that functions are fitted to, at most.
FITTED_ROWS = 8192


@dataclass(frozen=True)
class Triple:
    """One batch of equal shape.

    Attributes:
        x, y, z: marginals of the three sides, rows in hash order.
        order: (B, n) places of these rows in time; None where rows have no order.
    """

    x: Marginals
    y: Marginals
    z: Marginals
    order: Tensor | None

    @property
    def n_samples(self) -> int:
        return self.x.scores.shape[-2]

    @cached_property
    def left(self) -> tuple[Tensor, Tensor]:
        """Normal scores of X and Y less what is linear in those of Z, (B, n, p) and (B, n, q)."""
        return _less_linear(self.x.scores, self.y.scores, self.z.scores)

    @cached_property
    def left_raw(self) -> tuple[Tensor, Tensor]:
        """The same of the raw frame."""
        sides = (standardised(side.raw) for side in (self.x, self.y, self.z))
        return _less_linear(*sides)

    @cached_property
    def partial(self) -> Spectrum:
        """Partial correlations of the normal scores given Z."""
        return self._of_left(self.left)

    @cached_property
    def partial_raw(self) -> Spectrum:
        """The same of the raw frame."""
        return self._of_left(self.left_raw)

    def _of_left(self, left: tuple[Tensor, Tensor]) -> Spectrum:
        rows = max(self.n_samples - self.z.scores.shape[-1], 2)
        return replace(spectrum(*map(standardised, left)), n_samples=rows)

    @cached_property
    def plain(self) -> summary.Views:
        """X and Y as they are."""
        return summary.Views(self.x, self.y)

    @cached_property
    def with_z(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Leading canonical coordinates of X and Z, and those of Y and Z."""
        return _coordinates(self.x.scores, self.z.scores), _coordinates(
            self.y.scores, self.z.scores
        )

    @cached_property
    def of_z(self) -> Tensor:
        """(B, n, k) leading coordinates of Z, those that tell most about X and Y."""
        both = torch.cat([self.x.scores, self.y.scores], -1)
        return _coordinates(both, self.z.scores)[1]

    @cached_property
    def functions(self) -> Tensor:
        """(B, n, F) functions of Z."""
        waves = _waves(self.of_z)
        few = (self.z.repeat_share > 1 / MOST_CLASSES / 2).all(-1)
        for b in few.nonzero().flatten().tolist():
            labels = torch.unique(self.z.columns[b].mT, dim=0, return_inverse=True)[1]
            if int(labels.max()) < MOST_CLASSES:
                hot = torch.nn.functional.one_hot(labels, MOST_CLASSES).to(waves)
                waves[b] = hot - hot.mean(0)
        return torch.cat([whitened(self.z.scores), _centred(self.of_z.square()), waves], -1)

    @cached_property
    def residual(self) -> summary.Views:
        """What functions of Z leave of X and Y, over its spread given Z."""
        p = self.x.scores.shape[-1]
        whole = torch.cat([whitened(self.x.scores), whitened(self.y.scores)], -1)
        left = whole - predicted(self.functions, whole)
        size = left.abs()
        typical = size.mean(-2, keepdim=True).clamp_min(1e-6)
        spread = typical + predicted(self.functions, size - typical)
        left = left / torch.maximum(spread, LEAST_SPREAD * typical)
        return summary.views(left[..., :p], left[..., p:], hashed=False)


def triple(
    x: Tensor, y: Tensor, z: Tensor, *, ordered: bool = False, hashed: bool = True
) -> Triple:
    """Three sides of B datasets, (B, n, p), (B, n, q) and (B, n, r), finite.

    Args:
        ordered: whether rows stand in time order.
        hashed: False leaves the rows as they are, for rows in random order.
    """
    sides = [marginals(side) for side in (x, y, z)]
    if not (ordered or hashed):
        return Triple(*sides, None)
    rows = hash_order(torch.cat([sides[0].places, sides[1].places], -2), sides[2].places)
    return Triple(*(side.in_order(rows) for side in sides), rows if ordered else None)


def predicted(functions: Tensor, targets: Tensor) -> Tensor:
    """(B, n, t) targets as functions (B, n, F) of their half of the rows tell the other half's."""
    return _crossfit(functions, targets)[0]


def held_out_errors(functions: Tensor, targets: Tensor) -> Tensor:
    """(B, n, t) what such a prediction misses."""
    return targets - _crossfit(functions, targets)[0]


def _crossfit(functions: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Predictions (B, n, t) at the ridge of least held-out error, and that error (B,)."""
    n = functions.shape[1]
    half = min(n // 2, FITTED_ROWS)
    parts = (slice(None, half), slice(n - half, None))
    eye = torch.eye(functions.shape[-1], dtype=torch.float64, device=functions.device)
    ridges = torch.tensor(RIDGES, dtype=torch.float64, device=functions.device)
    ridges = (ridges + 1 / half).view(-1, 1, 1) * eye
    solved = []
    for part in parts:
        f, t = functions[:, part], targets[:, part]
        gram = (f.mT @ f / half).double()  # (B, F, F)
        cross = (f.mT @ t / half).double()
        factor = torch.linalg.cholesky(gram.unsqueeze(1) + ridges)
        solved.append(torch.cholesky_solve(cross.unsqueeze(1), factor).to(f))  # (B, R, F, t)
    middle = n // 2
    guesses = torch.cat(
        [
            functions[:, None, :middle] @ solved[1],
            functions[:, None, middle:] @ solved[0],
        ],
        -2,
    )  # (B, R, n, t)
    errors = (targets.unsqueeze(1) - guesses).square().mean((-1, -2))  # (B, R)
    best = errors.argmin(-1)
    batch = torch.arange(len(best), device=best.device)
    return guesses[batch, best], errors[batch, best]


def joint_functions(of_side: Tensor, of_z: Tensor) -> Tensor:
    """(B, n, G) functions of a side and Z together that functions of Z alone cannot give.

    Args:
        of_side: (B, n, k) coordinates of the side.
        of_z: (B, n, l) coordinates of Z.
    """
    both = torch.cat([of_side, of_z], -1)
    products = of_side[..., :2, None] * of_z[..., None, :2]
    parts = [of_side, of_side.square(), products.flatten(-2), of_side[..., :1].clamp(-3, 3).pow(3)]
    return torch.cat([*map(_centred, parts), _waves(both)], -1)


def _waves(coordinates: Tensor) -> Tensor:
    """(B, n, FEATURES * scales) centred random cosines, the same ones for every dataset."""
    generator = torch.Generator().manual_seed(20261126)  # part of the definition
    k, waves = coordinates.shape[-1], []
    for scale in SCALES:
        weights = torch.randn(8, FEATURES, generator=generator)[:k].to(coordinates)
        phases = (2 * math.pi * torch.rand(FEATURES, generator=generator)).to(coordinates)
        waves.append(torch.cos(coordinates @ weights * (scale / k**0.5) + phases))
    return _centred(torch.cat(waves, -1))


def _centred(columns: Tensor) -> Tensor:
    return columns - columns.mean(-2, keepdim=True)


def whitened(scores: Tensor) -> Tensor:
    """(B, n, d) the normal scores of a side whitened by themselves."""
    return whiten(scores, scores, spectrum(scores, scores), WHITENING_RIDGE)[0]


def _coordinates(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    frame = spectrum(a, b)
    return coordinates(*whiten(a, b, frame, WHITENING_RIDGE), frame, WHITENING_RIDGE)


def _less_linear(x: Tensor, y: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    both = torch.cat([x, y], -1).double()
    z = z.double()
    gram = z.mT @ z / z.shape[-2]
    gram = gram + (1e-6 + 0.1 / z.shape[-2]) * torch.eye(z.shape[-1]).to(z)
    left = both - z @ torch.linalg.solve(gram, z.mT @ both / z.shape[-2])
    return tuple(left.to(x).split([x.shape[-1], y.shape[-1]], -1))

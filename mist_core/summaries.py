"""Invariant statistics of a dataset: what the network knows before it looks at single rows.

Every statistic is unchanged by the order of rows, the order and sign of the columns of a side, and
an exchange of X with Y. Each block is one function (B datasets of one shape) -> (B, k); `BLOCKS`
lists them, so that an ablation is a choice of names. Letters as in `copula` and `canonical`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from mist_core import gaussian, nonlinear
from mist_core.canonical import COORDINATES, WHITENING_RIDGE, Spectrum, coordinates, spectrum
from mist_core.copula import Marginals, argsort, marginals
from mist_core.invariants import both_sides
from mist_core.neighbours import neighbours
from mist_core.pairs import paired_columns

# Rows seen by the neighbour and random-feature statistics and by the encoder, at most.
LOCAL_ROWS = 1024


@dataclass(frozen=True)
class Views:
    """One batch of equal shape seen in every way the statistics need; each computed once.

    Attributes:
        x, y: marginals of the two sides, (B, n, p) and (B, n, q).
    """

    x: Marginals
    y: Marginals

    @property
    def n_samples(self) -> int:
        return self.x.scores.shape[-2]

    @cached_property
    def scores(self) -> Spectrum:
        """Correlations of the normal scores."""
        return spectrum(self.x.scores, self.y.scores)

    @cached_property
    def raw(self) -> Spectrum:
        """Correlations of the raw frame."""
        return spectrum(self.x.raw, self.y.raw)

    @cached_property
    def local(self) -> tuple[Tensor, Tensor]:
        """Canonical coordinates of the normal scores, the first LOCAL_ROWS rows."""
        a, b = coordinates(self.x.scores, self.y.scores, self.scores, WHITENING_RIDGE)
        return a[:, :LOCAL_ROWS], b[:, :LOCAL_ROWS]

    @cached_property
    def local_raw(self) -> tuple[Tensor, Tensor]:
        """The same of the raw frame."""
        a, b = coordinates(self.x.raw, self.y.raw, self.raw, WHITENING_RIDGE)
        return a[:, :LOCAL_ROWS], b[:, :LOCAL_ROWS]


def views(x: Tensor, y: Tensor, *, soft: bool = False, hashed: bool = True) -> Views:
    """Both sides in both frames, rows in hash order.

    A sum over rows then rounds alike, and ties break alike, whatever order the rows came in.

    Args:
        x: (B, n, p) and y: (B, n, q) finite values.
        soft: smooth ranks, differentiable in x and y.
        hashed: False leaves the rows as they are, a sixth faster, enough for `GAUSSIAN_BLOCKS`.
    """
    of_x, of_y = marginals(x, soft=soft), marginals(y, soft=soft)
    if not hashed:
        return Views(of_x, of_y)
    order = hash_order(of_x.places, of_y.places)
    return Views(of_x.in_order(order), of_y.in_order(order))


def pick_rows(a: Tensor, index: Tensor) -> Tensor:
    """(B, m, d) rows of `a` (B, n, d) at `index` (B, m)."""
    return a.gather(1, index.unsqueeze(-1).expand(-1, -1, a.shape[-1]))


def hash_order(x_places: Tensor, y_places: Tensor) -> Tensor:
    """(B, n) rows ordered by a hash of their ranks: a seeded subsample is a prefix of it.

    The hash is a sum over all columns of both sides of a scrambled distance of the rank from the
    nearer end, so it ignores row order, column order, decreasing maps and which side is X.
    Integers, so that the sum over columns does not depend on their order.

    Args:
        x_places: (B, p, n) and y_places: (B, q, n) as in `Marginals`.
    """
    n = x_places.shape[-1]
    places = torch.cat([x_places, y_places], -2) + 1  # 1 .. 2n - 1
    scramble = torch.from_numpy(np.random.default_rng(20251118).integers(0, 2**48, n + 1))
    scrambled = scramble.to(places.device)[torch.minimum(places, 2 * n - places)]
    key = scrambled.sum(-2)
    order = argsort(key)
    ordered = key.gather(-1, order)
    if (ordered[..., 1:] != ordered[..., :-1]).all():
        return order
    order = argsort(_column_key(key, scrambled, (places - n).sign()))
    return order.gather(-1, key.gather(-1, order).argsort(stable=True))


def _column_key(key: Tensor, scrambled: Tensor, side: Tensor) -> Tensor:
    """(B, n) keys that part rows with the same hash, such as (u, v) and (v, u), or (1 - u, v).

    Each column has two signatures, sums over its rows; the second changes its sign with `side` when
    the column is turned around, so that their product does not. Integers wrap around, exactly.

    Args:
        key: (B, n) first hash; scrambled and side: (B, p + q, n) its terms, and which end is near.
    """
    company = key.square().unsqueeze(-2)  # a sum of keys themselves would not part u from v
    signature = (company * scrambled).sum(-1, keepdim=True)  # (B, p + q, 1)
    turning = (company * side).sum(-1, keepdim=True)
    return ((signature + side * turning) * scrambled).sum(-2)


def sizes(v: Views) -> Tensor:
    """Rows, dimensions, their ratio and the share of tied rows."""
    p, q, n = v.x.scores.shape[-1], v.y.scores.shape[-1], v.n_samples
    numbers = [math.log(n), math.log(min(p, q)), math.log(max(p, q)), n / (n + p + q), n**-0.5]
    constant = v.x.scores.new_tensor(numbers).expand(v.x.scores.shape[0], -1)
    ties = [torch.stack([t.mean(-1), t.amax(-1)], -1) for t in (v.x.tie_share, v.y.tie_share)]
    return torch.cat([constant, both_sides(*ties)], -1)


BLOCKS: dict[str, Callable[[Views], Tensor]] = {
    "sizes": sizes,
    "spectra-scores": lambda v: gaussian.canonical_spectra(v.scores),
    "spectra-raw": lambda v: gaussian.canonical_spectra(v.raw),
    "structure-scores": lambda v: gaussian.correlation_structure(v.scores),
    "structure-raw": lambda v: gaussian.correlation_structure(v.raw),
    "radial-scores": lambda v: gaussian.radial(v.x.scores, v.y.scores, v.scores),
    "radial-raw": lambda v: gaussian.radial(v.x.raw, v.y.raw, v.raw),
    "squares": lambda v: nonlinear.squares(v.x.scores, v.y.scores, v.scores.between),
    "cosines": lambda v: nonlinear.cosines(v.x.ranks, v.y.ranks),
    "grids": lambda v: nonlinear.grids(*v.local),
    "pairs-scores": lambda v: paired_columns(v.scores),
    "pairs-raw": lambda v: paired_columns(v.raw),
    "random-features": lambda v: nonlinear.random_features(*v.local),
    "neighbours": lambda v: neighbours(*v.local),
    "neighbours-raw": lambda v: neighbours(*v.local_raw, dims=(COORDINATES,)),
}
# The fast part: linear algebra and radii of the normal scores.
GAUSSIAN_BLOCKS = ("sizes", "spectra-scores", "structure-scores", "radial-scores")
# And every statistic of column pairs: no neighbour search, no random features.
PAIRWISE_BLOCKS = tuple(list(BLOCKS)[:12])


def summarize(v: Views, blocks: tuple[str, ...] = tuple(BLOCKS)) -> Tensor:
    """(B, F) statistics of the chosen blocks, float32."""
    return torch.cat([BLOCKS[name](v).float() for name in blocks], -1)


def count(blocks: tuple[str, ...]) -> int:
    """F, the number of statistics in the chosen blocks: the same for every shape of data."""
    tiny = torch.linspace(-1, 1, 8).view(1, 8, 1)
    return summarize(views(tiny, tiny.square()), blocks).shape[-1]

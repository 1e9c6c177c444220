"""Invariant statistics of a dataset: what the network knows before it looks at single rows.

Every statistic is unchanged by the order of rows, the order and sign of the columns of a side, and
an exchange of X with Y. Each block is one function (B datasets of one shape) -> (B, k); `BLOCKS`
lists them, so that an ablation is a choice of names. Letters as in `copula` and `canonical`.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from mist_core.statistics import (
    circles,
    classes,
    dimension,
    directions,
    gaussian,
    neighbours,
    nonlinear,
    pairs,
    spirals,
    strata,
)
from mist_core.statistics.canonical import (
    WHITENING_RIDGE,
    Spectrum,
    coordinates,
    correlations,
    spatial_signs,
    spectrum,
    standardised,
    whiten,
)
from mist_core.statistics.canonical_order import normal_form
from mist_core.statistics.marginals import Marginals, marginals
from mist_core.statistics.scaling import both_sides

# Values and rows read together: beyond it the batched statistics wait for memory.
CACHED, CACHED_ROWS = 1 << 19, 1 << 16
# Of any training dataset, of earlier weights and of present ones.
MOST_ROWS, MOST_ROWS_NOW = 20_000, 100_000
# That give random features, of present weights.
FEATURE_ROWS = 2048
# Times as many bins beside classes as with few rows, at most.
FINEST = 4
# Probability of a repeat that counts as none.
LEAST_REPEATS = 1e-4


@dataclass(frozen=True)
class Views:
    """One batch of equal shape seen in every way the statistics need; each computed once.

    Attributes:
        x, y: marginals of the two sides, (B, n, p) and (B, n, q); which is which means nothing.
    """

    x: Marginals
    y: Marginals

    @property
    def n_samples(self) -> int:
        return self.x.scores.shape[-2]

    @cached_property
    def score_columns(self) -> tuple[Tensor, Tensor]:
        """The normal scores."""
        return self.x.scores, self.y.scores

    @cached_property
    def raw_columns(self) -> tuple[Tensor, Tensor]:
        """The raw frame, standardised."""
        return standardised(self.x.raw), standardised(self.y.raw)

    @cached_property
    def scores(self) -> Spectrum:
        """Correlations of the normal scores."""
        return spectrum(*self.score_columns)

    @cached_property
    def raw(self) -> Spectrum:
        """Correlations of the raw frame."""
        return spectrum(*self.raw_columns)

    @cached_property
    def white(self) -> tuple[Tensor, Tensor]:
        """The normal scores whitened."""
        return whiten(*self.score_columns, self.scores, WHITENING_RIDGE)

    @cached_property
    def white_raw(self) -> tuple[Tensor, Tensor]:
        """The raw frame whitened."""
        return whiten(*self.raw_columns, self.raw, WHITENING_RIDGE)

    @cached_property
    def signs(self) -> Spectrum:
        """Correlations of the spatial signs of the normal scores."""
        return spectrum(*spatial_signs(self.x.scores, self.y.scores))

    @cached_property
    def raw_signs_between(self) -> Tensor:
        """(B, p, q) correlations between the spatial signs of the raw frame."""
        p = self.x.raw.shape[-1]
        return correlations(torch.cat(spatial_signs(self.x.raw, self.y.raw), -1))[:, :p, p:]

    @cached_property
    def local(self) -> tuple[Tensor, Tensor]:
        """Canonical coordinates of the normal scores."""
        return coordinates(*self.white, self.scores, WHITENING_RIDGE)

    @cached_property
    def local_raw(self) -> tuple[Tensor, Tensor]:
        """The same of the raw frame."""
        return coordinates(*self.white_raw, self.raw, WHITENING_RIDGE)

    @cached_property
    def slices(self) -> tuple[directions.Slices, directions.Slices]:
        """Either side of the whitened normal scores through functions of the other."""
        return directions.slices(self.white, self.local)

    @cached_property
    def directed(self) -> tuple[Tensor, Tensor]:
        """Canonical coordinates of the normal scores, nonlinear directions among them."""
        return directions.directed_coordinates(
            self.white, self.slices, self.scores, WHITENING_RIDGE
        )

    @cached_property
    def directed_raw(self) -> tuple[Tensor, Tensor]:
        """The same of the raw frame."""
        sides = directions.slices(self.white_raw, self.local_raw)
        return directions.directed_coordinates(self.white_raw, sides, self.raw, WHITENING_RIDGE)


def views(x: Tensor, y: Tensor, *, soft: bool = False, hashed: bool = True) -> Views:
    """Both sides in both frames, in the normal form of `ordering`.

    Args:
        x: (B, n, p) and y: (B, n, q) finite values.
        soft: smooth ranks, differentiable in x and y.
        hashed: False leaves all as it is, a fifth faster, for rows and sides in random order.
    """
    sides = marginals(x, soft=soft), marginals(y, soft=soft)
    return Views(*normal_form(*sides)) if hashed else Views(*sides)


@dataclass(frozen=True)
class Pair:
    """Two sides, x (B, n, p) and y (B, n, q), and their views on the CPU once asked for."""

    x: Tensor
    y: Tensor

    @cached_property
    def views(self) -> Views:
        return views(self.x.cpu(), self.y.cpu())

    @property
    def rows(self) -> int:
        return self.x.shape[1]

    @property
    def columns(self) -> int:
        """Of both sides together."""
        return self.x.shape[2] + self.y.shape[2]


def pieces(x: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Datasets x (B, n, p) and y (B, n, q) in parts, on a CPU such as its cache holds."""
    rows, columns = x.shape[1], x.shape[2] + y.shape[2]
    size = max(1, min(CACHED // columns, CACHED_ROWS) // rows)
    size = size if x.device.type == "cpu" else len(x)
    return zip(x.split(size), y.split(size), strict=True)


def sizes(v: Views, most_rows: int) -> Tensor:
    """Rows, dimensions, their ratio and the share of tied rows.

    More than `most_rows` count as so many: what every row adds to the other statistics beyond, a
    network that has not seen it would turn into intervals too narrow.
    """
    p, q, n = v.x.scores.shape[-1], v.y.scores.shape[-1], min(v.n_samples, most_rows)
    numbers = [math.log(n), math.log(min(p, q)), math.log(max(p, q)), n / (n + p + q), n**-0.5]
    constant = v.x.scores.new_tensor(numbers).expand(v.x.scores.shape[0], -1)
    ties = [torch.stack([t.mean(-1), t.amax(-1)], -1) for t in (v.x.tie_share, v.y.tie_share)]
    return torch.cat([constant, both_sides(*ties)], -1)


def repeats(v: Views) -> Tensor:
    """How coarse the columns are: two classes, ten grades, ages in years, or no value twice."""
    shares = (v.x.repeat_share, v.y.repeat_share)  # (B, p), (B, q)
    coarse = [torch.stack([r.mean(-1), r.amax(-1)], -1) for r in shares]
    sides = [torch.cat([c.sqrt(), (c + LEAST_REPEATS).log()], -1) for c in coarse]
    return both_sides(*sides)


BLOCKS: dict[str, Callable[[Views], Tensor]] = {
    "sizes": lambda v: sizes(v, MOST_ROWS),
    "spectra-scores": lambda v: gaussian.canonical_spectra(v.scores),
    "spectra-raw": lambda v: gaussian.canonical_spectra(v.raw),
    "structure-scores": lambda v: gaussian.correlation_structure(v.scores),
    "structure-raw": lambda v: gaussian.correlation_structure(v.raw),
    "radial-scores": lambda v: gaussian.radial(v.score_columns, v.white),
    "radial-raw": lambda v: gaussian.radial(v.raw_columns, v.white_raw),
    "squares": lambda v: nonlinear.squares(v.x.scores, v.y.scores, v.scores.between),
    "twists": lambda v: spirals.twists(*v.white),
    "cosines": lambda v: nonlinear.cosines(v.x.ranks, v.y.ranks),
    "grids": lambda v: nonlinear.grids(*v.local),
    "pairs-scores": lambda v: pairs.paired_columns(v.scores.between, v.n_samples),
    "pairs-raw": lambda v: pairs.paired_columns(v.raw.between, v.n_samples),
    "pairs-residual": lambda v: pairs.paired_columns(v.scores.residual_between, v.n_samples),
    "spectra-signs": lambda v: gaussian.canonical_spectra(v.signs),
    "structure-signs": lambda v: gaussian.correlation_structure(v.signs),
    "pairs-signs": lambda v: pairs.paired_columns(v.signs.between, v.n_samples),
    "pairs-residual-signs": lambda v: pairs.paired_columns(v.signs.residual_between, v.n_samples),
    "pairs-raw-signs": lambda v: pairs.paired_columns(v.raw_signs_between, v.n_samples),
    "random-features": lambda v: nonlinear.random_features(*v.local),
    "neighbours": lambda v: neighbours.neighbours(*v.local),
    "neighbours-raw": lambda v: neighbours.neighbours(*v.local_raw),
    "repeats": repeats,
    "classes": lambda v: classes.classes(v.x, v.y),
    "sizes-2": lambda v: sizes(v, MOST_ROWS_NOW),
    "grids-2": lambda v: nonlinear.grids(*v.directed, ties=True),
    "random-features-2": lambda v: nonlinear.random_features(*v.directed, FEATURE_ROWS),
    "neighbours-2": lambda v: neighbours.neighbours(*v.directed, neighbours.MANY),
    "neighbours-raw-2": lambda v: neighbours.neighbours(*v.directed_raw, neighbours.MANY),
    "directions": lambda v: directions.crossfitted(v.slices),
    "dimensions": lambda v: dimension.dimensions(*v.white),
    "circles-raw": lambda v: circles.circles(v.x, v.y),
    "classes-2": lambda v: classes.classes(v.x, v.y, FINEST),
    "strata": lambda v: strata.strata(v.x, v.y),
}
# Either of them stands before all others.
FIRST_BLOCKS = ("sizes", "sizes-2")
# Read by earlier weights only: those named NAME-2 took their place.
EARLIER_BLOCKS = tuple(name for name in BLOCKS if f"{name}-2" in BLOCKS)
# What a network reads if it is not told otherwise, sizes first.
PRESENT_BLOCKS = tuple(
    sorted((name for name in BLOCKS if name not in EARLIER_BLOCKS), key="sizes-2".__ne__)
)
# What tells of ties and classes, which the published laws have not.
CLASS_BLOCKS = ("repeats", "classes", "classes-2", "strata")
# The fast part: linear algebra and radii of the normal scores.
GAUSSIAN_BLOCKS = ("sizes", "spectra-scores", "structure-scores", "radial-scores")
# And everything else that correlations of some kind can tell: enough for monotone dependence.
LOCAL_BLOCKS = ("twists", "cosines", "grids", "random-features", "neighbours", "neighbours-raw")
_LATER = ("directions", "dimensions", "circles-raw", *(f"{name}-2" for name in EARLIER_BLOCKS))
PAIRWISE_BLOCKS = tuple(
    name for name in BLOCKS if name not in (*LOCAL_BLOCKS, *CLASS_BLOCKS, *_LATER)
)
# Where in a block ln(estimate of the MI) stands, on the scale of `log_information`.
ESTIMATES: dict[str, tuple[int, ...]] = {
    **{name: gaussian.SPECTRA_ESTIMATES for name in BLOCKS if name.startswith("spectra")},
    **{name: gaussian.STRUCTURE_ESTIMATES for name in BLOCKS if name.startswith("structure")},
    **{name: pairs.ESTIMATES for name in BLOCKS if name.startswith("pairs")},
    **{name: neighbours.FEW.estimates for name in ("neighbours", "neighbours-raw")},
    **{name: neighbours.MANY.estimates for name in ("neighbours-2", "neighbours-raw-2")},
    "twists": spirals.ESTIMATES,
    "grids": nonlinear.GRID_ESTIMATES,
    "random-features": nonlinear.FEATURE_ESTIMATES,
    "classes": classes.ESTIMATES,
    "grids-2": nonlinear.GRID_ESTIMATES,
    "random-features-2": nonlinear.FEATURE_ESTIMATES,
    "directions": directions.ESTIMATES,
    "circles-raw": circles.ESTIMATES,
    "classes-2": classes.ESTIMATES,
    "strata": strata.ESTIMATES,
}


def estimates(blocks: tuple[str, ...]) -> Tensor:
    """(C,) places of the plug-in estimates among the statistics of the chosen blocks."""
    places, start = [], 0
    for name in blocks:
        places += [start + place for place in ESTIMATES.get(name, ())]
        start += count((name,))
    return torch.tensor(places, dtype=torch.long)


def places(blocks: tuple[str, ...], among: tuple[str, ...]) -> Tensor:
    """Places of the statistics of some blocks among those of more."""
    widths = [count((name,)) for name in among]
    chosen = torch.tensor([name in blocks for name in among])
    return chosen.repeat_interleave(torch.tensor(widths)).nonzero().flatten()


def summarize(v: Views, blocks: tuple[str, ...] = PRESENT_BLOCKS) -> Tensor:
    """(B, F) statistics of the chosen blocks, float32."""
    return torch.cat([BLOCKS[name](v).float() for name in blocks], -1)


def count(blocks: tuple[str, ...]) -> int:
    """F, the number of statistics in the chosen blocks: the same for every shape of data."""
    tiny = torch.linspace(-1, 1, 8).view(1, 8, 1)
    return summarize(views(tiny, tiny.square()), blocks).shape[-1]

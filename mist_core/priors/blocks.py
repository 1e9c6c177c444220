"""Blocks of the `general` meta-distribution: small laws with random parameters, by name.

A block says how many of the columns left it takes and builds a batch of laws there. The tolerance
is the standard error a Monte Carlo truth must reach, nats.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mist_core.distributions import (
    class_conditional,
    contingency,
    copulas,
    curves,
    ordinal,
    parity,
    products,
    rings,
)
from mist_core.distributions.additive import AdditiveUniform
from mist_core.distributions.base import Law
from mist_core.distributions.correlation import (
    canonical_correlation,
    dense_correlation,
    lvm_correlation,
    sparse_correlation,
)
from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.distributions.numerics.randomness import Source, log_uniform
from mist_core.distributions.orientation import Swapped
from mist_core.distributions.random_mixtures import random_mixtures

Build = Callable[[int, int, int, Source, float], Law]
Size = Callable[[int, int, np.random.Generator], tuple[int, int]]
MOST_CLASSES = 6


@dataclass(frozen=True)
class Block:
    """One kind of dependence.

    Attributes:
        build: (dim_x, dim_y, count, source, tolerance) to a batch of laws.
        size: (columns left of X, of Y, rng) to the columns taken.
        weight: how often it is drawn, relative to the others that fit.
        least: fewest columns of X and of Y.
        numeric: whether its columns may be mixed and bent; classes may not.
    """

    build: Build
    size: Size
    weight: float = 1.0
    least: tuple[int, int] = (1, 1)
    numeric: bool = True

    def fits(self, left_x: int, left_y: int) -> bool:
        return left_x >= self.least[0] and left_y >= self.least[1]


def any_size(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """All columns in half of the draws, else any number of either side."""
    if rng.random() < 0.5:
        return left_x, left_y
    return int(rng.integers(1, left_x, endpoint=True)), int(rng.integers(1, left_y, endpoint=True))


def up_to(most: int) -> Size:
    """Up to `most` columns a side, few more often."""

    def size(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
        return tuple(1 + int(rng.random() ** 1.5 * min(left, most)) for left in (left_x, left_y))

    return size


def _single(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 1, 1


def _two_to_one(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 2, 1


def _one_to_two(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 1, 2


def _equal(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    dim = int(rng.integers(1, min(left_x, left_y), endpoint=True))
    return dim, dim


def _class_columns(left: int, rng: np.random.Generator) -> int:
    """1 for integer codes, else the number of classes, one column each."""
    most = min(left, MOST_CLASSES)
    return 1 if most < 2 or rng.random() < 0.4 else int(rng.integers(2, most, endpoint=True))


def two_class_sides(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """Columns of a class variable on either side."""
    return _class_columns(left_x, rng), _class_columns(left_y, rng)


def class_and_numbers(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    """Columns of a class variable on the side of X, up to five of numbers on the other."""
    return _class_columns(left_x, rng), 1 + int(rng.random() ** 2 * min(left_y, 5))


def _dispersion(dim_x: int, dim_y: int, count: int, source: Source) -> Tensor:
    """A random kind of correlation: canonical, dense, sparse or with latent variables."""
    kind = source.rng.choice(["canonical", "canonical", "dense", "sparse", "lvm"])
    most = min(dim_x, dim_y)
    if kind == "canonical":
        rank = source.integers(1, most, count, 1)
        power = log_uniform(source, 0.15, 4, count, 1)
        rho = 0.995 * source.uniform(0, 1, count, most).pow(power)
        rho = rho * (torch.arange(most, device=rank.device) < rank)
        return canonical_correlation(dim_x, dim_y, rho)
    if kind == "dense":
        return dense_correlation(dim_x, dim_y, source.uniform(0, 0.9, count))
    n_interacting = source.integers(1, most, count)
    if kind == "sparse":
        return sparse_correlation(dim_x, dim_y, n_interacting, log_uniform(source, 0.1, 5, count))
    return lvm_correlation(
        dim_x,
        dim_y,
        n_interacting,
        alpha=source.uniform(0, 1.5, count),
        lambd=source.uniform(0.1, 3, count),
        beta=source.uniform(0, 1.5, count),
        eta=source.uniform(0.1, 5, count),
    )


def _gaussian(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return Multinormal(_dispersion(dim_x, dim_y, count, source), dim_x)


def _student(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    df = log_uniform(source, 0.7, 20, count)
    if source.rng.random() < 0.3:  # tail dependence alone
        eye = torch.eye(dim_x + dim_y, dtype=torch.float64, device=df.device)
        return StudentT(eye.expand(count, -1, -1), df, dim_x)
    return StudentT(_dispersion(dim_x, dim_y, count, source), df, dim_x)


def _additive(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return AdditiveUniform(log_uniform(source, 0.05, 2, count, dim_x))


def _either_way(law: Law, source: Source) -> Law:
    """A law of one column a side, seen from either side."""
    return law if source.rng.random() < 0.5 else Swapped(law)


def _curve(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return _either_way(curves.random_curves(count, source), source)


def _contingency(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    classes, encodings = zip(*(_classes(dim, source) for dim in (dim_x, dim_y)), strict=True)
    return contingency.random_contingencies(count, source, *classes, *encodings)


def _classes(columns: int, source: Source) -> tuple[int, str]:
    """Number of classes and encoding of a class variable in that many columns."""
    if columns > 1:
        return columns, "onehot"
    return int(source.rng.integers(2, 12, endpoint=True)), "codes"


def _class_conditional(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    classes, encoding = _classes(dim_x, source)
    return class_conditional.random_class_conditionals(
        count, source, classes, dim_y, encoding, tolerance=tolerance
    )


def _numbers_and_class(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return class_and_numbers(left_y, left_x, rng)[::-1]


def _swapped_class_conditional(
    dim_x: int, dim_y: int, count: int, source: Source, tolerance: float
) -> Law:
    return Swapped(_class_conditional(dim_y, dim_x, count, source, tolerance))


def _copula(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return copulas.random_copulas(count, source)


def _product(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return products.random_products(count, source)


def _gate(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return products.random_gates(count, source)


def _mixture(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    components = int(source.rng.integers(2, 6, endpoint=True))
    return random_mixtures(count, source, dim_x, dim_y, components, tolerance=tolerance)


def _checkerboard(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    rows, columns = (int(k) for k in source.rng.integers(2, 8, size=2, endpoint=True))
    return contingency.random_contingencies(count, source, rows, columns, "uniform", "uniform")


def _ring(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return rings.random_rings(count, source)


def _square(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return rings.random_squares(count, source, dim_x)


def _parity(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return parity.random_parities(count, source, dim_x)


def _ordinal(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return _either_way(ordinal.random_ordinals(count, source), source)


def _few_to_one(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return up_to(4)(left_x, 1, rng)


BLOCKS: dict[str, Block] = {
    "gaussian": Block(_gaussian, any_size, weight=4),
    "student": Block(_student, any_size, weight=2),
    "additive": Block(_additive, _equal),
    "curve": Block(_curve, _single, weight=3),
    "copula": Block(_copula, _single),
    "mixture": Block(_mixture, up_to(5), weight=2),
    "checkerboard": Block(_checkerboard, _single, weight=0.5),
    "ordinal": Block(_ordinal, _single, weight=0.9),
    "ring": Block(_ring, _single, weight=0.5),
    "square": Block(_square, _few_to_one, weight=0.5),
    "parity": Block(_parity, _few_to_one, weight=0.3),
    "product": Block(_product, _two_to_one, weight=0.3, least=(2, 1)),
    "gate": Block(_gate, _one_to_two, weight=0.3, least=(1, 2)),
    "contingency": Block(_contingency, two_class_sides, numeric=False),
    "class-conditional": Block(_class_conditional, class_and_numbers, numeric=False),
    "conditional-class": Block(_swapped_class_conditional, _numbers_and_class, numeric=False),
}
# Blocks to be left out together: half of all draws exchange X and Y, so without its mirror image a
# block is still there.
FAMILIES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in BLOCKS if name != "conditional-class"},
    "class-conditional": ("class-conditional", "conditional-class"),
}

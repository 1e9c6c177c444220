"""Blocks of the `general` meta-distribution: small laws with random parameters, by name."""

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
from mist_core.distributions.composite import Swapped
from mist_core.distributions.correlation import (
    canonical_correlation,
    dense_correlation,
    lvm_correlation,
    sparse_correlation,
)
from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.distributions.mixtures import random_mixtures
from mist_core.distributions.numerics.randomness import Source, log_uniform
from mist_core.priors.block import (
    Block,
    any_size,
    class_and_numbers,
    class_side,
    either_way,
    equal,
    single,
    two_class_sides,
    up_to,
)
from mist_core.priors.everyday_blocks import EVERYDAY


def _two_to_one(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 2, 1


def _one_to_two(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 1, 2


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


def _curve(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    return either_way(curves.random_curves(count, source), source)


def _contingency(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    classes, encodings = zip(*(class_side(dim, source) for dim in (dim_x, dim_y)), strict=True)
    return contingency.random_contingencies(count, source, *classes, *encodings)


def _class_conditional(dim_x: int, dim_y: int, count: int, source: Source, tolerance: float) -> Law:
    classes, encoding = class_side(dim_x, source)
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
    return either_way(ordinal.random_ordinals(count, source), source)


def _few_to_one(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return up_to(4)(left_x, 1, rng)


BLOCKS: dict[str, Block] = {
    "gaussian": Block(_gaussian, any_size, weight=4, wide=True),
    "student": Block(_student, any_size, weight=2, wide=True),
    "additive": Block(_additive, equal),
    "curve": Block(_curve, single, weight=3),
    "copula": Block(_copula, single),
    "mixture": Block(_mixture, up_to(5), weight=2),
    "checkerboard": Block(_checkerboard, single, weight=0.5),
    "ordinal": Block(_ordinal, single, weight=0.9, continuous=False),
    "ring": Block(_ring, single, weight=0.5),
    "square": Block(_square, _few_to_one, weight=0.5),
    "parity": Block(_parity, _few_to_one, weight=0.3),
    "product": Block(_product, _two_to_one, weight=0.3, least=(2, 1)),
    "gate": Block(_gate, _one_to_two, weight=0.3, least=(1, 2)),
    **EVERYDAY,
    "contingency": Block(_contingency, two_class_sides, numeric=False, continuous=False),
    "class-conditional": Block(_class_conditional, class_and_numbers, numeric=False),
    "conditional-class": Block(_swapped_class_conditional, _numbers_and_class, numeric=False),
}
# Blocks to be left out together: half of all draws exchange X and Y, so without its mirror image a
# block is still there.
FAMILIES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in BLOCKS if name != "conditional-class"},
    "class-conditional": ("class-conditional", "conditional-class"),
}

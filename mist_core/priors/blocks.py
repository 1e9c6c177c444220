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
from mist_core.distributions.correlation import random_correlation
from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.distributions.mixtures import random_mixtures
from mist_core.distributions.numerics.randomness import log_uniform
from mist_core.priors.block import (
    Block,
    Request,
    any_size,
    class_and_numbers,
    class_side,
    equal,
    fixed,
    single,
    turned,
    two_class_sides,
    up_to,
)
from mist_core.priors.everyday_blocks import EVERYDAY


def _two_to_one(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 2, 1


def _one_to_two(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return 1, 2


def _correlation(asked: Request) -> Tensor:
    return random_correlation(asked.dim_x, asked.dim_y, asked.count, asked.source)


def _gaussian(asked: Request) -> Law:
    return Multinormal(_correlation(asked), asked.dim_x)


def _student(asked: Request) -> Law:
    df = log_uniform(asked.source, 0.7, 20, asked.count)
    if asked.source.rng.random() < 0.3:  # tail dependence alone
        eye = torch.eye(asked.dim_x + asked.dim_y, dtype=torch.float64, device=df.device)
        return StudentT(eye.expand(asked.count, -1, -1), df, asked.dim_x)
    return StudentT(_correlation(asked), df, asked.dim_x)


def _additive(asked: Request) -> Law:
    return AdditiveUniform(log_uniform(asked.source, 0.05, 2, asked.count, asked.dim_x))


def _mixture(asked: Request) -> Law:
    components = int(asked.source.rng.integers(2, 6, endpoint=True))
    dims = asked.dim_x, asked.dim_y
    return random_mixtures(asked.count, asked.source, *dims, components, tolerance=asked.tolerance)


def _checkerboard(asked: Request) -> Law:
    rows, columns = (int(k) for k in asked.source.rng.integers(2, 8, size=2, endpoint=True))
    return contingency.random_contingencies(
        asked.count, asked.source, rows, columns, "uniform", "uniform"
    )


def _square(asked: Request) -> Law:
    return rings.random_squares(asked.count, asked.source, asked.dim_x)


def _parity(asked: Request) -> Law:
    return parity.random_parities(asked.count, asked.source, asked.dim_x)


def _contingency(asked: Request) -> Law:
    sides = (class_side(dim, asked.source) for dim in (asked.dim_x, asked.dim_y))
    classes, encodings = zip(*sides, strict=True)
    return contingency.random_contingencies(asked.count, asked.source, *classes, *encodings)


def _class_conditional(asked: Request) -> Law:
    classes, encoding = class_side(asked.dim_x, asked.source)
    return class_conditional.random_class_conditionals(
        asked.count, asked.source, classes, asked.dim_y, encoding, tolerance=asked.tolerance
    )


def _conditional_class(asked: Request) -> Law:
    return Swapped(_class_conditional(asked.swapped()))


def _few_to_one(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return up_to(4)(left_x, 1, rng)


def _numbers_and_class(left_x: int, left_y: int, rng: np.random.Generator) -> tuple[int, int]:
    return class_and_numbers(left_y, left_x, rng)[::-1]


BLOCKS: dict[str, Block] = {
    "gaussian": Block(
        "Normal columns with random canonical correlations up to 0.995, equal "
        "correlations, dependent pairs, or latent variables.",
        _gaussian,
        any_size,
        weight=4,
        wide=True,
    ),
    "student": Block(
        "The same in Student columns of 0.7 to 20 degrees of freedom; three in ten are "
        "uncorrelated and depend only through their common scale.",
        _student,
        any_size,
        weight=2,
        wide=True,
    ),
    "additive": Block(
        "Uniform columns X, and Y is X plus uniform noise, column by column.",
        _additive,
        equal,
    ),
    "curve": Block(
        "One column is a random function of another (polynomial, Fourier series, "
        "monotone, fast sine, zigzag, steps), plus noise of constant or varying width.",
        turned(curves.random_curves),
        single,
        weight=3,
    ),
    "copula": Block(
        "A Clayton, Gumbel or Frank copula.",
        fixed(copulas.random_copulas),
        single,
    ),
    "mixture": Block(
        "Two to six Gaussian clusters in up to five columns a side.",
        _mixture,
        up_to(5),
        weight=2,
    ),
    "checkerboard": Block(
        "A density that is constant on each field of a board of up to 8 × 8 fields.",
        _checkerboard,
        single,
        weight=0.5,
    ),
    "ordinal": Block(
        "A normal pair of which only ordered levels are seen, three to sixty, on one side"
        " or on both.",
        turned(ordinal.random_ordinals),
        single,
        weight=0.9,
        continuous=False,
    ),
    "ring": Block(
        "A noisy circle.",
        fixed(rings.random_rings),
        single,
        weight=0.5,
    ),
    "square": Block(
        "The squared length of up to four columns, plus noise.",
        _square,
        _few_to_one,
        weight=0.5,
    ),
    "parity": Block(
        "The sign of the product of up to four columns, turned over now and then.",
        _parity,
        _few_to_one,
        weight=0.3,
    ),
    "product": Block(
        "The product of two columns, plus noise.",
        fixed(products.random_products),
        _two_to_one,
        weight=0.3,
        least=(2, 1),
    ),
    "gate": Block(
        "A column times a gain that is shown, too, plus noise.",
        fixed(products.random_gates),
        _one_to_two,
        weight=0.3,
        least=(1, 2),
    ),
    **EVERYDAY,
    "contingency": Block(
        "Two class variables with a random table, as codes or one column a class.",
        _contingency,
        two_class_sides,
        numeric=False,
        continuous=False,
    ),
    "class-conditional": Block(
        "X is a class, and up to five columns Y are normal given the class.",
        _class_conditional,
        class_and_numbers,
        numeric=False,
    ),
    "conditional-class": Block(
        "The same, with X and Y exchanged.",
        _conditional_class,
        _numbers_and_class,
        numeric=False,
    ),
}
# Blocks to be left out together: half of all draws exchange X and Y, so without its mirror image a
# block is still there.
FAMILIES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in BLOCKS if name != "conditional-class"},
    "class-conditional": ("class-conditional", "conditional-class"),
}

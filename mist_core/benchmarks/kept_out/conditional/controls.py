"""Kept-out conditional laws in which Z explains much or all: heavy noise, forks, many controls."""

import math

import numpy as np

from mist_core.benchmarks.kept_out.conditional.law import ConditionalLaw, independent
from mist_core.benchmarks.kept_out.law import direction, orthogonal


def cauchy(name: str, dim: int, width: float) -> ConditionalLaw:
    """Cauchy U and U + Cauchy noise, both moved by functions of Z; I = dim ln(1 + 1 / width)."""

    def moved(w):
        return 3 * np.sin(2 * w), np.square(w) - 2 * w

    def draw(n, rng):
        w = rng.standard_normal((n, 1))
        u = rng.standard_cauchy((n, dim))
        v = u + width * rng.standard_cauchy((n, dim))
        first, second = moved(w)
        return u + first, v + second, w

    def pointwise(u, v, w):
        first, second = moved(w)
        a, b = u - first, v - second
        given = -np.log(width * (1 + np.square((b - a) / width)))
        alone = -np.log((1 + width) * (1 + np.square(b / (1 + width))))
        return (given - alone).sum(1)

    turn = orthogonal(dim, dim + 1)
    exact = dim * math.log1p(1 / width)
    return ConditionalLaw(name, "Cauchy", draw, pointwise, exact, show_y=lambda v: v @ turn)


def fork(name: str, controls: int, first, second) -> ConditionalLaw:
    """Two functions of Z, each with its own noise: nothing is left given Z.

    Args:
        first, second: (z, rng) to a side, z (n,) one direction of the controls.
    """
    ways = [direction(controls, k) if controls > 1 else np.ones(1) for k in (21, 22)]

    def draw(n, rng):
        w = rng.standard_normal((n, controls))
        sides = zip((first, second), ways, strict=True)
        u, v = (side(w @ way, rng)[:, None] for side, way in sides)
        return u, v, w

    return ConditionalLaw(name, "nothing left", draw, independent, 0.0)


def through_a_class(number: int) -> ConditionalLaw:
    """X chooses the class Z, and Z alone makes Y: a chain."""
    means = np.random.default_rng(number).permutation(np.linspace(-2, 2, number))

    def draw(n, rng):
        u = rng.standard_normal((n, 1))
        w = np.floor(number / (1 + np.exp(-1.7 * u - 0.5 * rng.standard_normal((n, 1)))))
        code = w[:, 0].astype(int).clip(0, number - 1)
        return u, (means[code] + 0.4 * rng.logistic(size=n))[:, None], code[:, None].astype(float)

    return ConditionalLaw(f"through {number} classes", "nothing left", draw, independent, 0.0)


LAWS = (
    cauchy("Cauchy given a cause", 1, 0.5),
    cauchy("Cauchy in 3 columns given a cause", 3, 1.5),
    fork(
        "fork of waves",
        1,
        lambda z, rng: np.sin(2 * z) + 0.3 * rng.laplace(size=len(z)),
        lambda z, rng: z * z + 0.3 * rng.logistic(size=len(z)),
    ),
    fork(
        "fork of counts",
        1,
        lambda z, rng: rng.poisson(np.exp(z)).astype(float),
        lambda z, rng: rng.poisson(np.exp(0.5 - z)).astype(float),
    ),
    fork(
        "fork of spreads",
        6,
        lambda z, rng: np.exp(z) * rng.standard_normal(len(z)),
        lambda z, rng: np.abs(z) + 0.5 * rng.standard_exponential(len(z)),
    ),
    through_a_class(6),
)

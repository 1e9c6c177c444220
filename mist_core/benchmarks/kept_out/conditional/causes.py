"""Kept-out conditional laws in which Z acts on both sides: tails, moderation, angles, order."""

import math

import numpy as np
from numpy import ndarray
from scipy.special import digamma, gammaln, i0e, ive

from mist_core.benchmarks.kept_out.conditional.law import ConditionalLaw
from mist_core.benchmarks.kept_out.law import log_normal, normal_nodes, orthogonal


def student(p: int, q: int, r: int, df: float, factors: int, seed: int) -> ConditionalLaw:
    """All columns jointly Student: given Z still Student, of df + r, with a spread that Z tells."""
    loads = np.random.default_rng(seed).standard_normal((p + q + r, factors))
    scatter = loads @ loads.T + np.eye(p + q + r)
    x, y, z = np.split(np.arange(p + q + r), [p, p + q])
    places = [np.r_[x, z], np.r_[y, z], z, np.arange(p + q + r)]
    signs = (1, 1, -1, -1)
    factor = np.linalg.cholesky(scatter)

    def entropy(of: ndarray) -> float:
        d = len(of)
        ends = (df + d) / 2, df / 2
        shape = gammaln(ends[1]) - gammaln(ends[0]) + d / 2 * math.log(df * math.pi)
        radius = ends[0] * (digamma(ends[0]) - digamma(ends[1]))
        return shape + radius + np.linalg.slogdet(scatter[np.ix_(of, of)])[1] / 2

    def log_density(rows: ndarray, of: ndarray) -> ndarray:
        d, block = len(of), scatter[np.ix_(of, of)]
        square = np.einsum("ni,ij,nj->n", rows[:, of], np.linalg.inv(block), rows[:, of])
        const = gammaln((df + d) / 2) - gammaln(df / 2) - d / 2 * math.log(df * math.pi)
        const -= np.linalg.slogdet(block)[1] / 2
        return const - (df + d) / 2 * np.log1p(square / df)

    def draw(n, rng):
        rows = rng.standard_normal((n, p + q + r)) @ factor.T
        rows /= np.sqrt(rng.chisquare(df, (n, 1)) / df)
        return rows[:, x], rows[:, y], rows[:, z]

    def pointwise(u, v, w):
        rows = np.concatenate([u, v, w], 1)
        parts = zip(signs, places, strict=True)
        return -sum(sign * log_density(rows, of) for sign, of in parts)

    exact = sum(sign * entropy(of) for sign, of in zip(signs, places, strict=True))
    return ConditionalLaw(f"Student {p}+{q}|{r}", "Student", draw, pointwise, float(exact))


def moderated(name: str, pairs: int, controls: int, correlation, middle) -> ConditionalLaw:
    """Normal pairs whose correlation and places are functions of the first control.

    Args:
        correlation: of z, in (-1, 1).
        middle: of z, where both sides lie.
    """
    nodes, weights = normal_nodes(20_001)
    exact = pairs * float(-np.log1p(-np.square(correlation(nodes))) / 2 @ weights)

    def draw(n, rng):
        w = rng.standard_normal((n, controls))
        e, f = rng.standard_normal((2, n, pairs))
        rho, centre = correlation(w[:, :1]), middle(w[:, :1])
        return centre + e, rho * e + np.sqrt(1 - rho * rho) * f - centre, w

    def pointwise(u, v, w):
        rho, centre = correlation(w[:, :1]), middle(w[:, :1])
        e, g = u - centre, v + centre
        return (log_normal(g - rho * e, np.sqrt(1 - rho * rho)) - log_normal(g)).sum(1)

    turn = orthogonal(controls, 3)
    return ConditionalLaw(
        name, "moderation", draw, pointwise, exact, np.arctan, show_z=lambda w: w @ turn
    )


def angles(name: str, own: float, noise: float, show) -> ConditionalLaw:
    """Z any angle, X about it, Y about X, von Mises of two concentrations.

    Args:
        own, noise: concentrations of X about Z and of Y about X.
        show: of the angle of X and Y.
    """
    orders = np.arange(1, 200)
    waves = ive(orders, own) / i0e(own) * ive(orders, noise) / i0e(noise)
    grid = np.linspace(-math.pi, math.pi, 20_001)
    apart = (1 + 2 * np.cos(np.outer(grid, orders)) @ waves) / (2 * math.pi)

    def log_given(turn, concentration):
        top = math.log(2 * math.pi * i0e(concentration))
        return concentration * (np.cos(turn) - 1) - top

    def pointwise(u, v, w):
        turn = np.mod(v - w + math.pi, 2 * math.pi) - math.pi
        alone = np.log(np.interp(turn[:, 0], grid, apart))
        return log_given((v - u)[:, 0], noise) - alone

    def draw(n, rng):
        w = rng.uniform(-math.pi, math.pi, (n, 1))
        u = w + rng.vonmises(0, own, (n, 1))
        return u, u + rng.vonmises(0, noise, (n, 1)), w

    shown = lambda angle: np.concatenate([np.cos(angle), np.sin(angle)], 1)  # noqa: E731
    return ConditionalLaw(name, "angles", draw, pointwise, None, show, show, shown)


def order(name: str, number: int, places: tuple[int, int, int], exact: float, log_ratio):
    """Three of the sorted values of so many uniform ones.

    Args:
        places: of X, Y and Z in ascending order, from 0.
        log_ratio: pointwise information of u / w and v / w.
    """

    def draw(n, rng):
        ordered = np.sort(rng.random((n, number)), 1)
        return tuple(ordered[:, place : place + 1] for place in places)

    def pointwise(u, v, w):
        return log_ratio((u / w)[:, 0], (v / w)[:, 0])

    return ConditionalLaw(name, "order", draw, pointwise, exact, np.log, np.log)


def _circle(angle: ndarray) -> ndarray:
    return np.concatenate([np.cos(angle), np.sin(angle)], 1)


def _folded(angle: ndarray) -> ndarray:
    return np.mod(angle, 2 * math.pi)


LAWS = (
    student(1, 1, 1, 2.0, 1, 1),
    student(2, 1, 3, 3.0, 2, 2),
    student(4, 4, 4, 5.0, 3, 3),
    moderated("moderated by a wave", 1, 1, lambda z: 0.95 * np.sin(2 * z), np.square),
    moderated("moderated in 3 columns", 3, 4, lambda z: 0.9 * np.tanh(2 * z), np.abs),
    angles("angles", 2.0, 4.0, _folded),
    angles("points on a circle", 0.5, 8.0, _circle),
    # The first and second of three uniform values below the greatest of four.
    order(
        "first two below the last",
        4,
        (0, 1, 3),
        1.5 - math.log(3),
        lambda u, v: -np.log(3 * np.square(1 - u) * v),
    ),
    order("extremes given the middle", 3, (0, 2, 1), 0.0, lambda u, v: np.zeros(len(u))),
)

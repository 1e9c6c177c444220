"""Kept-out conditional laws in which Z is an effect, or the sides act together on an outcome."""

import math

import numpy as np
from numpy import ndarray
from scipy.special import expit
from scipy.stats import gamma

from mist_core.benchmarks.kept_out.conditional.law import (
    ConditionalLaw,
    by_quadrature,
    mixture,
)
from mist_core.benchmarks.kept_out.law import (
    LogDensity,
    direction,
    log_laplace,
    log_normal,
    normal_nodes,
)


def _quantiles(shape: float, points: int = 1000) -> tuple[ndarray, ndarray]:
    """Nodes and even weights of a gamma variable."""
    return gamma.ppf((np.arange(points) + 0.5) / points, shape), np.full(points, 1 / points)


def total(name: str, p: int, q: int, scale: float) -> ConditionalLaw:
    """X and Y of independent exponential columns; Z their sum and Laplace noise."""

    def log_given(t, s):
        return log_laplace(t - s, scale)

    def rest(number):  # ln density of the sum of so many columns and the noise
        return LogDensity(log_given, *_quantiles(number), -15, 60, points=4001)

    of_x, of_y, of_all = rest(q), rest(p), rest(p + q)

    def draw(n, rng):
        u, v = rng.standard_exponential((n, p)), rng.standard_exponential((n, q))
        noise = scale * rng.laplace(size=(n, 1))
        return u, v, u.sum(1, keepdims=True) + v.sum(1, keepdims=True) + noise

    def pointwise(u, v, w):
        x, y, z = u.sum(1), v.sum(1), w[:, 0]
        return log_laplace(z - x - y, scale) + of_all(z) - of_x(z - x) - of_y(z - y)

    return ConditionalLaw(name, "common effect", draw, pointwise, None, np.log, np.sqrt)


def alike(name: str, p: int, q: int, wrong: float) -> ConditionalLaw:
    """X and Y independent and normal; Z tells whether two of their columns agree in sign."""
    exact = math.log(2) + wrong * math.log(wrong) + (1 - wrong) * math.log1p(-wrong)
    ways = direction(p, 5), direction(q, 6)

    def agree(u, v):
        return (u @ ways[0] > 0) == (v @ ways[1] > 0)

    def draw(n, rng):
        u, v = rng.standard_normal((n, p)), rng.standard_normal((n, q))
        return u, v, (agree(u, v) ^ (rng.random(n) < wrong)).astype(float)[:, None]

    def pointwise(u, v, w):
        right = agree(u, v) == (w[:, 0] > 0.5)
        return np.log(2 * np.where(right, 1 - wrong, wrong))

    return ConditionalLaw(name, "common effect", draw, pointwise, exact)


def volatility(base: float, gain: float) -> ConditionalLaw:
    """Y = sqrt(base + gain (X^2 + Z^2)) E: both tell how far Y goes, not where."""
    halves, weights = _quantiles(0.5, 300)
    squares = 2 * halves  # chi-square of one degree

    def draw(n, rng):
        u, w, e = rng.standard_normal((3, n, 1))
        return u, np.sqrt(base + gain * (u * u + w * w)) * e, w

    def pointwise(u, v, w):
        given = log_normal(v, np.sqrt(base + gain * (u * u + w * w)))[:, 0]
        return given - mixture(log_normal(v, np.sqrt(base + gain * (squares + w * w))), weights)

    def log_given(y, square, z):
        return log_normal(y, np.sqrt(base + gain * (square + z)))

    steps = np.sinh(np.linspace(-8, 8, 1601)) / 40
    few = 2 * _quantiles(0.5, 200)[0], np.full(200, 1 / 200)
    exact = by_quadrature(log_given, (steps, np.gradient(steps)), (squares, weights), few)
    return ConditionalLaw("volatility of two", "volatility", draw, pointwise, exact)


def survival(name: str, effect: float, control: float, shape: float, end: float) -> ConditionalLaw:
    """Y = Weibull time of hazard exp(effect X + control Z), X = .6 Z + .8 E, seen until `end`."""
    nodes, weights = normal_nodes(121, 7.0)

    def log_given(y, risk):
        cumulated = np.exp(risk) * y**shape
        density = math.log(shape) + (shape - 1) * np.log(y) + risk - cumulated
        return np.where(y >= end, -cumulated, density)

    def draw(n, rng):
        w, e = rng.standard_normal((2, n, 1))
        u = 0.6 * w + 0.8 * e
        hazard = np.exp(effect * u + control * w)
        times = (rng.standard_exponential((n, 1)) / hazard) ** (1 / shape)
        return u, times.clip(1e-12, end), w

    def pointwise(u, v, w):
        given = log_given(v, effect * u + control * w)[:, 0]
        risks = effect * (0.6 * w + 0.8 * nodes) + control * w
        return given - mixture(log_given(v, risks), weights)

    def log_rate(y, e, z):
        return log_given(y, effect * (0.6 * z + 0.8 * e) + control * z)

    last = min(end, math.exp(40 / shape))
    times = np.exp(np.linspace(-30 / shape, math.log(last), 2001))
    masses = np.gradient(times)
    if math.isfinite(end):  # half a step below the end, and all that lies beyond it
        times, masses = np.r_[times[:-1], end * (1 - 1e-12), end], np.r_[masses, 1.0]
    few = normal_nodes(61, 6.0)
    exact = by_quadrature(log_rate, (times, masses), normal_nodes(121, 7.0), few)
    return ConditionalLaw(name, "survival", draw, pointwise, exact)


def answer(name: str, dim: int, log_odds) -> ConditionalLaw:
    """Y yes or no, its log odds a function of one direction of X and of Z, all normal."""
    along = direction(dim, 9) if dim > 1 else np.ones(1)
    nodes, weights = normal_nodes(121, 7.0)

    def draw(n, rng):
        u, w = rng.standard_normal((n, dim)), rng.standard_normal((n, 1))
        chance = expit(log_odds(u @ along, w[:, 0]))
        return u, (rng.random(n) < chance).astype(float)[:, None], w

    def pointwise(u, v, w):
        sign = 2 * v - 1
        given = -np.logaddexp(0, -sign[:, 0] * log_odds(u @ along, w[:, 0]))
        return given - mixture(-np.logaddexp(0, -sign * log_odds(nodes, w)), weights)

    def log_chance(y, x, z):
        return -np.logaddexp(0, -(2 * y - 1) * log_odds(x, z))

    both = np.array([0.0, 1.0]), np.ones(2)
    exact = by_quadrature(log_chance, both, (nodes, weights), (nodes, weights))
    return ConditionalLaw(name, "answers", draw, pointwise, exact)


LAWS = (
    total("sum of two", 1, 1, 0.3),
    total("sum of five", 3, 2, 0.5),
    alike("signs agree", 1, 1, 0.1),
    alike("signs agree in 3 columns", 3, 2, 0.02),
    volatility(0.05, 1.0),
    survival("survival given a risk", 1.5, 1.0, 1.0, math.inf),
    survival("survival, half censored, given a risk", 2.0, -1.0, 0.7, 0.5),
    answer("answer to a product", 1, lambda x, z: 4 * x * z),
    answer("answer to four columns", 4, lambda x, z: 3 * x + 2 * z),
)

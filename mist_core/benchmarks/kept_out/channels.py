"""Kept-out laws of one number after another: heavy noise, regimes, volatility, limits, survival."""

import math

import numpy as np
from numpy import ndarray
from scipy.special import gammaln, log_ndtr
from scipy.stats import chi2, multivariate_normal, norm

from mist_core.benchmarks.kept_out.law import (
    KeptOutLaw,
    LogDensity,
    direction,
    log_laplace,
    log_normal,
    normal_nodes,
    orthogonal,
)


def cauchy(dim: int, width: float) -> KeptOutLaw:
    """V = U + noise, both Cauchy in each column, then V rotated; I = dim ln(1 + 1 / width)."""

    def draw(n, rng):
        u = rng.standard_cauchy((n, dim))
        return u, u + width * rng.standard_cauchy((n, dim))

    def pointwise(u, v):
        given = -np.log(width * (1 + ((v - u) / width) ** 2))
        alone = -np.log((1 + width) * (1 + (v / (1 + width)) ** 2))
        return (given - alone).sum(1)

    turn = orthogonal(dim, dim)
    exact = dim * math.log1p(1 / width)
    name = f"Cauchy channel {dim}+{dim}"
    return KeptOutLaw(name, "Cauchy channel", draw, pointwise, exact, show_y=lambda v: v @ turn)


def regime(name: str, dim: int, branches, scale: float, low: float, high: float) -> KeptOutLaw:
    """V = one of several functions of one direction of U, each as likely, plus Laplace noise.

    Args:
        branches: functions of a standard normal value z.
        low, high: of V.
    """
    along = direction(dim, 7) if dim > 1 else np.ones(1)

    def log_given(y, z):
        logs = [log_laplace(y - f(z), scale) for f in branches]
        return np.logaddexp.reduce(logs, 0) - math.log(len(branches))

    margin = LogDensity(log_given, *normal_nodes(), low, high)

    def draw(n, rng):
        u = rng.standard_normal((n, dim))
        means = np.stack([f(u @ along) for f in branches], 1)
        chosen = np.take_along_axis(means, rng.integers(len(branches), size=(n, 1)), 1)
        return u, chosen + scale * rng.laplace(size=(n, 1))

    def pointwise(u, v):
        return log_given(v[:, 0], u @ along) - margin(v[:, 0])

    return KeptOutLaw(name, "regimes", draw, pointwise)


def volatility(lags: int, base: float, gain: float) -> KeptOutLaw:
    """V = sqrt(base + gain |U|^2) E: the past tells how far the next value goes, not where."""
    squares = chi2.ppf((np.arange(4000) + 0.5) / 4000, lags)

    def log_given(y, s):
        return log_normal(y, np.sqrt(base + gain * s))

    far = 7 * math.sqrt(base + gain * squares[-1])
    even = np.full(4000, 1 / 4000)
    margin = LogDensity(log_given, squares, even, -far, far, bend=0.1, points=6001)

    def draw(n, rng):
        u = rng.standard_normal((n, lags))
        spread = np.sqrt(base + gain * np.square(u).sum(1))
        return u, (spread * rng.standard_normal(n))[:, None]

    def pointwise(u, v):
        return log_given(v[:, 0], np.square(u).sum(1)) - margin(v[:, 0])

    return KeptOutLaw(f"volatility of {lags} lags", "volatility", draw, pointwise)


def limited(name: str, pairs: int, rho: float, low: float, high: float) -> KeptOutLaw:
    """Normal pairs that an instrument shows between two limits only, on both sides."""
    rest = math.sqrt(1 - rho * rho)
    ends = [end for end in (low, high) if math.isfinite(end)]

    def draw(n, rng):
        u, e = rng.standard_normal((2, n, pairs))
        return u.clip(low, high), (rho * u + rest * e).clip(low, high)

    def log_tail(z, end):  # ln P(beyond this end)
        return log_ndtr(z) if end == low else log_ndtr(-z)

    def corner(a, b):  # ln P(U beyond a, V beyond b)
        signs = [1 if end == low else -1 for end in (a, b)]
        covariance = [[1, signs[0] * signs[1] * rho], [signs[0] * signs[1] * rho, 1]]
        at = [sign * end for sign, end in zip(signs, (a, b), strict=True)]
        return math.log(max(multivariate_normal([0, 0], covariance).cdf(at), 1e-300))

    corners = {(a, b): corner(a, b) for a in ends for b in ends}

    def pointwise(u, v):
        out = log_normal(v - rho * u, rest) - log_normal(v)  # both within
        for end in ends:
            for side, other in ((v, u), (u, v)):
                given = log_tail((end - rho * other) / rest, end)
                out = np.where(side == end, given - log_tail(end, end), out)
        for (a, b), both in corners.items():
            alone = log_tail(a, a) + log_tail(b, b)
            out = np.where((u == a) & (v == b), both - alone, out)
        return out.sum(1)

    return KeptOutLaw(name, "limits", draw, pointwise)


def survival(name: str, dim: int, effect: float, shape: float, end: float) -> KeptOutLaw:
    """V = Weibull time of hazard exp(effect z), z one direction of U, watched until `end`."""
    along = direction(dim, 3) if dim > 1 else np.ones(1)
    nodes, weights = normal_nodes()

    def log_given(y, z):
        cumulated = np.exp(effect * z) * y**shape
        density = math.log(shape) + (shape - 1) * np.log(y) + effect * z - cumulated
        return np.where(y >= end, -cumulated, density)

    last = min(end, (60 * math.exp(abs(effect) * 5)) ** (1 / shape))

    def log_time(t, z):
        return log_given(np.exp(t), z)

    margin = LogDensity(log_time, nodes, weights, -30.0 / shape, math.log(last) - 1e-12)
    survivors = np.exp(-np.exp(effect * nodes) * last**shape) @ weights
    censored = math.log(max(survivors, 1e-300))

    def draw(n, rng):
        u = rng.standard_normal((n, dim))
        times = (rng.standard_exponential(n) / np.exp(effect * (u @ along))) ** (1 / shape)
        return u, times.clip(1e-13 ** (1 / shape), end)[:, None]

    def pointwise(u, v):
        y = v[:, 0]
        alone = np.where(y >= end, censored, margin(np.log(y)))
        return log_given(y, u @ along) - alone

    return KeptOutLaw(name, "survival", draw, pointwise)


def pareto(p: int, q: int, shape: float) -> KeptOutLaw:
    """Multivariate Pareto (Lomax) law: all columns share one heavy scale."""
    whole = p + q
    const = gammaln(shape + whole) + gammaln(shape) - gammaln(shape + p) - gammaln(shape + q)

    def draw(n, rng):
        scale = rng.standard_gamma(shape, (n, 1))
        both = rng.standard_exponential((n, whole)) / scale
        return both[:, :p], both[:, p:]

    def pointwise(u, v):
        x, y = u.sum(1), v.sum(1)
        joint = -(shape + whole) * np.log1p(x + y)
        return const + joint + (shape + p) * np.log1p(x) + (shape + q) * np.log1p(y)

    def mean_log(k):  # of ln(1 + sum of k columns)
        return sum(1 / (shape + i) for i in range(k))

    exact = const - (shape + whole) * mean_log(whole)
    exact += (shape + p) * mean_log(p) + (shape + q) * mean_log(q)
    name = f"common heavy scale {p}+{q}"
    return KeptOutLaw(name, "common scale", draw, pointwise, float(exact), np.log, np.log)


def extremes(number: int) -> KeptOutLaw:
    """The least and the greatest of some exponential values."""

    def draw(n, rng):
        values = rng.random((n, number))
        return values.min(1, keepdims=True), values.max(1, keepdims=True)

    def pointwise(u, v):
        u, v, k = u[:, 0], v[:, 0], number
        alone = 2 * math.log(k) + (k - 1) * (np.log1p(-u) + np.log(v))
        return math.log(k * (k - 1)) + (k - 2) * np.log(np.maximum(v - u, 1e-300)) - alone

    def log(u):
        return -np.log1p(-u)

    return KeptOutLaw(f"extremes of {number}", "order", draw, pointwise, None, log, log)


def greatest(columns: int, scale: float) -> KeptOutLaw:
    """V = the greatest of the columns of U, normal, plus Laplace noise."""
    nodes = np.linspace(-5, 7, 4001)
    weights = np.exp(norm.logpdf(nodes) + (columns - 1) * norm.logcdf(nodes))

    def log_given(y, m):
        return log_laplace(y - m, scale)

    margin = LogDensity(log_given, nodes, weights / weights.sum(), -8, 10)

    def draw(n, rng):
        u = rng.standard_normal((n, columns))
        return u, u.max(1, keepdims=True) + scale * rng.laplace(size=(n, 1))

    def pointwise(u, v):
        return log_given(v[:, 0], u.max(1)) - margin(v[:, 0])

    return KeptOutLaw(f"greatest of {columns} columns", "order", draw, pointwise)


def _threshold(z: ndarray) -> ndarray:
    return np.where(z > 0.3, 2 - 1.5 * z, 0.8 * z - 1)


LAWS = (
    cauchy(1, 0.3),
    cauchy(6, 5.0),
    cauchy(16, 20.0),
    regime("threshold", 1, [_threshold], 0.3, -20, 20),
    regime("cross of two lines", 1, [lambda z: 1.5 * z, lambda z: -1.5 * z], 0.3, -20, 20),
    regime("cross in 8 columns", 8, [lambda z: 2 * z, lambda z: -2 * z], 0.4, -25, 25),
    volatility(1, 0.05, 1.0),
    volatility(5, 0.1, 0.5),
    volatility(20, 0.0, 1.0),
    limited("floor at both sides", 1, 0.9, 0.2, math.inf),
    limited("saturated instrument", 1, 0.95, -0.6, 0.6),
    limited("four floors", 4, 0.8, 0.5, math.inf),
    survival("survival", 1, 1.5, 1.0, math.inf),
    survival("survival, half censored", 1, 2.0, 0.7, 0.5),
    survival("survival, six columns", 6, 1.5, 1.5, 1.0),
    pareto(2, 2, 0.7),
    pareto(4, 1, 0.5),
    pareto(12, 12, 1.0),
    extremes(3),
    greatest(3, 0.2),
    greatest(10, 0.3),
)

"""Kept-out laws of places: on spheres, on tori, in pictures, in balls and in simplices."""

import math

import numpy as np
from numpy import ndarray
from scipy.special import digamma, gammaln, i0e, i1e

from mist_core.benchmarks.kept_out.law import Draw, KeptOutLaw, Pointwise, Show, as_drawn

TABLE = 200_001  # points of an inverse distribution function


def sphere(dim: int, kappa: float, name: str, show: Show = as_drawn) -> KeptOutLaw:
    """U uniform on the sphere in `dim` columns, V von Mises-Fisher about U.

    i = kappa u.v - ln E exp(kappa u.v'), v' uniform; the cosine has a density in one variable.
    """
    angle = np.linspace(0, math.pi, TABLE)
    cosine = np.cos(angle)
    base = np.sin(angle) ** (dim - 2)
    tilted = base * np.exp(kappa * (cosine - 1))
    share = np.cumsum(tilted) / tilted.sum()
    log_mean = math.log(tilted.sum() / base.sum()) + kappa

    def draw(n, rng):
        u, w = rng.standard_normal((2, n, dim))
        u /= np.linalg.norm(u, axis=1, keepdims=True)
        w -= (w * u).sum(1, keepdims=True) * u
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        turn = np.interp(rng.random(n), share, angle)[:, None]
        return u, np.cos(turn) * u + np.sin(turn) * w

    exact = kappa * float((tilted * cosine).sum() / tilted.sum()) - log_mean
    return KeptOutLaw(
        name, "sphere", draw, lambda u, v: kappa * (u * v).sum(1) - log_mean, exact, show, show
    )


def globe(u: ndarray) -> ndarray:
    """Longitude and latitude of points on the sphere."""
    return np.stack([np.arctan2(u[:, 1], u[:, 0]), np.arcsin(u[:, 2].clip(-1, 1))], 1)


def wound(winding: ndarray, kappa: float) -> tuple[Draw, Pointwise, float]:
    """Angles V = winding U + von Mises noise, U uniform on the torus, both in [0, 1).

    Args:
        winding: integers (p, q), such that V is uniform on the torus, too.
        kappa: concentration of the noise in each of the q columns.
    """
    inputs, outputs = winding.shape

    def draw(n, rng):
        u = rng.random((n, inputs))
        noise = rng.vonmises(0, kappa, (n, outputs)) / (2 * math.pi)
        return u, (u @ winding + noise) % 1

    log_mean = math.log(i0e(kappa)) + kappa

    def pointwise(u, v):
        return (kappa * np.cos(2 * math.pi * (v - u @ winding)) - log_mean).sum(1)

    return draw, pointwise, outputs * (kappa * i1e(kappa) / i0e(kappa) - log_mean)


def torus(
    name: str,
    kind: str,
    winding: list,
    kappa: float,
    show_x: Show = as_drawn,
    show_y: Show = as_drawn,
) -> KeptOutLaw:
    """A law of `wound` angles."""
    return KeptOutLaw(name, kind, *wound(np.array(winding, dtype=float), kappa), show_x, show_y)


def picture(side: int, sharpness: float) -> Show:
    """Shows a place in [0, 1)^2 as the `side`^2 pixels of a bright spot that wraps around."""
    grid = np.arange(side) / side

    def show(u):
        rows, columns = (
            np.exp(sharpness * (np.cos(2 * math.pi * (u[:, k, None] - grid)) - 1)) for k in (0, 1)
        )
        return (rows[:, :, None] * columns[:, None, :]).reshape(len(u), side**2)

    return show


def trace(points: int) -> Show:
    """Shows (phase, height) in [0, 1)^2 as a wave seen at `points` times."""
    times = 2 * math.pi * np.arange(points) / points

    def show(u):
        phase, height = 2 * math.pi * u[:, :1], 0.5 + u[:, 1:2]
        return height * (np.sin(times + phase) + 0.4 * np.sin(2 * times + 2 * phase + 1))

    return show


def ball(p: int, q: int) -> KeptOutLaw:
    """(U, V) uniform in the unit ball of p + q columns: no correlations, bounded together."""

    def log_constant(inside: int, left: int) -> float:
        whole = inside + left
        return gammaln(whole / 2 + 1) - gammaln(left / 2 + 1) - inside / 2 * math.log(math.pi)

    const = log_constant(p + q, 0) - log_constant(p, q) - log_constant(q, p)

    def draw(n, rng):
        points = rng.standard_normal((n, p + q))
        radius = rng.random((n, 1)) ** (1 / (p + q))
        points *= radius / np.linalg.norm(points, axis=1, keepdims=True)
        return points[:, :p], points[:, p:]

    def pointwise(u, v):
        inner, outer = (np.log1p(-np.square(side).sum(1)) for side in (u, v))
        return const - q / 2 * inner - p / 2 * outer

    def mean_log(inside: int, left: int) -> float:  # 1 - |U|^2 is Beta(left / 2 + 1, inside / 2)
        return digamma(left / 2 + 1) - digamma((inside + left) / 2 + 1)

    exact = const - q / 2 * mean_log(p, q) - p / 2 * mean_log(q, p)
    return KeptOutLaw(f"ball {p}+{q}", "ball", draw, pointwise, float(exact))


def shares(name: str, weights: ndarray, p: int, show: Show = as_drawn) -> KeptOutLaw:
    """Shares of a whole: U the first p parts of a Dirichlet law, V the rest but for the last."""
    weights = np.asarray(weights, dtype=float)
    first, second = weights[:p], weights[p:-1]
    total, last = weights.sum(), weights[-1]
    left_x, left_y = total - first.sum(), total - second.sum()
    const = gammaln(left_x) + gammaln(left_y) - gammaln(total) - gammaln(last)

    def draw(n, rng):
        parts = rng.standard_gamma(weights, (n, len(weights)))
        parts = np.maximum(parts / parts.sum(1, keepdims=True), 1e-300)
        return parts[:, :p], parts[:, p:-1]

    def pointwise(u, v):
        rest_x, rest_y = 1 - u.sum(1), 1 - v.sum(1)
        rest = np.maximum(rest_x - v.sum(1), 1e-300)
        logs = (np.log(np.maximum(r, 1e-300)) for r in (rest, rest_x, rest_y))
        powers = last - 1, -(left_x - 1), -(left_y - 1)
        return const + sum(power * log for power, log in zip(powers, logs, strict=True))

    means = (digamma(part) - digamma(total) for part in (last, left_x, left_y))
    powers = last - 1, -(left_x - 1), -(left_y - 1)
    exact = const + sum(power * mean for power, mean in zip(powers, means, strict=True))
    return KeptOutLaw(name, "shares of a whole", draw, pointwise, float(exact), show, show)


LAWS = (
    sphere(3, 3.0, "directions in space"),
    sphere(3, 10.0, "longitude and latitude", globe),
    sphere(8, 6.0, "directions in 8 columns"),
    sphere(24, 12.0, "directions in 24 columns"),
    torus("an angle and twice another", "torus", [[1], [2]], 4.0),
    torus("cat map", "torus", [[2, 1], [1, 1]], 2.0),
    torus("cat map, twice", "torus", [[5, 3], [3, 2]], 5.0),
    torus("sum of three angles", "torus", [[1], [1], [1]], 4.0),
    torus("picture and place", "picture", [[1, 0], [0, 1]], 3.0, picture(6, 2.0)),
    torus("two pictures", "picture", [[1, 0], [0, 1]], 2.0, picture(6, 4.0), picture(4, 1.0)),
    torus("large picture and place", "picture", [[1, 0], [0, 1]], 10.0, picture(8, 6.0)),
    torus("two traces", "picture", [[1, 0], [0, 1]], 2.5, trace(30), trace(12)),
    ball(1, 1),
    ball(2, 3),
    ball(12, 4),
    shares("two of three shares", [0.5, 0.5, 0.8], 1),
    shares("three and three shares", [1, 2, 3, 1, 2, 3, 3], 3),
    shares("logarithms of eight shares", [0.6] * 8 + [0.8], 4, np.log),
    shares("ten and ten shares", np.r_[np.linspace(0.5, 3, 20), 5], 10),
)

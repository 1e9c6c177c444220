"""The past of one series beside the present of another, given its own past: transfer of entropy."""

import numpy as np
import torch
from numpy import ndarray
from scipy.signal import lfilter

from mist_core.distributions.numerics.randomness import Source
from mist_core.distributions.transforms.random import MONOTONE
from mist_core.priors.conditional.batch import Shape, Triples
from mist_core.priors.conditional.surfaces import SHAPES

BURN_IN = 200
MOST_HISTORY = 4
# How often the other series does not act at all.
UNCOUPLED = 0.3


def series(shape: Shape, source: Source) -> Triples:
    """Autoregressions, linear or driven through a function, under increasing maps."""
    make = _nonlinear if source.rng.random() < 0.4 else _linear
    made = [make(shape, source.rng) for _ in range(shape.count)]
    least = min(len(x) for (x, _, _), _ in made)
    sides = [torch.stack([torch.from_numpy(m[0][k][:least]) for m in made]) for k in range(3)]
    maps = [MONOTONE[k] for k in source.rng.integers(len(MONOTONE), size=2)]
    which = (0, 1, 1) if source.rng.random() < 0.5 else (None, None, None)
    sides = [side if k is None else maps[k](side) for side, k in zip(sides, which, strict=True)]
    information = torch.tensor([m[1] for m in made], dtype=torch.float64)
    return Triples(*(side.float() for side in sides), information, "series", ordered=True)


def _linear(shape: Shape, rng: np.random.Generator) -> tuple[tuple[ndarray, ...], float]:
    """A stable vector autoregression of one or two columns a series; closed form."""
    p, q = min(shape.p, 2), min(shape.q, 2)
    history = max(1, min(shape.r // q, MOST_HISTORY, 2))
    d = p + q
    matrix = rng.standard_normal((d, d)) * rng.choice([0.3, 1.0])
    matrix += np.diag(rng.uniform(0, 2, d))
    if shape.nothing or rng.random() < UNCOUPLED:
        matrix[p:, :p] = 0  # X does not act on Y
    matrix *= rng.uniform(0.2, 0.97) / np.abs(np.linalg.eigvals(matrix)).max()
    mixing = np.eye(d)
    covariance = np.linalg.solve(
        np.eye(d * d) - np.kron(matrix, matrix), (mixing @ mixing.T).ravel()
    ).reshape(d, d)
    rows = shape.n + history
    e = rng.standard_normal((rows, d))
    states = np.empty((rows, d))
    states[0] = np.linalg.cholesky(covariance) @ e[0]
    for t in range(1, rows):
        states[t] = matrix @ states[t - 1] + e[t]
    return embedded(states[:, :p], states[:, p:], history), transfer(matrix, covariance, p, history)


def transfer(matrix: ndarray, covariance: ndarray, p: int, history: int) -> float:
    """Transfer entropy of a Gaussian autoregression, nats.

    Args:
        matrix: (d, d) of the autoregression.
        covariance: (d, d) stationary.
        p: columns of the series that acts; the others are acted on.
        history: past rows of both.
    """
    d = len(matrix)
    lags = [np.linalg.matrix_power(matrix, k) @ covariance for k in range(history + 1)]
    blocks = [
        [lags[j - i] if j >= i else lags[i - j].T for j in range(history + 1)]
        for i in range(history + 1)
    ]  # block 0 is the present, block k the row k before it
    whole = np.block(blocks)
    y_now = list(range(p, d))
    x_past = [d * k + i for k in range(1, history + 1) for i in range(p)]
    y_past = [d * k + i for k in range(1, history + 1) for i in range(p, d)]

    def volume(places: list[int]) -> float:
        return np.linalg.slogdet(whole[np.ix_(places, places)])[1]

    nats = volume(x_past + y_past) + volume(y_now + y_past)
    nats -= volume(y_past) + volume(x_past + y_past + y_now)
    return max(nats / 2, 0.0)


def _nonlinear(shape: Shape, rng: np.random.Generator) -> tuple[tuple[ndarray, ...], float]:
    """Y is driven by a function of what was new in X one step before."""
    history = 2 if min(shape.p, shape.r) > 1 else 1
    memory = rng.uniform(0, 0.95) if history == 2 else 0.0  # one row does not tell what was new
    own = rng.uniform(0, 0.95)
    noise = np.exp(rng.uniform(np.log(0.2), np.log(2)))
    form = SHAPES[rng.integers(len(SHAPES))]
    strength = 0.0 if shape.nothing or rng.random() < UNCOUPLED else 1.5

    def drive(e: ndarray) -> ndarray:
        return strength * form(1.3 * torch.from_numpy(e)).numpy()

    rows = shape.n + history + BURN_IN
    e, f = rng.standard_normal((2, rows))
    x = lfilter([1.0], [1.0, -memory], e)
    pushed = np.r_[0.0, drive(e)[:-1]] + noise * f
    y = lfilter([1.0], [1.0, -own], pushed)
    sides = embedded(x[BURN_IN:, None], y[BURN_IN:, None], history)
    return sides, channel(drive, noise) if strength else 0.0


def channel(drive, noise: float) -> float:
    """I(E; g(E) + noise F), nats, E and F standard normal, by sums over fine grids."""
    nodes = np.linspace(-6, 6, 601)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    centres = drive(nodes)
    heights = np.linspace(centres.min() - 7 * noise, centres.max() + 7 * noise, 1201)
    given = np.exp(-(((heights - centres[:, None]) / noise) ** 2) / 2)
    given /= given.sum(1, keepdims=True)
    alone = weights @ given
    ratio = np.log(np.maximum(given, 1e-300)) - np.log(np.maximum(alone, 1e-300))
    return float(weights @ (given * ratio).sum(1))


def embedded(x: ndarray, y: ndarray, history: int) -> tuple[ndarray, ndarray, ndarray]:
    """Past of x, present of y, past of y: (n - history, history p), (.., q) and (.., history q)."""
    rows = len(y) - history
    past = [
        np.concatenate([side[history - k : history - k + rows] for k in range(1, history + 1)], 1)
        for side in (x, y)
    ]
    return past[0], y[history:], past[1]

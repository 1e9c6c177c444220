"""What is asked of estimators of I(X;Y|Z): laws whose truth is known, and those who answer.

Grids of one to four columns a side, normal and nonlinear; tables of classes; the redundant and
synergetic systems of the score-based O-information (Bounoua et al., 2024, arXiv 2402.05667) as
triples; transfer entropy of autoregressions (rows in time order); and the laws that are kept out of
every prior. Letters: n rows; d columns.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from mist_core.benchmarks.kept_out import conditional as kept_out
from mist_core.benchmarks.kept_out.conditional.truths import truths
from mist_core.benchmarks.kept_out.law import normal_nodes

Triple = tuple[ndarray, ndarray, ndarray]
STRENGTHS = (0.3, 0.6, 0.9)
COLUMNS = (1, 2, 3, 4)
ENTROPY = 20261128  # of the datasets


@dataclass(frozen=True)
class Question:
    """A law of three sides.

    Attributes:
        name: unique.
        group: of laws that are scored together.
        columns: d of a side.
        truth: I(X;Y|Z), nats.
        draw: (n, rng) to x, y and z, (n, d) each.
        in_time: whether rows stand in time order: then it is a transfer of entropy.
    """

    name: str
    group: str
    columns: int
    truth: float
    draw: Callable[[int, np.random.Generator], Triple]
    in_time: bool = False


def questions() -> list[Question]:
    """All of them, in order."""
    return [*_grids(), *_tables(), *_systems(), *_transfers(), *_kept_out()]


def dataset(question: int, n: int, seed: int, asked: Question) -> Triple:
    """Dataset number `seed` of n rows; each has a stream of its own."""
    return asked.draw(n, np.random.default_rng([ENTROPY, question, n, seed]))


def _grids() -> Iterator[Question]:
    for d in COLUMNS:
        for rho in STRENGTHS:
            yield _gaussian(d, rho)
        for name, (bend, noise) in BENT.items():
            yield _bent(name, d, bend, noise)


def _gaussian(d: int, rho: float) -> Question:
    """Pairs with a correlation that is left when two causes they share are known."""

    def draw(n: int, rng: np.random.Generator) -> Triple:
        z, e, f = rng.standard_normal((3, n, d))
        x, y = z + e, rho * e + math.sqrt(1 - rho * rho) * f - 0.5 * z.sum(1, keepdims=True)
        return x, y, z

    truth = -d * math.log1p(-rho * rho) / 2
    return Question(f"Gaussian {rho:g} in {d}", "Gaussian", d, truth, draw)


# Functions of what X has beside Z, and the noise that Y adds to them.
BENT: dict[str, tuple[Callable[[ndarray], ndarray], float]] = {
    "parabola": (lambda e: e * e / 1.4, 0.5),
    "wave": (lambda e: 1.4 * np.sin(2 * e), 0.5),
    "tent": (lambda e: 1.5 * np.abs(e), 1.0),
    "steps": (lambda e: np.tanh(3 * e) + 0.5 * e, 0.7),
}


def _bent(name: str, d: int, bend: Callable[[ndarray], ndarray], noise: float) -> Question:
    def draw(n: int, rng: np.random.Generator) -> Triple:
        z, e, f = rng.standard_normal((3, n, d))
        return np.sin(1.5 * z) + e, bend(e) + noise * f + 0.7 * z * z, z

    return Question(f"{name} in {d}", "nonlinear", d, d * channel(bend, noise), draw)


def channel(bend: Callable[[ndarray], ndarray], noise: float) -> float:
    """I(E; bend(E) + noise F) of standard normal E and F, nats, by sums over fine grids."""
    nodes, weights = normal_nodes(801, 7.0)
    centres = bend(nodes)
    heights = np.linspace(centres.min() - 8 * noise, centres.max() + 8 * noise, 1601)
    given = np.exp(-(((heights - centres[:, None]) / noise) ** 2) / 2)
    given /= given.sum(1, keepdims=True)
    alone = np.log(np.maximum(weights @ given, 1e-300))
    return float(weights @ (given * (np.log(np.maximum(given, 1e-300)) - alone)).sum(1))


def _tables() -> Iterator[Question]:
    for number in (2, 4):
        table = np.zeros((number, number, number))
        for i, j in np.ndindex(number, number):
            table[i, j, (i + j) % number] = 1
        yield _table(f"sum modulo {number}", 0.9 * table / table.sum() + 0.1 / number**3)
    rng = np.random.default_rng(ENTROPY)
    for shape in ((2, 3, 3), (4, 4, 2), (5, 3, 4)):
        yield _table(f"table {'x'.join(map(str, shape))}", rng.dirichlet([0.7] * math.prod(shape)))
    chain = np.einsum("zx,zy->xyz", *rng.dirichlet([0.5] * 4, size=(2, 4))) / 4
    yield _table("chain of classes", chain)


def _table(name: str, joint: ndarray) -> Question:
    if joint.ndim == 1:
        joint = joint.reshape(tuple(map(int, name.split()[1].split("x"))))
    known = kept_out.codes.table(name, "classes", joint)
    assert known.exact is not None
    return Question(name, "classes", 1, known.exact, lambda n, rng: known.sample(n, rng=rng))


def _systems() -> Iterator[Question]:
    for d in (1, 4):
        for noise in (0.5, 1.0):
            yield _system(f"redundant {noise:g} in {d}", d, noise, shared=True)
            yield _system(f"synergetic {noise:g} in {d}", d, noise, shared=False)


def _system(name: str, d: int, noise: float, *, shared: bool) -> Question:
    """Three noisy copies of one source, or a noisy sum of two sources that are independent."""

    def draw(n: int, rng: np.random.Generator) -> Triple:
        a, b, c, s = rng.standard_normal((4, n, d))
        if shared:
            return s + noise * a, s + noise * b, s + noise * c
        return a, b, a + b + noise * c

    v = noise * noise
    if shared:  # the source has variance v / (1 + v) left where one copy is known
        left = v / (1 + v)
        rho = left / (left + v)
        return Question(name, "systems", d, -d * math.log1p(-rho * rho) / 2, draw)
    rho = 1 / (1 + v)  # correlation of a and b given their sum, up to its sign
    return Question(name, "systems", d, -d * math.log1p(-rho * rho) / 2, draw)


def _transfers() -> Iterator[Question]:
    for memory in (0.0, 0.5, 0.9):
        for gain in (0.0, 0.3, 0.6):
            yield _transfer(memory, gain)


def _transfer(memory: float, gain: float) -> Question:
    """y_t = memory y_{t-1} + gain x_{t-1} + noise, x white: then one row of history is all."""

    def draw(n: int, rng: np.random.Generator) -> Triple:
        x, e = rng.standard_normal((2, n + 200))
        y = np.zeros(n + 200)
        for t in range(1, n + 200):
            y[t] = memory * y[t - 1] + gain * x[t - 1] + e[t]
        return x[199:-1, None], y[200:, None], y[199:-1, None]

    name = f"memory {memory:g}, gain {gain:g}"
    return Question(name, "transfer", 1, math.log1p(gain * gain) / 2, draw, in_time=True)


def _kept_out() -> Iterator[Question]:
    for name, law in kept_out.LAWS.items():
        columns = max(side.shape[1] for side in law.sample(2, rng=np.random.default_rng(0)))
        truth = truths()[name].mutual_information
        yield Question(name, "kept out", columns, truth, _sampler(law))


def _sampler(law: kept_out.ConditionalLaw) -> Callable[[int, np.random.Generator], Triple]:
    return lambda n, rng: law.sample(n, rng=rng)

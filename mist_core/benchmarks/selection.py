"""What is asked of selectors of columns: laws whose Markov blanket is known, and real tables.

The Markov blanket of a target is the least set of columns that, once known, leave nothing that any
other column could tell about it (Pearl, 1988): its causes, its effects, and the other causes of
these effects. Letters: n rows; d columns.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray
from sklearn import datasets

ENTROPY = 20261129  # of the datasets
IRRELEVANT = 6  # columns that each law has beside those that its recipe names


@dataclass(frozen=True)
class BlanketLaw:
    """A law of columns and a target.

    Attributes:
        recipe: in words.
        blanket: places of the Markov blanket among the columns.
        draw: (n, rng) to columns (n, d) and target (n,).
        target_is_class: whether the target is made of classes.
    """

    recipe: str
    blanket: frozenset[int]
    draw: Callable[[int, np.random.Generator], tuple[ndarray, ndarray]]
    target_is_class: bool = False

    def dataset(self, place: int, n: int, seed: int) -> tuple[ndarray, ndarray]:
        """Dataset number `seed` of n rows of law number `place`; irrelevant columns come last."""
        rng = np.random.default_rng([ENTROPY, place, n, seed])
        columns, target = self.draw(n, rng)
        return np.c_[columns, rng.standard_normal((n, IRRELEVANT))], target


def _copies(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    a, b, e = rng.standard_normal((3, n))
    copies = a[:, None] + 0.3 * rng.standard_normal((n, 3))
    return np.c_[a, b, copies], a + 0.5 * b + 0.4 * e


def _chain(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    e = rng.standard_normal((5, n))
    before = e[0]
    cause = before + 0.5 * e[1]
    target = cause + 0.8 * e[2]
    effect = target + 0.8 * e[3]
    return np.c_[before, cause, effect, effect + 0.5 * e[4]], target


def _explaining_away(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    target, other, e, f = rng.standard_normal((4, n))
    effect = target + other + 0.3 * e
    return np.c_[effect, other, effect + 0.5 * f], target


def _switch(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    a, b, e, f = rng.standard_normal((4, n))
    return np.c_[a, b, a + 0.3 * f], a + 2 * (a > 0) * b + 0.3 * e


def _many(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    causes, e = rng.standard_normal((n, 6)), rng.standard_normal(n)
    return causes, causes.sum(1) + e


def _bent(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    a, b, e, f = rng.standard_normal((4, n))
    return np.c_[a, b, np.tanh(b + 0.4 * f)], np.sin(2 * a) + b * b / 1.4 + 0.3 * e


def _classes(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    a, b, e = rng.standard_normal((3, n))
    cut = np.digitize(a, [-1.0, 0.0, 1.0]).astype(float)
    return np.c_[a, b, cut], np.digitize(1.5 * a + b + 0.5 * e, [-1.0, 1.0])


def _parity(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    a, b, c = rng.standard_normal((3, n))
    flipped = rng.random(n) < 0.05
    return np.c_[a, b, c], ((a > 0) ^ (b > 0) ^ flipped).astype(int)


def _nothing(n: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    return rng.standard_normal((n, 3)), rng.standard_normal(n)


LAWS: dict[str, BlanketLaw] = {
    "noisy copies": BlanketLaw(
        "two causes, and three noisy copies of the stronger one", frozenset({0, 1}), _copies
    ),
    "chain": BlanketLaw(
        "a cause and an effect, each with a further link of its chain", frozenset({1, 2}), _chain
    ),
    "explaining away": BlanketLaw(
        "an effect, its noisy copy, and the effect's other cause, which alone tells nothing",
        frozenset({0, 1}),
        _explaining_away,
    ),
    "switch": BlanketLaw(
        "a second cause that works only where the first is above 0", frozenset({0, 1}), _switch
    ),
    "six causes": BlanketLaw("six causes of equal weight", frozenset(range(6)), _many),
    "bent": BlanketLaw(
        "a wave of one cause, a parabola of another, and a noisy copy of that",
        frozenset({0, 1}),
        _bent,
    ),
    "classes": BlanketLaw(
        "three classes by two causes, and the stronger cause in four steps",
        frozenset({0, 1}),
        _classes,
        target_is_class=True,
    ),
    "parity": BlanketLaw(
        "whether two signs differ: neither alone tells anything",
        frozenset({0, 1}),
        _parity,
        target_is_class=True,
    ),
    "nothing": BlanketLaw("no column tells anything", frozenset(), _nothing),
}

# Real tables of numbers with classes as target, all of scikit-learn.
TABLES: dict[str, Callable] = {
    "Wine": datasets.load_wine,
    "Breast cancer": datasets.load_breast_cancer,
    "Digits": datasets.load_digits,
}

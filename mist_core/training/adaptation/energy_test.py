"""Whether two samples could be of one law: the energy distance with a permutation test."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

PERMUTATIONS = 499
MOST_ROWS = 500


@dataclass(frozen=True)
class TwoSample:
    """Result of a test.

    Attributes:
        distance: energy distance in units of the first sample's spread, at least 0.
        p_value: share of random relabellings at least as far apart, the given one included.
    """

    distance: float
    p_value: float


def energy_test(a: np.ndarray, b: np.ndarray, *, rng: np.random.Generator) -> TwoSample:
    """Test whether the rows of a and b follow one law.

    The energy distance 2 E|A - B| - E|A - A'| - E|B - B'| is zero only for equal laws (Székely and
    Rizzo, 2013, J. Stat. Plan. Inference 143); columns are scaled by the spread of both together.
    The p-value is (hits + 1) / (PERMUTATIONS + 1).

    Args:
        a: (n, dim), n >= 2.
        b: (m, dim), m >= 2. Of more than MOST_ROWS rows only so many are looked at.
        rng: of the relabellings.
    """
    a, b = (rows[rng.permutation(len(rows))[:MOST_ROWS]] for rows in (a, b))
    together = np.concatenate([a, b])
    spread = together.std(0)
    scaled = together / np.where(spread > 0, spread, 1.0)
    distances = cdist(scaled, scaled)
    labels = np.arange(len(together)) < len(a)
    found = _energy(distances, labels[None])[0]
    shuffled = np.stack([rng.permutation(labels) for _ in range(PERMUTATIONS)])
    hits = int((_energy(distances, shuffled) >= found - 1e-12).sum())
    return TwoSample(max(float(found), 0.0), (hits + 1) / (PERMUTATIONS + 1))


def _energy(distances: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(k,) energy distances under k labellings (k, rows)."""
    first = labels.astype(float) / labels.sum(-1, keepdims=True)
    second = (~labels).astype(float) / (~labels).sum(-1, keepdims=True)
    contrast = first - second
    return -((contrast @ distances) * contrast).sum(-1)

"""Twenty datasets with the answers that the shipped weights gave when they were stored.

Writes the answers anew, after new weights or a change of a statistic that is meant to move them:

    .venv/bin/python -m tests.inference.reference
"""

from pathlib import Path

import numpy as np

from mist_core.inference.estimator import MISTEstimator
from mist_core.paths import WEIGHTS, shipped

DATASETS = Path(__file__).parent / "reference-datasets.npz"
ANSWERS = Path(__file__).parent / "reference-answers.npz"
NAMES = tuple(shipped(WEIGHTS))
# Datasets with columns of classes, which are named by numbers.
CLASSES = {"classes": "class", "class and numbers": {"x": "class"}}


def datasets() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """x (n, dim_x) and y (n, dim_y) by what they are."""
    stored = np.load(DATASETS)
    names = dict.fromkeys(name.rpartition(", ")[0] for name in stored.files)
    return {name: (stored[f"{name}, x"], stored[f"{name}, y"]) for name in names}


def answers(weights: str) -> np.ndarray:
    """(20, 27) mean, 25 quantiles and in_family of each dataset."""
    estimator = MISTEstimator.load(weights, device="cpu")
    found = [estimator.posterior(x, y, CLASSES.get(name)) for name, (x, y) in datasets().items()]
    return np.array([[p.mean, *p.quantiles, p.in_family] for p in found])


def draw() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """One dataset a kind: smooth, wavy, tied, of classes, with few rows, with many columns."""
    rng = np.random.default_rng(20261125)

    def normal(n, dim_x=1, dim_y=1, strength=1.0):
        x = rng.standard_normal((n, dim_x))
        shared = x.mean(1, keepdims=True) * np.sqrt(dim_x)
        return x, strength * shared + rng.standard_normal((n, dim_y))

    def with_noise(function, n, noise=0.2):
        x = rng.uniform(-1, 1, (n, 1))
        return x, function(x) + noise * rng.standard_normal((n, 1))

    angle = rng.uniform(0, 2 * np.pi, (400, 1))
    spiral_x, spiral_y = normal(500, 2, 2)
    turn = np.hypot(*spiral_x.T)[:, None]
    spiral_x = np.cos(turn) * spiral_x + np.sin(turn) * spiral_x[:, ::-1] * [1, -1]
    tails = np.sqrt(3 / rng.chisquare(3, (400, 1)))
    level, group = rng.poisson(3, (300, 1)), rng.integers(0, 4, (300, 1))
    rain = rng.random((300, 1)) < 0.4
    some = normal(100, 2, 2)
    return {
        "normal": normal(500),
        "normal, ten rows": normal(10),
        "four rows": normal(4),
        "independent": normal(200, strength=0.0),
        "normal, 10 + 3": normal(150, 10, 3, 0.5),
        "normal, 16 + 16": normal(200, 16, 16, 0.5),
        "more columns than rows": normal(24, 32, 2),
        "two thousand rows": normal(2000, 2, 1),
        "heavy tails": tuple(tails * side for side in normal(400, 2, 2, 0.3)),
        "Cauchy": tuple(np.tan(np.arctan(side)) ** 3 for side in normal(200, 3, 3)),
        "parabola": with_noise(np.square, 300),
        "waves": with_noise(lambda x: np.sin(12 * x), 400),
        "ring": tuple(f(angle) + 0.1 * rng.standard_normal((400, 1)) for f in (np.cos, np.sin)),
        "spiral": (spiral_x, spiral_y),
        "rounded": tuple(np.round(2 * side) / 2 for side in normal(300, 2, 2)),
        "counts": (level, rng.poisson(1 + level)),
        "zeros": (rain * rng.exponential(1, (300, 1)), rain * rng.exponential(1, (300, 1))),
        "classes": (group, (group + rng.integers(0, 2, (300, 1))) % 5),
        "class and numbers": (group, group % 2 + rng.standard_normal((300, 2))),
        "a constant column": (np.hstack([some[0], np.ones((100, 1))]), some[1]),
    }


def write() -> None:
    """Draws the datasets where there are none, and answers them with all shipped weights."""
    if not DATASETS.exists():
        sides = {
            f"{name}, {side}": values.astype(np.float32)
            for name, pair in draw().items()
            for side, values in zip("xy", pair, strict=True)
        }
        np.savez_compressed(DATASETS, **sides)
    np.savez_compressed(ANSWERS, **{weights: answers(weights) for weights in NAMES})


if __name__ == "__main__":
    write()

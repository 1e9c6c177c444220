"""Chance in series: blocks of rows moved against each other keep what a series remembers."""

from collections.abc import Sequence

import numpy as np

FEWEST_BLOCKS = 2
MEMORIES = 8
PERMUTATIONS = 199
_LONG = 5_000  # rows beyond which fewer permutations are made


def block_length(n: int, inflation: float) -> int:
    """Rows a block: so many times the memory that its cuts do not matter, where there are so many.

    The circle of rows is cut anywhere: even two blocks are moved in as many ways as there are rows.
    """
    return int(
        np.clip(np.ceil(MEMORIES * inflation), round(n ** (1 / 3)), max(n // FEWEST_BLOCKS, 1))
    )


def permuted(n: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """(n,) positions: the circle of rows, cut anywhere into blocks, and these shuffled."""
    circle = np.roll(np.arange(n), rng.integers(n))
    blocks = np.array_split(circle, max(n // length, 1))
    return np.concatenate([blocks[i] for i in rng.permutation(len(blocks))])


def lagged_products(x: np.ndarray, y: np.ndarray, lags: Sequence[int]) -> np.ndarray:
    """(L, F, G) sums over rows of functions of x so many rows before those of y."""
    n = len(x)
    return np.stack([x[max(-k, 0) : n - max(k, 0)].T @ y[max(k, 0) : n + min(k, 0)] for k in lags])


def null_products(
    x: np.ndarray, y: np.ndarray, lags: Sequence[int], length: int, rng: np.random.Generator
) -> np.ndarray:
    """(m, L, F, G) the same where blocks of y were moved."""
    count = PERMUTATIONS if len(x) <= _LONG else PERMUTATIONS // 2
    return np.stack(
        [lagged_products(x, y[permuted(len(x), length, rng)], lags) for _ in range(count)]
    )

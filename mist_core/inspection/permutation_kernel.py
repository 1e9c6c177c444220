"""Permutations of one side of a pair as a loop, compiled by Numba: a few microseconds each."""

import numba
import numpy as np

# Constants of Knuth's 64-bit linear congruential generator (MMIX).
_FACTOR, _STEP = np.uint64(6364136223846793005), np.uint64(1442695040888963407)
_HALF = np.uint64(32)


@numba.njit(cache=True, nogil=True)
def exceedances(codes, table, other, log_x, log_y, least, enough, most, seed):
    """How often a permutation of the rows of one side reaches the statistic that was found.

    Args:
        codes: (n,) the number of the value of each row of one side.
        table: (D, F) float32 the functions of that side at each value.
        other: (n, G) float32 the functions of the other side at each row.
        log_x: (F,) and log_y: (G,) logarithms of their weights.
        least: the statistic to be reached.
        enough: as soon as so many reached it, no more are tried.
        most: how many are tried.
        seed: uint64.

    Returns:
        How many reached it, and how many were tried.
    """
    n, reached = len(codes), 0
    order = np.arange(n)
    sums = np.zeros((table.shape[0], other.shape[1]), np.float32)
    state = seed * _FACTOR + _STEP
    for tried in range(most):
        for i in range(n - 1, 0, -1):
            state = state * _FACTOR + _STEP
            j = np.int64(((state >> _HALF) * np.uint64(i + 1)) >> _HALF)
            order[i], order[j] = order[j], order[i]
        sums[:] = 0
        for i in range(n):
            place, row = codes[i], order[i]
            for g in range(other.shape[1]):
                sums[place, g] += other[row, g]
        if _strongest(table, sums, log_x, log_y, n) >= least:
            reached += 1
            if reached == enough:
                return reached, tried + 1
    return reached, most


@numba.njit(cache=True, nogil=True)
def _strongest(table, sums, log_x, log_y, n):
    """As `basis.strongest` of the products of the functions."""
    best = np.float32(-np.inf)
    product = np.zeros(sums.shape[1], np.float32)
    for f in range(table.shape[1]):
        product[:] = 0
        for d in range(table.shape[0]):
            weight = table[d, f]
            for g in range(sums.shape[1]):
                product[g] += weight * sums[d, g]
        for g in range(sums.shape[1]):
            found = product[g] * product[g] / np.float32(2 * n) + log_x[f] + log_y[g]
            if found > best:
                best = found
    return best

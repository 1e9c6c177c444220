"""The nearest-neighbour counts of `neighbours` as loops for a CPU, compiled by Numba.

One pass over the references of a query stays in the fastest cache, where operations on whole
tensors write every distance to memory: a fifteenth of the time. Loops run over whole arrays, never
from `start` to `stop`: an index that might be negative, as far as the compiler knows, keeps it from
working on several values at a time.
"""

import numba
import numpy as np


# Sums in any order; nothing is infinite.
@numba.njit(fastmath=True, cache=True, nogil=True)
def estimates(a, b, queries, folds, digamma, tie, shrink):
    """Nearest-neighbour MI, on average over the folds of the references.

    Args:
        a: (B, k, r) and b: (B, l, r) float32 coordinates, contiguous.
        queries: rows whose neighbours are looked up, the first ones.
        folds: (f,) into how many parts the references are parted, each at most r // 2 or 1.
        digamma: (r + 2,) digamma of 0 (unused), 1, 2, ...
        tie: squared distance below which rows are equal.
        shrink: factor of the nearest squared distance within which others are counted.

    Returns:
        (B, f) nats.
    """
    found = np.zeros((len(a), len(folds)))
    of_a, of_b = np.empty(a.shape[2], np.float32), np.empty(a.shape[2], np.float32)
    joint = np.empty(a.shape[2], np.float32)
    for i in range(len(a)):
        x, y = a[i], b[i]
        for s in range(queries):
            if len(x) == len(y) == 1:
                _distances_of_lines(x[0], y[0], s, of_a, of_b, joint)
            else:
                _distances(x, s, of_a)
                _distances(y, s, of_b)
                _greater(of_a, of_b, joint)
            for f in range(len(folds)):
                size = a.shape[2] // folds[f]
                for start in range(0, size * folds[f], size):
                    fold = slice(start, start + size)
                    local = _local(of_a[fold], of_b[fold], joint[fold], digamma, tie, shrink)
                    found[i, f] += local / (folds[f] * queries)
    return found


@numba.njit(fastmath=True, cache=True, nogil=True)
def conditional_estimates(a, b, c, queries, folds, digamma, tie, shrink):
    """Nearest-neighbour conditional information; arguments and result as of `estimates`.

    Args:
        c: (B, m, r) coordinates of the condition.
    """
    found = np.zeros((len(a), len(folds)))
    rows = a.shape[2]
    of_a, of_b = np.empty(rows, np.float32), np.empty(rows, np.float32)
    of_c, joint = np.empty(rows, np.float32), np.empty(rows, np.float32)
    for i in range(len(a)):
        x, y, z = a[i], b[i], c[i]
        for s in range(queries):
            _distances(x, s, of_a)
            _distances(y, s, of_b)
            _distances(z, s, of_c)
            _greater(of_a, of_c, of_a)
            _greater(of_b, of_c, of_b)
            _greater(of_a, of_b, joint)
            for f in range(len(folds)):
                size = rows // folds[f]
                for start in range(0, size * folds[f], size):
                    fold = slice(start, start + size)
                    nearest = _least(joint[fold])
                    radius = np.float32(max(nearest * shrink, tie))
                    local = digamma[1] + digamma[_below(of_c[fold], radius) + 1]
                    local -= digamma[_below(of_a[fold], radius) + 1]
                    local -= digamma[_below(of_b[fold], radius) + 1]
                    if nearest < tie:
                        local += digamma[max(_below(joint[fold], radius), 1)] - digamma[1]
                    found[i, f] += local / (folds[f] * queries)
    return found


@numba.njit(fastmath=True, cache=True, nogil=True)
def _distances(coordinates, s, out):
    """Squared distances of row s to all rows, beyond all others to itself."""
    out[:] = 0
    for c in range(coordinates.shape[0]):
        here = coordinates[c, s]
        for r in range(coordinates.shape[1]):
            step = coordinates[c, r] - here
            out[r] += step * step
    out[s] = np.float32(1e30)


@numba.njit(fastmath=True, cache=True, nogil=True)
def _distances_of_lines(x, y, s, of_x, of_y, joint):
    """`_distances` of two sides of one coordinate each (r,), and the greater of both, at once."""
    here, there = x[s], y[s]
    for r in range(len(x)):
        step, other = x[r] - here, y[r] - there
        step, other = step * step, other * other
        of_x[r] = step
        of_y[r] = other
        joint[r] = step if step > other else other
    of_x[s] = of_y[s] = joint[s] = np.float32(1e30)


@numba.njit(fastmath=True, cache=True, nogil=True)
def _greater(x, y, out):
    for r in range(len(out)):
        out[r] = x[r] if x[r] > y[r] else y[r]


@numba.njit(fastmath=True, cache=True, nogil=True)
def _local(of_a, of_b, joint, digamma, tie, shrink):
    """What one query says: the digammas of the sizes less those of the marginal counts.

    Args:
        of_a, of_b, joint: (r,) distances to the references of one fold on each side and in the
            joint space.
    """
    nearest = _least(joint)
    radius = np.float32(max(nearest * shrink, tie))
    on_a, on_b = _both_below(of_a, of_b, radius)
    local = digamma[1] + digamma[len(joint)] - digamma[on_a + 1] - digamma[on_b + 1]
    if nearest < tie:  # there all tied rows are the neighbours, not the first of them
        local += digamma[max(_below(joint, radius), 1)] - digamma[1]
    return local


@numba.njit(fastmath=True, cache=True, nogil=True)
def _below(values, radius):
    """How many; counted in float32, as many lanes at a time as there are values."""
    count = np.float32(0)
    for r in range(len(values)):
        count += np.float32(1) if values[r] < radius else np.float32(0)
    return int(count)


@numba.njit(fastmath=True, cache=True, nogil=True)
def _both_below(x, y, radius):
    """`_below` of two arrays (r,) in one pass."""
    of_x, of_y = np.float32(0), np.float32(0)
    for r in range(len(x)):
        of_x += np.float32(1) if x[r] < radius else np.float32(0)
        of_y += np.float32(1) if y[r] < radius else np.float32(0)
    return int(of_x), int(of_y)


@numba.njit(fastmath=True, cache=True, nogil=True)
def _least(values):
    """The least of values >= 0, compared as the integers that hold them: lanes at a time."""
    bits = values.view(np.int32)
    least = bits[0]
    for r in range(len(bits)):
        least = min(least, bits[r])
    return np.int32(least).view(np.float32)


@numba.njit(fastmath=True, cache=True, nogil=True)
def nearest(a, b, queries, count):
    """Squared distances to the nearest rows, on each side and on both together.

    Args:
        a: (B, k, r) and b: (B, l, r) float32 coordinates, contiguous.
        queries: rows whose neighbours are looked up, the first ones.
        count: neighbours of each.

    Returns:
        (B, 3, queries, count) float32, in order: on side a, on side b, on both.
    """
    found = np.empty((len(a), 3, queries, count), np.float32)
    of_a, of_b = np.empty(a.shape[2], np.float32), np.empty(a.shape[2], np.float32)
    for i in range(len(a)):
        x, y = a[i], b[i]
        for s in range(queries):
            _distances(x, s, of_a)
            _distances(y, s, of_b)
            _smallest(of_a, found[i, 0, s])
            _smallest(of_b, found[i, 1, s])
            _add(of_a, of_b)
            _smallest(of_a, found[i, 2, s])
    return found


@numba.njit(fastmath=True, cache=True, nogil=True)
def _add(x, y):
    for r in range(len(x)):
        x[r] += y[r]


@numba.njit(cache=True, nogil=True)
def _smallest(values, best):
    """The smallest values, in order; 1e30 and more where there are no more."""
    count = len(best)
    best[:] = np.float32(1e30)
    worst = best[count - 1]
    for j in range(len(values)):
        value = values[j]
        if value < worst:
            place = count - 1
            while place > 0 and best[place - 1] > value:
                best[place] = best[place - 1]
                place -= 1
            best[place] = value
            worst = best[count - 1]

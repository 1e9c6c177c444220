"""The nearest-neighbour counts of `neighbours` as loops for a CPU, compiled by Numba.

One pass over the references of a query stays in the fastest cache, where operations on whole
tensors write every distance to memory: a fiftieth of the time. Spans of an array are given by an
unsigned start and size: an index that might be negative, as far as the compiler knows, keeps it
from working on several values at a time, and to cut a slice takes as long as a hundred values.
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
    bits = joint.view(np.int32)
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
                size = np.uintp(a.shape[2] // folds[f])
                for fold in range(np.uintp(folds[f])):
                    start = fold * size
                    radius, tied = _radius(joint, bits, start, size, tie, shrink)
                    on_a, on_b = _both_below(of_a, of_b, start, size, radius)
                    local = digamma[tied] + digamma[size] - digamma[on_a + 1] - digamma[on_b + 1]
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
    bits = joint.view(np.int32)
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
                size = np.uintp(rows // folds[f])
                for fold in range(np.uintp(folds[f])):
                    start = fold * size
                    radius, tied = _radius(joint, bits, start, size, tie, shrink)
                    on_a, on_b = _both_below(of_a, of_b, start, size, radius)
                    on_c = _below(of_c, start, size, radius)
                    local = digamma[tied] + digamma[on_c + 1]
                    local -= digamma[on_a + 1] + digamma[on_b + 1]
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
def _radius(joint, bits, start, size, tie, shrink):
    """How far the nearest neighbour of a fold is, and how many lie there.

    Args:
        joint: (r,) squared distances in the joint space.
        bits: the same as the integers that hold them, which compare alike and in lanes.
        start, size: the fold's span.

    Returns:
        The squared distance within which others are counted; 1, or where rows are tied with the
        query the number of those: all of them are the neighbours, not the first.
    """
    nearest = np.int32(_least(bits, start, size)).view(np.float32)
    radius = np.float32(max(nearest * shrink, tie))
    return radius, max(_below(joint, start, size, radius), 1) if nearest < tie else 1


@numba.njit(fastmath=True, cache=True, nogil=True)
def _below(values, start, size, radius):
    """How many of a span; counted in float32, as many lanes at a time as there are values."""
    count = np.float32(0)
    for r in range(size):
        count += np.float32(1) if values[start + r] < radius else np.float32(0)
    return int(count)


@numba.njit(fastmath=True, cache=True, nogil=True)
def _both_below(x, y, start, size, radius):
    """`_below` of two arrays (r,) in one pass."""
    of_x, of_y = np.float32(0), np.float32(0)
    for r in range(size):
        of_x += np.float32(1) if x[start + r] < radius else np.float32(0)
        of_y += np.float32(1) if y[start + r] < radius else np.float32(0)
    return int(of_x), int(of_y)


@numba.njit(fastmath=True, cache=True, nogil=True)
def _least(values, start, size):
    """The least of a span."""
    least = values[start]
    for r in range(size):
        least = min(least, values[start + r])
    return least


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
        if len(x) == 1:
            _nearest_on_line(x[0], found[i, 0])
        if len(y) == 1:
            _nearest_on_line(y[0], found[i, 1])
        for s in range(queries):
            _distances(x, s, of_a)
            _distances(y, s, of_b)
            if len(x) > 1:
                _smallest(of_a, found[i, 0, s])
            if len(y) > 1:
                _smallest(of_b, found[i, 1, s])
            _add(of_a, of_b)
            _smallest(of_a, found[i, 2, s])
    return found


@numba.njit(cache=True, nogil=True)
def _nearest_on_line(x, found):
    """`_smallest` distances of the first rows of one coordinate (r,): beside them in its order."""
    order = np.argsort(x)
    ordered = x[order]
    for place in range(len(x)):
        s = order[place]
        if s >= len(found):
            continue
        low, high = place - 1, place + 1
        for k in range(found.shape[1]):
            below = ordered[low] - x[s] if low >= 0 else np.float32(1e15)
            above = ordered[high] - x[s] if high < len(x) else np.float32(1e15)
            below, above = below * below, above * above
            if below < above:
                found[s, k] = below
                low -= 1
            else:
                found[s, k] = above
                high += 1


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

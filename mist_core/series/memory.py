"""How long a series remembers: what n rows in time are worth as independent ones.

For means of products of two series that do not depend on each other, n rows with autocorrelations
r(k) and s(k) are worth n / (1 + 2 sum r(k) s(k)): Bayley and Hammersley, "The effective number of
independent observations in an autocorrelated time series", J. R. Stat. Soc. Suppl. 8, 1946.
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

_LEADING = (
    2  # functions of a side whose memory counts: its scores, and their distance from the middle
)


def autocorrelations(values: np.ndarray) -> np.ndarray:
    """(n // 2, F) autocorrelations at lags 0, 1, ... of (n, F) functions of mean 0.

    Raised by (1 + 4 r) / n, about what an estimated mean takes off (Kendall, 1954).
    """
    n = len(values)
    spectrum = np.abs(rfft(values, next_fast_len(2 * n), axis=0)) ** 2
    sums = irfft(spectrum, next_fast_len(2 * n), axis=0)[: max(n // 2, 1)]
    found = sums / np.where(sums[0] > 0, sums[0], 1.0)
    return np.minimum(found + (1 + 4 * found) / n, 1.0)


def inflation(x: np.ndarray, y: np.ndarray) -> float:
    """How many rows one independent row is worth, at least 1.

    Args:
        x: (n, F) functions of one side of mean 0 and variance 1, 0 at gaps, as of a `Basis`.
        y: (n, G) of the other side.
    """
    r, s = (autocorrelations(values[:, :_LEADING]) for values in (x, y))
    pairs = [r[:, i] * s[:, j] for i in range(r.shape[1]) for j in range(s.shape[1])]
    return max([1.0, *(1 + 2 * _sum(products) for products in pairs)])


def effective_rows(x: np.ndarray, y: np.ndarray) -> float:
    """What n rows of two series are worth as independent ones; arguments as of `inflation`."""
    return len(x) / inflation(x, y)


def _sum(products: np.ndarray) -> float:
    """Of lags 1, 2, ... until two following ones are no longer positive (Geyer, 1992)."""
    pairs = products[1:]
    pairs = pairs[: len(pairs) // 2 * 2].reshape(-1, 2).sum(1)
    ends = np.flatnonzero(pairs <= 0)
    return float(pairs[: ends[0] if len(ends) else len(pairs)].sum())

"""A smooth line through a cloud of points."""

import numpy as np

SHARE = 0.2  # of the rows that a point of the line looks at
KNOTS = 60
_LEAST = 10  # rows


def smooth_line(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Local lines with tricube weights over the nearest rows.

    Args:
        x: (n,) finite.
        y: (n,) finite.

    Returns:
        (k,) places, increasing, and (k,) heights there; both empty where there are too few
        different values of x for a line to say anything.

    References:
        Cleveland (1979), Robust locally weighted regression and smoothing scatterplots,
        doi:10.1080/01621459.1979.10481038, without its robustness steps.
    """
    at = np.unique(np.quantile(x, np.linspace(0.01, 0.99, KNOTS)))
    if len(x) < _LEAST or len(at) < _LEAST:
        return np.empty(0), np.empty(0)
    scale, level = np.abs(x).max() or 1.0, np.abs(y).max() or 1.0
    heights = _local_lines(at / scale, x / scale, y / level)
    return at, level * heights


def _local_lines(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(k,) heights at (k,) places of weighted lines through (n,) points."""
    distance = np.abs(at[:, None] - x)  # (k, n)
    nearest = max(_LEAST, int(SHARE * len(x))) - 1
    reach = np.partition(distance, nearest, axis=1)[:, nearest]
    # Where many rows share a value, the nearest of them span nothing: look a little further.
    reach = np.maximum(reach, 0.02 * np.ptp(x))[:, None]
    weight = np.clip(1 - (distance / reach) ** 3, 0, None) ** 3
    weight /= weight.sum(axis=1, keepdims=True)
    mean_x, mean_y = weight @ x, weight @ y
    away = x - mean_x[:, None]
    spread = (weight * away**2).sum(axis=1)
    slope = (weight * away * (y - mean_y[:, None])).sum(axis=1)
    # A ridge, for where all the weight is on one value.
    slope /= spread + 1e-9 * np.var(x)
    return mean_y + slope * (at - mean_x)

"""Why an estimator of bmi cannot answer for a dataset, in one sentence; None where it can.

Each takes x (n, dim_x) and y (n, dim_y).
"""

import numpy as np

NEIGHBORS = 5
BINS = 5
_MAX_CELLS = 400_000  # bmi visits each cell in Python: about a second


def ksg(x: np.ndarray, y: np.ndarray) -> str | None:
    if len(x) <= NEIGHBORS:
        return f"KSG needs more than {NEIGHBORS} rows, one for each neighbor; got {len(x)}."
    _, counts = np.unique(np.hstack([x, y]), axis=0, return_counts=True)
    if counts.max() > NEIGHBORS:
        # bmi would take digamma(0), and its max(0, NaN) would then report 0.
        return (
            f"KSG needs distinct rows: {counts.max()} rows are identical, so the distance to "
            f"neighbor {NEIGHBORS} is zero; add a little noise or use another estimator."
        )
    return None


def cca(x: np.ndarray, y: np.ndarray) -> str | None:
    needed = x.shape[1] + y.shape[1] + 2
    if len(x) <= needed:
        return (
            f"CCA needs more than dim_x + dim_y + 2 = {needed} rows, or it fits every sample "
            f"perfectly; got {len(x)}."
        )
    for side, values in (("x", x), ("y", y)):
        if (np.ptp(values, axis=0) == 0).any():
            return f"CCA needs columns that vary; {side} has a constant one."
    return None


def histogram(x: np.ndarray, y: np.ndarray) -> str | None:
    dims = x.shape[1] + y.shape[1]
    if BINS**dims > _MAX_CELLS:
        return (
            f"A histogram with {BINS} bins a column needs {BINS}^{dims} cells for "
            f"{dims} columns; it runs with up to {int(np.log(_MAX_CELLS) / np.log(BINS))}."
        )
    return None


def none(x: np.ndarray, y: np.ndarray) -> str | None:
    return None

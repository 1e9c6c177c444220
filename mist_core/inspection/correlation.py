"""What correlation says of a pair, beside its mutual information."""

import numpy as np

from mist_core.inspection.variable import Part, Variable, places_of, unit


def pearson(x: Variable, y: Variable, rows: np.ndarray | None) -> float:
    """Of the values; NaN where a side has no order: classes, unless there are two, and groups."""
    return _correlation(x, y, rows, 0)


def spearman(x: Variable, y: Variable, rows: np.ndarray | None) -> float:
    """Of the ranks, likewise."""
    return _correlation(x, y, rows, 1)


def places(part: Part, rows: np.ndarray | None) -> np.ndarray:
    """Twice the 0-based mid-rank of each value among these rows, none of them a gap."""
    return part.places if rows is None else places_of(part.codes[rows], part.distinct)


def _correlation(x: Variable, y: Variable, rows: np.ndarray | None, of: int) -> float:
    """Of the values, 0, or of the ranks, 1."""
    if not all(not side.is_group and side.parts[0].ordered for side in (x, y)):
        return np.nan
    a, b = (_unit(side.parts[0], rows, of) for side in (x, y))
    return max(-1.0, min(1.0, float(np.dot(a, b)))) if a is not None and b is not None else np.nan


def _unit(part: Part, rows: np.ndarray | None, of: int) -> np.ndarray | None:
    if rows is None:  # the same for all pairs of the column
        return part.units[of]
    return unit(places(part, rows) if of else part.values[rows])

"""What correlation says of a pair, beside its mutual information."""

import numpy as np

from mist_core.inspection.variable import Part, Variable


def pearson(x: Variable, y: Variable, rows: np.ndarray | None) -> float:
    """Of the values; NaN where a side has no order: classes, unless there are two, and groups."""
    if not _ordered(x, y):
        return np.nan
    return _correlation(*(_at(v.parts[0].values, rows) for v in (x, y)))


def spearman(x: Variable, y: Variable, rows: np.ndarray | None) -> float:
    """Of the ranks, likewise."""
    if not _ordered(x, y):
        return np.nan
    return _correlation(*(places(v.parts[0], rows) for v in (x, y)))


def places(part: Part, rows: np.ndarray | None) -> np.ndarray:
    """Twice the 0-based mid-rank of each value among these rows, none of them a gap."""
    codes = _at(part.codes, rows)
    counts = np.bincount(codes, minlength=part.distinct)
    return (2 * counts.cumsum() - counts - 1)[codes]


def _ordered(*sides: Variable) -> bool:
    return all(not side.is_group and side.parts[0].ordered for side in sides)


def _at(values: np.ndarray, rows: np.ndarray | None) -> np.ndarray:
    return values if rows is None else values[rows]


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = _centred(a), _centred(b)
    spread = np.sqrt(np.dot(a, a) * np.dot(b, b))
    return float(np.clip(np.dot(a, b) / spread, -1, 1)) if spread > 0 else np.nan


def _centred(values: np.ndarray) -> np.ndarray:
    """Less their mean, in a unit whose squares are finite."""
    largest = np.abs(values).max(initial=0.0)
    scaled = values / largest if largest > 0 else values * 1.0
    centred = scaled - scaled.mean()
    return centred if np.abs(centred).max(initial=0.0) > 1e-15 else 0 * centred

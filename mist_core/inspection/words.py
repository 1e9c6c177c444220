"""A pair in words: how strong, whether correlation misses it, and what to be careful about."""

import math

import numpy as np

from mist_core.inference.posterior import DOUBTFUL
from mist_core.inspection.correlation import places
from mist_core.inspection.variable import Part, Variable, crowding

# Nats: a correlation of 0.1. An interval that begins below may well be that of independent sides.
NEGLIGIBLE = 0.005
# Least correlation of a Gaussian with as much information, and what it is called.
STRENGTHS = ((0.8, "very strong"), (0.5, "strong"), (0.3, "moderate"), (0.0, "weak"))
UNSEEN = "may be none"
# Correlation misses what it puts at less than this share of the interval's lower end.
MISSED = 0.5
_FEW_ROWS = 50
# A number column of more values than this, of which one stands in so large a share of the rows.
_MANY_VALUES, _ONE_VALUE = 10, 0.2


def gaussian_correlation(nats: float) -> float:
    """Correlation of a bivariate Gaussian with as much information, sqrt(1 - exp(-2 I))."""
    return math.sqrt(-math.expm1(-2 * max(nats, 0.0)))


def strength(nats: float, low: float) -> str:
    """How strong a dependence is: `UNSEEN`, or a word of `STRENGTHS`."""
    if low < NEGLIGIBLE:
        return UNSEEN
    correlation = gaussian_correlation(nats)
    return next(word for least, word in STRENGTHS if correlation >= least)


def missed_by_correlation(low: float, pearson: float, spearman: float) -> bool:
    """Whether there is dependence of which neither correlation tells half, were it Gaussian."""
    if low < NEGLIGIBLE or math.isnan(pearson) or math.isnan(spearman):
        return False
    largest = min(max(abs(pearson), abs(spearman)), 1 - 1e-12)
    return -0.5 * math.log1p(-(largest**2)) < MISSED * low


def flags(x: Variable, y: Variable, rows: np.ndarray | None, in_family: float) -> tuple[str, ...]:
    """What to be careful about, a few words each."""
    count = len(x.parts[0].codes) if rows is None else len(rows)
    found = [f"only {count} rows"] if count < _FEW_ROWS else []
    for side in (x, y):
        for part in side.parts:
            found += _of_column(part, rows)
    if any(_is_copy(a, b, rows) for a in x.parts for b in y.parts):
        found.append("one is a copy of the other")
    if in_family < DOUBTFUL:
        found.append("unlike the training data")
    return tuple(found)


def _of_column(part: Part, rows: np.ndarray | None) -> list[str]:
    distinct, share = part.crowding if rows is None else crowding(np.bincount(part.codes[rows]))
    if distinct < 2:
        return [f"constant: {part.name}"]
    tied = share > _ONE_VALUE and distinct > _MANY_VALUES and not part.is_class
    return [f"many ties: {part.name} has one value in {share:.0%} of rows"] if tied else []


def _is_copy(a: Part, b: Part, rows: np.ndarray | None) -> bool:
    """Whether one column is the other, renamed (classes) or mapped in a monotone way."""
    codes = [part.codes if rows is None else part.codes[rows] for part in (a, b)]
    if a.is_class or b.is_class:
        return _one_to_one(*codes)
    first, second = places(a, rows), places(b, rows)
    top = 2 * len(first) - 2
    if first[0] not in (second[0], top - second[0]):  # as of nearly all pairs
        return False
    same = np.array_equal(first, second) or np.array_equal(first, top - second)
    return same and bool(np.ptp(first) > 0)


def _one_to_one(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether values of classes map one to one, neither constant nor all different."""
    count = len(np.unique(a))
    if not 1 < count < len(a) or count != len(np.unique(b)):
        return False
    return len(np.unique(a.astype(np.int64) * (int(b.max()) + 1) + b)) == count

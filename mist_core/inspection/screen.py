"""All pairs of a wide table by blocked products: which of them are worth the network's time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mist_core.inspection.basis import WEIGHTS, basis
from mist_core.inspection.variable import Variable

# Numbers that the functions of a block of columns may hold, 4 bytes each.
BLOCK = 1 << 25


class Statistics:
    """The statistic of all pairs of some sides with others, as they come.

    A gap counts as an average row here: the pairs that are chosen are tested on complete rows.

    Attributes:
        values: (k, l) float32 nats, minus infinity where nothing was asked.
    """

    def __init__(self, left: Sequence[Variable], right: Sequence[Variable] | None = None) -> None:
        """All pairs of one list, or of two where `right` is given."""
        self.left, self.right = left, left if right is None else right
        self.is_square = right is None
        self.values = np.full((len(self.left), len(self.right)), -np.inf, np.float32)

    def __iter__(self) -> Iterator[int]:
        """Works; yields how many pairs were looked at since the last time."""
        for a in _blocks(self.left):
            first = _Functions(self.left[a])
            for b in _blocks(self.right):
                if self.is_square and b.stop <= a.start:
                    continue
                second = first if self.is_square and a == b else _Functions(self.right[b])
                self.values[a, b] = _products(first, second)
                yield _asked(a, b) if self.is_square else (a.stop - a.start) * (b.stop - b.start)

    def top(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Places (count,) among left and right of the strongest pairs, the strongest first."""
        flat = self.once.ravel()
        chosen = np.argpartition(-flat, count - 1)[:count]
        chosen = chosen[np.argsort(-flat[chosen], kind="stable")]
        return np.unravel_index(chosen, self.values.shape)

    def others(
        self, taken: tuple[np.ndarray, np.ndarray], count: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """So many pairs drawn at random among those that are not taken."""
        free = np.isfinite(self.once)
        free[taken] = False
        places = np.flatnonzero(free)
        chosen = rng.choice(places, min(count, len(places)), replace=False)
        return np.unravel_index(chosen, self.values.shape)

    @property
    def once(self) -> np.ndarray:
        """Each pair once: `values` without the lower half of a square."""
        if not self.is_square:
            return self.values
        upper = np.triu(np.ones(self.values.shape, dtype=bool), 1)
        return np.where(upper, self.values, -np.inf)


class _Functions:
    """The functions of some sides beside each other, 0 where a side has a gap."""

    def __init__(self, sides: Sequence[Variable]) -> None:
        n = len(sides[0].missing)
        found = [_spread(side, n) for side in sides]
        self.values = np.hstack([values for values, _ in found])  # (n, functions of all)
        self.log_weights = np.concatenate([weights for _, weights in found])
        self.starts = np.cumsum([0] + [len(weights) for _, weights in found])[:-1]
        self.present = None
        if any(side.has_gaps for side in sides):
            self.present = np.column_stack([~side.missing for side in sides]).astype(np.float32)


def _spread(side: Variable, n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, F) functions, at least one, with their weights."""
    rows = np.flatnonzero(~side.missing) if side.has_gaps else None
    found = basis(side, rows)
    values, weights = found.values, found.log_weights
    if not len(weights):
        return np.zeros((n, 1), np.float32), np.full(1, -np.inf, np.float32)
    if rows is not None:
        values = np.zeros((n, len(weights)), np.float32)
        values[rows] = found.values
    return values, weights


def _products(x: _Functions, y: _Functions) -> np.ndarray:
    """(k, l) statistics of the sides of two blocks."""
    n = _shared(x, y)
    found = x.values.T @ y.values
    found *= found
    found /= 2 * n
    found += x.log_weights[:, None]
    found += y.log_weights
    return np.maximum.reduceat(np.maximum.reduceat(found, x.starts, 0), y.starts, 1)


def _shared(x: _Functions, y: _Functions) -> np.ndarray | int:
    """Rows that two sides share, for each product of their functions."""
    n = len(x.values)
    if x.present is None and y.present is None:
        return n
    ones = np.ones((n, 1), np.float32)
    shared = _present(x, ones).T @ _present(y, ones)
    for axis, side in enumerate((x, y)):
        if shared.shape[axis] > 1:
            widths = np.diff(np.append(side.starts, len(side.log_weights)))
            shared = np.repeat(shared, widths, axis)
    return np.maximum(shared, 1)


def _present(side: _Functions, ones: np.ndarray) -> np.ndarray:
    return ones if side.present is None else side.present


def _blocks(sides: Sequence[Variable]) -> list[slice]:
    """Neighbouring sides whose functions fit into a block."""
    n, blocks, start, width = len(sides[0].missing), [], 0, 0
    for place, side in enumerate(sides):
        own = sum(part.distinct if not part.ordered else len(WEIGHTS) for part in side.parts)
        if place > start and (width + own) * n > BLOCK:
            blocks.append(slice(start, place))
            start, width = place, 0
        width += own
    return [*blocks, slice(start, len(sides))]


def _asked(a: slice, b: slice) -> int:
    """Pairs of a block of a square that stand above its diagonal."""
    width, height = a.stop - a.start, b.stop - b.start
    return width * (width - 1) // 2 if a == b else width * height

"""Columns as a survey reads them: the drawn rows, each column ranked once, ready for pairs."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.tables.columns.column import Column

# A column is tied where so large a share of its rows has one value: its ranks are no longer those
# that the stored null was drawn from.
TIED = 0.1
# Share of the pairs of rows that are equal in part and equal as a whole.
COPIED = 0.9
# Of grades alone: so many columns tell copies from chance, and a row that is there more often is an
# answer that many give.
LEAST_COLUMNS, MOST_COPIES = 8, 12


@dataclass(frozen=True, eq=False)
class Part:
    """One column, n drawn rows.

    Attributes:
        name: untrusted text.
        values: (n,) float64, NaN where missing; the codes of a class column.
        codes: (n,) place of each value among the distinct ones, in order; -1 where missing.
        distinct: how many there are.
        is_class: whether the values are labels without an order.
    """

    name: str
    values: np.ndarray
    codes: np.ndarray
    distinct: int
    is_class: bool

    @functools.cached_property
    def counts(self) -> np.ndarray:
        """(distinct,) rows of each value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=self.distinct)

    @property
    def ordered(self) -> bool:
        """Whether greater and less mean something: numbers, and two classes."""
        return not self.is_class or self.distinct == 2

    @functools.cached_property
    def is_tied(self) -> bool:
        """Whether values recur so often that ranks are not those of untied data."""
        present = int(self.counts.sum())
        return self.is_class or present == 0 or self.counts.max() > max(1, TIED * present)

    @functools.cached_property
    def crowding(self) -> tuple[int, float]:
        """`crowding` of its counts."""
        return crowding(self.counts)

    @functools.cached_property
    def repeat_share(self) -> float:
        """Probability that two different rows have the same value, a gap being one."""
        counts = np.append(self.counts, (self.codes < 0).sum()).astype(float)
        n = max(len(self.codes), 2)
        return float((counts * (counts - 1)).sum() / (n * (n - 1)))

    @functools.cached_property
    def places(self) -> np.ndarray:
        """(n,) twice the 0-based mid-rank of each value; of columns without a gap."""
        return places_of(self.codes, self.distinct)

    @functools.cached_property
    def units(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """`unit` of the values and of the ranks, (n,); of columns without a gap."""
        return unit(self.values), unit(self.places)

    def at(self, rows: np.ndarray) -> Part:
        """The same column of other rows."""
        return part(self.name, self.values[rows], is_class=self.is_class)


@dataclass(frozen=True, eq=False)
class Variable:
    """One side of a pair: a column, or several taken together.

    Attributes:
        parts: its columns.
    """

    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """The column's name, or the names joined by " + "."""
        return " + ".join(part.name for part in self.parts)

    @property
    def is_group(self) -> bool:
        return len(self.parts) > 1

    @property
    def is_tied(self) -> bool:
        return any(part.is_tied for part in self.parts)

    @functools.cached_property
    def missing(self) -> np.ndarray:
        """(n,) True where any of the columns has no value."""
        return np.logical_or.reduce([part.codes < 0 for part in self.parts])

    @functools.cached_property
    def has_gaps(self) -> bool:
        return bool(self.missing.any())

    def matrix(self, rows: np.ndarray | None) -> np.ndarray:
        """(rows, width) float64 as an estimator reads it: an indicator a class; None for all."""
        first, *others = (_columns(part, rows) for part in self.parts)
        return np.column_stack([first, *others]) if others else first.reshape(len(first), -1)


def part(name: str, values: np.ndarray, *, is_class: bool) -> Part:
    """A column from its values (n,), float64, NaN where missing."""
    codes, distinct = pd.factorize(values, sort=True)
    return Part(name, values, codes.astype(np.int32), len(distinct), is_class)


def crowding(counts: np.ndarray) -> tuple[int, float]:
    """How many values there are, and the share of the most frequent one in the rows of all."""
    return np.count_nonzero(counts), counts.max(initial=0) / max(counts.sum(), 1)


def places_of(codes: np.ndarray, distinct: int) -> np.ndarray:
    """Twice the 0-based mid-rank of each value, from its place (n,) among the distinct ones."""
    counts = np.bincount(codes, minlength=distinct)
    return (2 * counts.cumsum() - counts - 1)[codes]


def unit(values: np.ndarray) -> np.ndarray | None:
    """Values (n,) less their mean, of length 1; None where they are constant."""
    largest = np.abs(values).max(initial=0.0)  # squares of what is left are finite
    scaled = values / largest if largest > 0 else values * 1.0
    centred = scaled - scaled.mean()
    length = np.sqrt(np.dot(centred, centred))
    return centred / length if np.abs(centred).max(initial=0.0) > 1e-15 else None


def read(column: Column, rows: np.ndarray | None) -> Part:
    """A table's column at the drawn rows; None for all."""
    if column.is_class:
        codes = column.values.cat.codes.to_numpy()
        values = np.where(codes < 0, np.nan, codes)
    else:
        values = column.numbers
    return part(column.name, values if rows is None else values[rows], is_class=column.is_class)


def complete(x: Variable, y: Variable) -> np.ndarray | None:
    """Positions of the rows without a gap on either side; None where these are all."""
    if not (x.has_gaps or y.has_gaps):
        return None
    return np.flatnonzero(~(x.missing | y.missing))


def repeated(parts: Sequence[Part]) -> np.ndarray:
    """(n,) True where a row of the table is a copy of one above it: a join, a bootstrap resample.

    Rows are copies where values recur with whole rows only: of the pairs of rows that are equal in
    one column nine of ten are equal in all; or of those that are equal in three quarters of the
    columns, whichever quarter is left out. Few grades in few columns recur by themselves and are
    left alone, and so is a row of grades that many have.
    """
    return RowKeys.of(parts, len(parts[0].codes)).copies()


@dataclass(frozen=True, eq=False)
class RowKeys:
    """What tells rows apart, of some columns; sums are those of more columns.

    Attributes:
        quarters: four of (n,) 64 bits of each row's values, of every fourth column.
        fewest: the least number of pairs of rows that are equal in one column.
        count: columns.
    """

    quarters: tuple[np.ndarray, ...]
    fewest: int
    count: int

    @classmethod
    def of(cls, parts: Sequence[Part], n: int, block: int = 0) -> RowKeys:
        """Those of a block of columns of n rows; other blocks have other numbers."""
        keys = [_mixed(part, (block << 16) + k) for k, part in enumerate(parts)]
        quarters = tuple(sum(keys[k::4], np.zeros(n, np.uint64)) for k in range(4))
        return cls(quarters, min(map(_equal_pairs, keys), default=n * n), len(keys))

    def __add__(self, other: RowKeys) -> RowKeys:
        quarters = tuple(a + b for a, b in zip(self.quarters, other.quarters, strict=True))
        return RowKeys(quarters, min(self.fewest, other.fewest), self.count + other.count)

    def copies(self) -> np.ndarray:
        """As `repeated`."""
        whole = functools.reduce(np.add, self.quarters)
        _, first, counts = np.unique(whole, return_index=True, return_counts=True)
        copies = np.zeros(len(whole), dtype=bool)
        if self._are_copies(whole, counts):
            copies[:] = True
            copies[first] = False
        return copies

    def _are_copies(self, whole: np.ndarray, counts: np.ndarray) -> bool:
        equal = _pairs(counts)
        if equal and equal >= COPIED * self.fewest:
            return True
        if not equal or self.count < LEAST_COLUMNS or counts.max() > MOST_COPIES:
            return False
        return all(equal >= COPIED * _equal_pairs(whole - quarter) for quarter in self.quarters)


def _mixed(part: Part, number: int) -> np.ndarray:
    """(n,) 64 bits of each row's value, such that their sums over columns tell rows apart."""
    return pd.util.hash_array(part.codes.astype(np.int64) + (number << 32))


def _equal_pairs(key: np.ndarray) -> int:
    return _pairs(np.unique(key, return_counts=True)[1])


def _pairs(counts: np.ndarray) -> int:
    return int((counts * (counts - 1) // 2).sum())


def _columns(part: Part, rows: np.ndarray | None) -> np.ndarray:
    if not part.is_class:
        return part.values if rows is None else part.values[rows]
    codes = part.codes if rows is None else part.codes[rows]
    return np.eye(part.distinct)[codes]

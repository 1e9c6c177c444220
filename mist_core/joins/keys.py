"""The keys of a table as hashes, and those that two tables share."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mist_core.tables.columns.cells import Distinct, as_seen
from mist_core.tables.columns.column import CONSTANT, CONTINUOUS, Column
from mist_core.tables.table import Table

KEYS = 1_024  # that two tables are compared by
_FEWEST_VALUES = 8  # of a column that can be a key
_LIKELY = 12  # columns of a table that are tried as a key
_SOME = 0.02  # share of the keys that two columns have to have in common


@dataclass(frozen=True, eq=False)
class Keys:
    """A key column.

    Attributes:
        hashes: (n_rows,) uint64 of each row's key.
        present: (n_rows,) whether a row has one.
    """

    hashes: np.ndarray
    present: np.ndarray

    @classmethod
    def of(cls, column: Column) -> Keys:
        """Keys are equal where their texts look alike: 7 and 7.0, not 7 and 007."""
        distinct = Distinct.of(column.raw)
        texts = [as_seen(text) for text in distinct.texts.to_pylist()]
        hashed = pd.util.hash_array(np.array(texts, dtype=object), categorize=False)
        present = (distinct.codes >= 0) & ~column.missing
        return cls(np.append(hashed, np.uint64(0))[distinct.codes], present)

    @functools.cached_property
    def distinct(self) -> np.ndarray:
        """(k,) the different hashes, the smallest first."""
        return np.unique(self.hashes[self.present])


@dataclass(frozen=True, eq=False)
class Shared:
    """Keys that two tables share, drawn at random.

    Attributes:
        hashes: (k,) sorted; `KEYS` of them, or all.
        share: of the first table's keys that the second has, estimated from those looked at.
    """

    hashes: np.ndarray
    share: float


def shared(first: Keys, second: Keys, most: int = KEYS) -> Shared:
    """So many of the keys of smallest hash that both have.

    Each table gives its `most` keys of smallest hash; while too few of them are shared, both give
    four times as many.
    """
    size = most
    while True:
        both, of_first, all_seen = _smallest(first, second, size)
        if len(both) >= most or all_seen:
            return Shared(both[:most], len(both) / max(of_first, 1))
        size *= 4


def _smallest(first: Keys, second: Keys, size: int) -> tuple[np.ndarray, int, bool]:
    """Keys in common as far as both tables' smallest `size` hashes go, how many the first has as
    far, and whether these are all.
    """
    ends = [keys.distinct[size - 1] for keys in (first, second) if len(keys.distinct) > size]
    limit = min(ends, default=np.uint64(2**64 - 1))
    one, other = (
        keys.distinct[: np.searchsorted(keys.distinct, limit, "right")] for keys in (first, second)
    )
    return np.intersect1d(one, other, assume_unique=True), len(one), not ends


def likely_keys(first: Table, second: Table) -> tuple[str, str] | None:
    """Names of the two columns with the most keys in common; None where none have any."""
    sides = [{c.name: Keys.of(c) for c in _candidates(table)} for table in (first, second)]
    scores = {
        (a, b): (
            _in_common(one, other),
            a.casefold() == b.casefold(),
            min(len(one.distinct), len(other.distinct)),
        )
        for a, one in sides[0].items()
        for b, other in sides[1].items()
    }
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best][0] > _SOME else None


def _candidates(table: Table) -> list[Column]:
    """Columns whose values could name things: not measurements, the most different ones first."""
    found = [
        (column, len(pa.compute.unique(column.raw)))
        for column in table.columns
        if column.kind != CONSTANT and not _is_measured(column)
    ]
    found = [(column, values) for column, values in found if values >= _FEWEST_VALUES]
    return [column for column, _ in sorted(found, key=lambda item: -item[1])[:_LIKELY]]


def _is_measured(column: Column) -> bool:
    present = column.numbers[~np.isnan(column.numbers)]
    return column.kind == CONTINUOUS and bool((present != np.rint(present)).any())


def _in_common(first: Keys, second: Keys) -> float:
    """The share of keys in common, of the table with fewer keys, from the sketches alone."""
    fewer, more = sorted((first, second), key=lambda keys: len(keys.distinct))
    both, of_fewer, _ = _smallest(fewer, more, 4 * KEYS)
    return round(len(both) / max(of_fewer, 1), 3)

"""The columns of a second table, ranked by what they tell about a column of the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.errors import TableError
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.inspection import Survey, survey
from mist_core.joins.keys import KEYS, Keys, Shared, shared
from mist_core.tables.columns.cells import unique_names
from mist_core.tables.columns.column import Column
from mist_core.tables.table import Table, table_from_frame


@dataclass(frozen=True, eq=False)
class Informing:
    """What a second table tells.

    Attributes:
        table: a row a key: the target, then the second table's columns.
        survey: of that table, against the target.
        keys: that both tables have, as many as were drawn.
        share: of the first table's keys that the second has, estimated.
        most_repeated: rows of one key in either table, at most; more than one were aggregated.
    """

    table: Table
    survey: Survey
    keys: int
    share: float
    most_repeated: int


def informing(
    estimator: MISTEstimator,
    first: Table,
    key: str,
    target: str,
    second: Table,
    other_key: str,
    *,
    keys: int = KEYS,
    progress: Callable[[Survey], object] | None = None,
) -> Informing:
    """Ranks the columns of a second table.

    Args:
        estimator: its network is asked.
        first: the table with the target.
        key: name of its column that names things.
        target: name of its column to be told about.
        second: the other table.
        other_key: name of the column there that names the same things.
        keys: that are looked at, at most.
        progress: called with the survey so far.

    Raises:
        TableError: a column does not exist, or the tables share fewer than four keys.
    """
    columns = [column for column in second.columns if column.name != other_key and column.usable]
    if not columns:
        raise TableError("The second table has no column of use beside its key.")
    if target == key:
        raise TableError(f"{target!r} is the key: choose another target.")
    sides = Keys.of(first[key]), Keys.of(second[other_key])
    drawn = shared(*sides, keys)
    if len(drawn.hashes) < MIN_SAMPLES:
        raise TableError(
            f"{key!r} and {other_key!r} have {len(drawn.hashes)} keys in common and at least "
            f"{MIN_SAMPLES} are needed: choose other keys."
        )
    names = unique_names([target, *(column.name for column in columns)])
    data = [*_aggregated([first[target]], sides[0], drawn), *_aggregated(columns, sides[1], drawn)]
    table = table_from_frame(pd.DataFrame(dict(zip(names, data, strict=True))))
    sources = [[name] for name in names[1:] if table[name].usable]
    if not sources:
        raise TableError("Every column of the second table is constant among the shared keys.")
    found = survey(estimator, table, names[0], sources, progress=progress)
    repeated = max(_most_repeated(side, drawn) for side in sides)
    return Informing(table, found, len(drawn.hashes), drawn.share, repeated)


def _aggregated(columns: Sequence[Column], keys: Keys, drawn: Shared) -> list[np.ndarray]:
    """Each column's (k,) values, one a drawn key."""
    rows, places = _rows(keys, drawn)
    count = len(drawn.hashes)
    return [
        _most_frequent(column, rows, places, count)
        if column.is_class
        else _mean(column.numbers[rows], places, count)
        for column in columns
    ]


def _rows(keys: Keys, drawn: Shared) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the rows of the drawn keys, and the place of each one's key among these."""
    places = np.searchsorted(drawn.hashes, keys.hashes).clip(max=len(drawn.hashes) - 1)
    rows = np.flatnonzero(keys.present & (drawn.hashes[places] == keys.hashes))
    return rows, places[rows]


def _most_repeated(keys: Keys, drawn: Shared) -> int:
    return int(np.bincount(_rows(keys, drawn)[1]).max())


def _mean(values: np.ndarray, places: np.ndarray, count: int) -> np.ndarray:
    """(count,) means without the gaps; NaN where all are."""
    there = ~np.isnan(values)
    rows = np.bincount(places[there], minlength=count)
    sums = np.bincount(places[there], values[there], count)
    return np.where(rows > 0, sums / np.maximum(rows, 1), np.nan)


def _most_frequent(
    column: Column, rows: np.ndarray, places: np.ndarray, count: int
) -> pd.Categorical:
    """(count,) the most frequent class of each key, of several the first; a gap where none is."""
    classes = column.values.cat
    codes = classes.codes.to_numpy()[rows].astype(np.int64)
    counts = pd.DataFrame({"key": places, "code": codes})[codes >= 0].value_counts().reset_index()
    counts = counts.sort_values(["count", "code"], ascending=[False, True], kind="stable")
    best = counts.drop_duplicates("key").set_index("key")["code"]
    found = best.reindex(range(count), fill_value=-1).to_numpy()
    return pd.Categorical.from_codes(found, [str(label) for label in classes.categories])

"""A column's cells with what the user and the other columns say of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.tables.columns.cells import Distinct
from mist_core.tables.columns.column import CLASS, DATE, UNSAID, Column, Reading
from mist_core.tables.columns.missing import missing_beside_numbers, never_values
from mist_core.tables.columns.numbers import read_numbers

MOSTLY = 0.8  # share of cells that make a column one of numbers, or of dates
SHOWN = 3  # cells named in a sentence
_KEPT_ODD = 50  # odd cells kept by their text; all are counted


@dataclass(frozen=True)
class Hints:
    """What the other columns of a table tell.

    Attributes:
        decimal: their decimal mark, None where they have none or differ.
        order: the order of their dates, likewise.
        default: the decimal mark where nothing tells.
    """

    decimal: str | None = None
    order: str | None = None
    default: str = "."


NO_HINTS = Hints()


@dataclass(frozen=True, eq=False)
class Interpreted:
    """A column with what it tells about others.

    Attributes:
        column: the column.
        decimal, order: as in `Hints`, where beyond doubt.
        doubtful: whether hints of others could change it.
    """

    column: Column
    decimal: str | None = None
    order: str | None = None
    doubtful: bool = False


@dataclass(frozen=True, eq=False)
class Seen:
    """A column's cells, with what the user says of them.

    Attributes:
        name: the column's.
        cells: (n_rows,) text, null where empty.
        distinct: the (k,) different texts.
        reading: what the user says.
        named: (k,) texts that the user says are missing.
        kept: (k,) texts that the user says are values.
    """

    name: str
    cells: pa.StringArray
    distinct: Distinct
    reading: Reading
    named: np.ndarray
    kept: np.ndarray

    @classmethod
    def of(cls, name: str, cells: pa.StringArray, reading: Reading) -> Seen:
        distinct = Distinct.of(cells)
        named, kept = (_among(distinct, texts) for texts in (reading.missing, reading.values))
        return cls(name, cells, distinct, reading, named, kept)

    def missing_among(self, where: np.ndarray) -> np.ndarray:
        """(k,) missing texts beside numbers or dates, which `where` says a text is not."""
        return (self._words(where, missing_beside_numbers) | self.named) & ~self.kept

    def missing_words(self) -> np.ndarray:
        """(k,) missing texts where all are words."""
        return (never_values(self.distinct) | self.named) & ~self.kept

    def share(self, chosen: np.ndarray, missing: np.ndarray) -> float:
        """The share of the cells with a value that are chosen."""
        present = self.distinct.counts[~missing].sum()
        return self.distinct.counts[chosen & ~missing].sum() / present if present else 0.0

    def share_matching(self, pattern: str, chosen: np.ndarray) -> float:
        """The share of the chosen cells that match."""
        fits = pc.match_substring_regex(self.distinct.texts, pattern)
        counts = self.distinct.counts
        found = fits.to_numpy(zero_copy_only=False) & chosen
        return counts[found].sum() / max(counts[chosen].sum(), 1)

    def column(
        self, kind: str, said: Sequence[str], values: np.ndarray, missing: np.ndarray
    ) -> Column:
        """A column of numbers or dates.

        Args:
            kind: its kind.
            said: the reason, in parts.
            values: (k,) numbers of the texts, NaN where there is none.
            missing: (k,) texts that say they are missing; the others without a number are odd.
        """
        numbers = self.distinct.spread(values, np.nan)
        strange = np.isnan(values) & ~missing
        odd = self.distinct.most_frequent(strange, _KEPT_ODD)
        n_odd = int(self.distinct.counts[strange].sum())
        said = [*said, *self.said_missing(missing)]
        if n_odd:
            said.append(f"odd cells taken as missing, {n_odd:,}: {_listed(odd)}")
        reason = "; ".join(said)
        if kind != DATE and len(said) == 1 and self.reading == UNSAID:
            return Column(self.name, kind, reason, numbers)  # the numbers say all
        if kind == CLASS:
            no_value = np.isnan(numbers)  # two values: what is neither is no third class
        else:
            never = self._words(missing, never_values) | (missing & self.named)
            no_value = self.distinct.spread(never, True)
        return Column(
            self.name,
            kind,
            reason,
            numbers,
            self.cells,
            dict(odd),
            n_odd,
            no_value,
            reading=self.reading,
        )

    def said_missing(self, missing: np.ndarray) -> list[str]:
        """Which cells say that they are missing, in words."""
        if not missing.any():
            return []
        words = self.distinct.most_frequent(missing, SHOWN + 1)
        return [f"cells that say they are missing: {_listed(words)}"]

    def _words(self, where: np.ndarray, test: Callable) -> np.ndarray:
        """(k,) which of the texts at some places pass a test of words."""
        found = np.zeros(len(where), bool)
        if where.any():
            places = np.flatnonzero(where)
            texts = self.distinct.texts.take(pa.array(places))
            found[places] = test(Distinct(texts, self.distinct.counts[places], places))
        return found


def _among(distinct: Distinct, texts: Sequence[str]) -> np.ndarray:
    """(k,) the texts that are one of some, or the same number."""
    if not texts:
        return np.zeros(len(distinct.texts), bool)
    same = pc.is_in(distinct.texts, pa.array(texts, pa.string()))
    wanted = read_numbers(pa.array(texts, pa.string()), np.ones(len(texts), int)).values
    values = read_numbers(distinct.texts, distinct.counts).values
    return same.to_numpy(zero_copy_only=False) | np.isin(values, wanted[~np.isnan(wanted)])


def _listed(cells: Sequence[tuple[str, int]]) -> str:
    shown = [f"{text[:30]} ({count:,})" for text, count in cells[:SHOWN]]
    return ", ".join(shown) + (", …" if len(cells) > SHOWN else "")

"""From a column's cells to what they mean: numbers, dates, classes, identifiers, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.errors import TableError
from mist_core.tables import kinds
from mist_core.tables.cells import Distinct
from mist_core.tables.classes import labels_of, merged
from mist_core.tables.columns import (
    CLASS,
    CONTINUOUS,
    DATE,
    IDENTIFIER,
    ORDINAL,
    UNSAID,
    Column,
    Reading,
)
from mist_core.tables.dates import read_clock, read_dates
from mist_core.tables.missing import (
    doubtful_words,
    missing_beside_numbers,
    never_values,
    sentinel,
)
from mist_core.tables.numbers import Numbers, read_numbers

MOSTLY = 0.8  # share of cells that make a column one of numbers, or of dates
_SHOWN = 3  # odd cells named in a sentence
_DIGITS = r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4}|[0-9]{6})?$"
_LONGEST_EXACT = r"^[+-]?[0-9]{16,}$"  # digits beyond 2^53, where a float merges neighbours
_ZERO_LED = r"^0[0-9]+$"
_MANY_ZERO_LED = 0.05
_SOME = 0.2  # share of numbers among words that is worth a word
_MARKS = {".": "point", ",": "comma"}


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


def interpret(
    name: str, cells: pa.StringArray, reading: Reading = UNSAID, hints: Hints = NO_HINTS
) -> Interpreted:
    """What a column of text cells is.

    A column in which four cells in five are numbers is one of numbers; so for dates. The odd
    cells count as missing, and are counted and named.

    Args:
        name: the column's name.
        cells: (n_rows,) without blanks around them, null where empty.
        reading: what the user says of it.
        hints: what the other columns tell.

    Raises:
        TableError: the user says what the cells do not bear out.
    """
    distinct = Distinct.of(cells)
    seen = _Seen.of(name, cells, distinct, reading)
    numbers = read_numbers(
        distinct.texts, distinct.counts, reading.decimal or hints.decimal, hints.default
    )
    if reading.kind not in (CLASS, IDENTIFIER, DATE):
        found = _as_numbers(seen, numbers)
        if found:
            return found
    found = _as_dates(seen, reading.order or hints.order) or _as_clock(seen)
    return found or _as_words(seen, numbers)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A column's cells with what the user says of them.

    Attributes:
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
    def of(cls, name: str, cells: pa.StringArray, distinct: Distinct, reading: Reading) -> _Seen:
        named, kept = (_among(distinct, texts) for texts in (reading.missing, reading.values))
        return cls(name, cells, distinct, reading, named, kept)

    def missing(self, found: np.ndarray) -> np.ndarray:
        """(k,) the texts that are missing, after what the user says."""
        return (found | self.named) & ~self.kept

    def share(self, chosen: np.ndarray, missing: np.ndarray) -> float:
        """The share of the cells with a value that are chosen."""
        present = self.distinct.counts[~missing].sum()
        return self.distinct.counts[chosen & ~missing].sum() / present if present else 0.0


def _among(distinct: Distinct, texts: Sequence[str]) -> np.ndarray:
    """(k,) the texts that are one of some, or the same number."""
    if not texts:
        return np.zeros(len(distinct.texts), bool)
    same = pc.is_in(distinct.texts, pa.array(texts, pa.string()))
    wanted = read_numbers(pa.array(texts, pa.string()), np.ones(len(texts))).values
    values = read_numbers(distinct.texts, distinct.counts).values
    return same.to_numpy(zero_copy_only=False) | np.isin(values, wanted[~np.isnan(wanted)])


def _as_numbers(seen: _Seen, numbers: Numbers) -> Interpreted | None:
    """A column of numbers; None where fewer than four cells in five are some."""
    distinct, forced = seen.distinct, seen.reading.kind in (CONTINUOUS, ORDINAL)
    missing = seen.missing(_words(distinct, ~numbers.are_numbers, missing_beside_numbers))
    chosen = numbers.are_numbers & ~missing
    if forced and not chosen.any():
        raise TableError(f"The column {seen.name!r} has no numbers: read it as a class.")
    if not forced and seen.share(chosen, missing) < MOSTLY:
        return None
    if not forced and _mostly_whole(numbers.values, distinct.counts):
        coded = _coded(distinct, chosen)
        found = _as_words(seen, numbers, coded) if coded else _as_digit_dates(seen, chosen)
        if found:
            return found
    values = np.where(missing, np.nan, numbers.values)
    gap = _sentinel(seen, values)
    values = np.where(values == gap, np.nan, values) if gap is not None else values
    cells = distinct.spread(values, np.nan)
    kind, reason = kinds.of_numbers(seen.name, cells[~np.isnan(cells)])
    if forced:
        kind, reason = seen.reading.kind, f"you chose to read it as {seen.reading.kind}"
    odd = dict(distinct.most_frequent(np.isnan(values) & ~missing & (numbers.values != gap)))
    said = [reason, *numbers.said, *_said_missing(distinct, missing, gap), *_said_odd(odd)]
    marks = numbers.marks
    if marks.doubtful:
        said.append(f"what the {_MARKS[marks.doubtful]} means is a guess, which you can change")
    column = _column(seen, kind, said, cells, odd, missing | (numbers.values == gap))
    return Interpreted(column, marks.decimal, None, marks.doubtful is not None)


def _column(
    seen: _Seen, kind: str, said: Sequence[str], numbers: np.ndarray, odd: dict, missing: np.ndarray
) -> Column:
    """A column of numbers or dates; without its texts where the numbers say all."""
    reason = "; ".join(said)
    if kind != DATE and len(said) == 1 and seen.reading == UNSAID and not odd:
        return Column(seen.name, kind, reason, numbers)
    if kind == CLASS:
        gone = np.isnan(numbers)  # two values: what is neither is no third class
    else:
        never = _words(seen.distinct, missing, never_values) | (missing & seen.named)
        gone = seen.distinct.spread(never, True)
    return Column(seen.name, kind, reason, numbers, seen.cells, odd, gone, False, seen.reading)


def _words(distinct: Distinct, where: np.ndarray, test: Callable) -> np.ndarray:
    """(k,) which of the texts at some places pass a test of words."""
    found = np.zeros(len(where), bool)
    if where.any():
        places = np.flatnonzero(where)
        texts = distinct.texts.take(pa.array(places))
        found[places] = test(Distinct(texts, distinct.counts[places], places))
    return found


def _mostly_whole(values: np.ndarray, counts: np.ndarray) -> bool:
    whole = np.isnan(values) | (values == np.rint(values))
    return bool(counts[whole].sum() >= MOSTLY * counts.sum())


def _as_digit_dates(seen: _Seen, chosen: np.ndarray) -> Interpreted | None:
    """Dates like 20230101, where all numbers are such."""
    if _share_matching(seen.distinct, _DIGITS, chosen) < 1:
        return None
    return _as_dates(seen, None)


def _coded(distinct: Distinct, chosen: np.ndarray) -> str | None:
    """Why whole numbers are codes, not numbers; None where they are not."""
    if _share_matching(distinct, _LONGEST_EXACT, chosen) > 0:
        return "whole numbers of 16 digits and more, read as text to keep them apart"
    zero_led = _share_matching(distinct, _ZERO_LED, chosen)
    if not zero_led or _share_matching(distinct, r"^[0-9]+$", chosen) < MOSTLY:
        return None
    lengths = pc.unique(pc.utf8_length(distinct.texts.filter(pa.array(chosen))))
    if len(lengths) == 1 or zero_led >= _MANY_ZERO_LED:
        return "codes with leading zeros, read as text to keep them"
    return None


def _share_matching(distinct: Distinct, pattern: str, chosen: np.ndarray) -> float:
    """The share of the chosen cells that match."""
    fits = pc.match_substring_regex(distinct.texts, pattern).to_numpy(zero_copy_only=False)
    return distinct.counts[fits & chosen].sum() / max(distinct.counts[chosen].sum(), 1)


def _sentinel(seen: _Seen, values: np.ndarray) -> float | None:
    where = np.flatnonzero(~np.isnan(values) & ~seen.kept)
    if seen.kept.any() or len(where) < 3:
        return None
    texts = seen.distinct.texts.take(pa.array(where))
    return sentinel(texts, values[where], seen.distinct.counts[where])


def _said_missing(distinct: Distinct, missing: np.ndarray, gap: float | None) -> list[str]:
    said = []
    if missing.any():
        said.append(f"cells that say they are missing: {_listed(distinct.most_frequent(missing))}")
    if gap is not None:
        said.append(f"{gap:g} taken for a missing value, since it stands apart")
    return said


def _said_odd(odd: Mapping[str, int]) -> list[str]:
    if not odd:
        return []
    return [f"odd cells taken as missing, {sum(odd.values()):,}: {_listed(tuple(odd.items()))}"]


def _listed(cells: Sequence[tuple[str, int]]) -> str:
    shown = [f"{text[:30]} ({count:,})" for text, count in cells[:_SHOWN]]
    return ", ".join(shown) + (", …" if len(cells) > _SHOWN else "")


def _as_dates(seen: _Seen, order: str | None) -> Interpreted | None:
    dates = read_dates(seen.distinct.texts, seen.distinct.counts, order)
    found = _as_moments(seen, dates.days, DATE, ["dates, counted in days", *dates.said])
    if found is None and seen.reading.kind == DATE:
        raise TableError(f"The column {seen.name!r} has no dates: read it as a class.")
    if found is None:
        return None
    told = None if dates.doubtful else dates.order
    return Interpreted(found, None, told, dates.doubtful)


def _as_clock(seen: _Seen) -> Interpreted | None:
    hours = read_clock(seen.distinct.texts)
    found = _as_moments(seen, hours, CONTINUOUS, ["times of day, in hours"])
    return Interpreted(found) if found else None


def _as_moments(seen: _Seen, values: np.ndarray, kind: str, said: Sequence[str]) -> Column | None:
    """A column of dates or times; None where fewer than four cells in five are some."""
    if seen.reading.kind in (CLASS, IDENTIFIER) or np.isnan(values).all():
        return None
    distinct = seen.distinct
    missing = seen.missing(_words(distinct, np.isnan(values), missing_beside_numbers))
    if seen.reading.kind != DATE and seen.share(~np.isnan(values), missing) < MOSTLY:
        return None
    odd = dict(distinct.most_frequent(np.isnan(values) & ~missing))
    said = [*said, *_said_missing(distinct, missing, None), *_said_odd(odd)]
    if len(np.unique(values[~np.isnan(values) & ~missing])) < 2:
        kind, said = kinds.CONSTANT, [kinds.constant(1)]
    numbers = distinct.spread(np.where(missing, np.nan, values), np.nan)
    return _column(seen, kind, said, numbers, odd, missing)


def _as_words(seen: _Seen, numbers: Numbers, because: str | None = None) -> Interpreted:
    """A column of classes or names."""
    distinct, wanted = seen.distinct, seen.reading.kind
    missing = seen.missing(never_values(distinct))
    present = Distinct(
        distinct.texts.filter(pa.array(~missing)), distinct.counts[~missing], distinct.codes
    )
    _, labels = labels_of(present)
    kind, reason = kinds.of_words(len(labels), int(present.counts.sum()))
    if wanted in (CLASS, IDENTIFIER):
        kind, reason = (
            wanted,
            "; ".join([f"you chose to read it as {wanted}", *merged(len(labels))]),
        )
    said = [because, reason] if because else [reason]
    said += _said_spellings(present, labels) + _said_missing(distinct, missing, None)
    if not because and (share := seen.share(numbers.are_numbers, missing)) > _SOME:
        said.append(f"{share:.0%} of the cells are numbers")
    values = distinct.spread(np.where(missing, np.nan, numbers.values), np.nan)
    no_value = distinct.spread(missing, True)
    reason = "; ".join(said)
    return Interpreted(
        Column(seen.name, kind, reason, values, seen.cells, {}, no_value, True, seen.reading)
    )


def _said_spellings(present: Distinct, labels: Sequence[str]) -> list[str]:
    if len(labels) < len(present.texts):
        return [f"spellings of {' and '.join(sorted(labels))} taken as one"]
    said = []
    if len(set(present.folded)) < len(labels):
        said.append("some differ in case alone")
    doubtful = doubtful_words(present)
    if doubtful:
        said.append(f"kept as a class though it may mean missing: {', '.join(doubtful[:_SHOWN])}")
    return said

"""A column of numbers, unless its whole numbers are codes or dates."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.tables.columns import kinds
from mist_core.tables.columns.column import CONTINUOUS, ORDINAL
from mist_core.tables.columns.marks import NAMES
from mist_core.tables.columns.missing import sentinel
from mist_core.tables.columns.numbers import Numbers
from mist_core.tables.columns.seen import MOSTLY, Interpreted, Seen

_DIGITS = r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4}|[0-9]{6})?$"
_LONG = r"^[+-]?[0-9]{16,}$"  # beyond 2^53, where a float merges neighbours
_ZERO_LED = r"^0[0-9]+$"
_MANY_ZERO_LED = 0.05


def as_numbers(seen: Seen, numbers: Numbers) -> Interpreted | None:
    """The column as one of numbers; None where fewer than four cells in five are some.

    Where the user says that the column is continuous or ordinal, one number is enough.
    """
    forced = seen.reading.kind in (CONTINUOUS, ORDINAL)
    missing = seen.missing_among(~numbers.are_numbers)
    chosen = numbers.are_numbers & ~missing
    if not chosen.any() or (not forced and seen.share(chosen, missing) < MOSTLY):
        return None
    values = np.where(missing, np.nan, numbers.values)
    said = list(numbers.said)
    gap = _sentinel(seen, values)
    if gap is not None:
        said.append(f"{gap:g} taken for a missing value, since it stands apart")
        missing, values = missing | (values == gap), np.where(values == gap, np.nan, values)
    marks = numbers.marks
    if marks.doubtful:
        said.append(f"what the {NAMES[marks.doubtful]} means is a guess, which you can change")
    kind, reason = _kind(seen, values)
    column = seen.column(kind, [reason, *said], values, missing)
    return Interpreted(column, marks.decimal, None, marks.doubtful is not None)


def why_codes(seen: Seen, numbers: Numbers) -> str | None:
    """Why whole numbers are codes, to be kept letter by letter; None where they are not."""
    chosen = numbers.are_numbers
    if not mostly_whole(seen, numbers):
        return None
    if _merges(seen, numbers) or seen.share_matching(_LONG, chosen) > 0.5:
        return "whole numbers of 16 digits and more, read as text to keep them apart"
    zero_led = seen.share_matching(_ZERO_LED, chosen)
    if not zero_led or seen.share_matching(r"^[0-9]+$", chosen) < MOSTLY:
        return None
    lengths = pc.unique(pc.utf8_length(seen.distinct.texts.filter(pa.array(chosen))))
    if len(lengths) == 1 or zero_led >= _MANY_ZERO_LED:
        return "codes with leading zeros, read as text to keep them"
    return None


def are_dates(seen: Seen, numbers: Numbers) -> bool:
    """Whether all numbers are dates like 20230101."""
    return mostly_whole(seen, numbers) and seen.share_matching(_DIGITS, numbers.are_numbers) == 1


def mostly_whole(seen: Seen, numbers: Numbers) -> bool:
    """Whether four cells in five are whole numbers."""
    whole = numbers.values == np.rint(numbers.values)
    missing = seen.missing_among(~numbers.are_numbers)
    return seen.share(whole, missing) >= MOSTLY


def _merges(seen: Seen, numbers: Numbers) -> bool:
    """Whether different long numbers are one float."""
    long = pc.match_substring_regex(seen.distinct.texts, _LONG).to_numpy(zero_copy_only=False)
    return bool(long.any()) and len(np.unique(numbers.values[long])) < long.sum()


def _sentinel(seen: Seen, values: np.ndarray) -> float | None:
    where = np.flatnonzero(~np.isnan(values))
    if seen.kept.any() or len(where) < 3:
        return None
    texts = seen.distinct.texts.take(pa.array(where))
    return sentinel(texts, values[where], seen.distinct.counts[where])


def _kind(seen: Seen, values: np.ndarray) -> tuple[str, str]:
    if seen.reading.kind in (CONTINUOUS, ORDINAL):
        return seen.reading.kind, f"you chose to read it as {seen.reading.kind}"
    cells = seen.distinct.spread(values, np.nan)
    return kinds.of_numbers(seen.name, cells[~np.isnan(cells)])

"""From a column's cells to what they mean: numbers, dates, classes, identifiers, and why."""

import dataclasses
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from mist_core.errors import TableError
from mist_core.tables.columns import kinds
from mist_core.tables.columns.as_numbers import are_dates, as_numbers, why_codes
from mist_core.tables.columns.as_words import as_words
from mist_core.tables.columns.cells import Cells
from mist_core.tables.columns.column import (
    CLASS,
    CONSTANT,
    CONTINUOUS,
    DATE,
    IDENTIFIER,
    ORDINAL,
    UNSAID,
    Column,
    Reading,
)
from mist_core.tables.columns.dates import are_contradictory, read_clock, read_dates
from mist_core.tables.columns.numbers import read_numbers
from mist_core.tables.columns.seen import MOSTLY, NO_HINTS, Hints, Interpreted, Seen


def interpret_all(cells: Cells) -> tuple[Column, ...]:
    """Columns whose doubts the others settle, where these agree.

    `cells` loses its columns of plain numbers on the way: wide tables are large.

    Raises:
        TableError: no cell has a value.
    """
    default = Hints(default="," if cells.delimiter == ";" else ".")
    found = []
    for i, name in enumerate(cells.names):
        found.append(interpret(name, cells.columns[i], hints=default))
        if found[-1].column.cells is None:
            cells.columns[i] = None
    if all(c.kind == CONSTANT and c.missing.all() for c in (read.column for read in found)):
        raise TableError("The table has no row with a value: add the data.")
    hints = dataclasses.replace(
        default,
        decimal=_agreed([read.decimal for read in found]),
        order=_agreed([read.order for read in found]),
    )
    return tuple(
        interpret(read.column.name, read.column.cells, hints=hints).column
        if read.doubtful and hints != default and read.column.cells is not None
        else read.column
        for read in found
    )


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
    seen, wanted = Seen.of(name, cells, reading), reading.kind
    texts, counts = seen.distinct.texts, seen.distinct.counts
    numbers = read_numbers(texts, counts, reading.decimal or hints.decimal, hints.default)
    if wanted in (CLASS, IDENTIFIER):
        return as_words(seen, numbers)
    found = None if wanted == DATE else as_numbers(seen, numbers)
    if found and wanted is None:
        codes = why_codes(seen, numbers)
        if codes:
            return as_words(seen, numbers, codes)
        found = (_as_dates(seen, None) if are_dates(seen, numbers) else None) or found
    found = found or _as_dates(seen, reading.order or hints.order) or _as_clock(seen)
    if found is None and wanted:
        what = "dates" if wanted == DATE else "numbers"
        raise TableError(f"The column {name!r} has no {what}: read it as a class.")
    return found or as_words(seen, numbers, _why_no_dates(seen))


def _why_no_dates(seen: Seen) -> str | None:
    if are_contradictory(seen.distinct.texts, seen.distinct.counts, MOSTLY):
        return "dates, but some are day first and others month first: say which are right"
    return None


def _agreed(answers: Sequence[str | None]) -> str | None:
    counts = Counter(answer for answer in answers if answer)
    return next(iter(counts)) if len(counts) == 1 else None


def _as_dates(seen: Seen, order: str | None) -> Interpreted | None:
    dates = read_dates(seen.distinct.texts, seen.distinct.counts, order)
    found = _as_moments(seen, dates.days, DATE, ["dates, counted in days", *dates.said])
    told = None if dates.doubtful else dates.order
    return Interpreted(found, None, told, dates.doubtful) if found else None


def _as_clock(seen: Seen) -> Interpreted | None:
    hours = read_clock(seen.distinct.texts)
    found = _as_moments(seen, hours, CONTINUOUS, ["times of day, in hours"])
    return Interpreted(found) if found else None


def _as_moments(seen: Seen, values: np.ndarray, kind: str, said: Sequence[str]) -> Column | None:
    """A column of dates or times; None where fewer than four cells in five are some."""
    missing = seen.missing_among(np.isnan(values))
    share = seen.share(~np.isnan(values), missing)
    if share == 0 or (seen.reading.kind is None and share < MOSTLY):
        return None
    values = np.where(missing, np.nan, values)
    if seen.reading.kind in (CONTINUOUS, ORDINAL):
        kind, said = seen.reading.kind, [f"you chose to read it as {seen.reading.kind}", *said]
    elif len(np.unique(values[~np.isnan(values)])) < 2:
        kind, said = CONSTANT, [kinds.constant(1)]
    return seen.column(kind, said, values, missing)

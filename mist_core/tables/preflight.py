"""How each column of a table was read, and what a user changed of it, as one table."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from mist_core.markdown import counted
from mist_core.tables.columns.column import (
    CHOOSABLE,
    CLASS,
    CONSTANT,
    CONTINUOUS,
    DATE,
    IDENTIFIER,
    ORDINAL,
    Column,
    Reading,
)
from mist_core.tables.columns.dates import ORDERS
from mist_core.tables.columns.marks import NAMES
from mist_core.tables.table import Table

COLUMN, KIND, REASON, MISSING, ODD = "column", "read as", "because", "missing", "odd cells"
ALSO_MISSING, ALSO_VALUES = "also missing", "no gaps but values"
GAPS_AS_CLASS, DECIMAL, ORDER = "gaps are a class", "decimal mark", "dates"
FOUND = (COLUMN, REASON, MISSING, ODD)  # what nobody can change
KINDS = (*CHOOSABLE, DATE)
DECIMALS = {NAMES[mark]: mark for mark in (".", ",")}
DATE_ORDERS = tuple(ORDERS)
_SHOWN = 5
FEW_VALUES, MANY_TIES = 10, 0.2  # as the flag of a pair has it
_WORDS = {
    CONTINUOUS: ("number", "numbers"),
    ORDINAL: ("ordinal", "ordinal"),
    CLASS: ("class", "classes"),
    DATE: ("date", "dates"),
    IDENTIFIER: ("identifier", "identifiers"),
    CONSTANT: ("constant", "constants"),
}


def preflight(table: Table) -> pd.DataFrame:
    """One row a column: how it was read, why, its gaps and odd cells, and what can be said of it.

    What a user may fill in is empty: words for missing values and words that are none, by commas;
    whether gaps are a class; the decimal mark; the order of day, month and year.
    """
    rows = [
        {
            COLUMN: column.name,
            KIND: column.kind,
            REASON: column.reason,
            MISSING: int(column.missing.sum()),
            ODD: _odd(column),
            ALSO_MISSING: "",
            ALSO_VALUES: "",
            GAPS_AS_CLASS: False,
            DECIMAL: None,
            ORDER: None,
        }
        for column in table.columns
    ]
    return pd.DataFrame(rows).astype({DECIMAL: object, ORDER: object})


def summary(table: Table) -> str:
    """What was found at a glance, one line: rows, columns by kind, and what to look at."""
    kinds = Counter(column.kind for column in table.columns)
    found = [f"{count:,} {_people_say(kind, count)}" for kind, count in kinds.most_common()]
    columns = table.columns
    concerns = {
        "with gaps": sum(bool(column.missing.any()) for column in columns),
        "with odd cells": sum(column.n_odd > 0 for column in columns),
        "tied": sum(ties(column) > MANY_TIES for column in columns),
    }
    noted = [f"{count:,} {words}" for words, count in concerns.items() if count]
    repeated = repeated_rows(table)
    noted += [f"{counted(repeated, 'row')} like others"] if repeated else []
    size = f"{counted(table.n_rows, 'row')}, {counted(len(columns), 'column')}"
    return f"{size}: {', '.join([*found, *noted])}"


def ties(column: Column) -> float:
    """The share of a column's numbers at its most frequent value; 0 of classes and few values."""
    if column.is_class or not column.usable:
        return 0.0
    _, counts = np.unique(column.numbers[~column.missing], return_counts=True)
    return counts.max() / counts.sum() if len(counts) > FEW_VALUES else 0.0


def repeated_rows(table: Table) -> int:
    """Rows that say in all columns what an earlier one says."""
    codes = [pd.factorize(column.values)[0] for column in table.columns if column.usable]
    if not codes:
        return 0
    return int(pd.DataFrame(dict(enumerate(codes))).duplicated().sum())


def _people_say(kind: str, count: int) -> str:
    one, many = _WORDS[kind]
    return one if count == 1 else many


def as_said(table: Table, found: pd.DataFrame, edited: pd.DataFrame) -> Table:
    """The table with its columns read as the user says.

    Args:
        table: as it was read.
        found: its `preflight`.
        edited: the same, with what the user changed.

    Raises:
        TableError: a column's cells do not bear out what is said of it.
    """
    kinds: dict[str, str] = {}
    readings: dict[str, Reading] = {}
    for was, now in zip(found.to_dict("records"), edited.to_dict("records"), strict=True):
        kind = now[KIND] if now[KIND] != was[KIND] else None
        reading = _reading(now, kind)
        if reading == Reading(kind=kind) and kind != DATE:
            kinds |= {was[COLUMN]: kind} if kind else {}
        else:
            readings[was[COLUMN]] = reading
    return table.with_readings(readings).with_kinds(kinds)


def _reading(row: Mapping, kind: str | None) -> Reading:
    return Reading(
        kind=kind,
        missing=_words(row[ALSO_MISSING]),
        values=_words(row[ALSO_VALUES]),
        missing_as_class=bool(row[GAPS_AS_CLASS]),
        decimal=DECIMALS.get(row[DECIMAL]),
        order=row[ORDER] if row[ORDER] in DATE_ORDERS else None,
    )


def _words(text: object) -> tuple[str, ...]:
    words = text.split(",") if isinstance(text, str) else []
    return tuple(word.strip() for word in words if word.strip())


def _odd(column: Column) -> str:
    if not column.n_odd:
        return ""
    shown = [f"{text} ({count:,})" for text, count in list(column.odd.items())[:_SHOWN]]
    return f"{column.n_odd:,}: " + ", ".join(shown) + (", …" if len(column.odd) > _SHOWN else "")

"""A CSV's bytes to a table of typed columns."""

import dataclasses
import functools
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from mist_core.columns import Column, column_of_dates, column_of_numbers, column_of_texts
from mist_core.dialects import Dialect, decode, sniff
from mist_core.errors import TableError

_MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "-", "?", ".")
_EXPONENT = "([eE][+-]?[0-9]{1,3})?"
_PLAIN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)" + _EXPONENT
# What to take out of a cell, then what to put for the decimal mark, for each decimal mark.
_GROUPS = {
    ".": r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?",
    ",": r"[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?",
}
# The first order that fits every cell is taken, so day before month where both would do.
_DATE_ORDERS = {
    "year-month-day": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
    "day-month-year": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"),
    "month-day-year": ("%m/%d/%Y", "%m-%d-%Y"),
}
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M:%SZ")


@dataclass(frozen=True, eq=False)
class Table:
    """Typed columns of one length.

    Attributes:
        columns: at least two, with unique names.
        sha256: of the bytes it was read from; what caches are keyed on.
        note: how the file was read, one sentence; empty for a table that came from no file.
    """

    columns: tuple[Column, ...]
    sha256: str
    note: str = ""

    @property
    def n_rows(self) -> int:
        return len(self.columns[0].numbers)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @functools.cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def __getitem__(self, name: str) -> Column:
        """The column of that name.

        Raises:
            TableError: there is none.
        """
        if name not in self._positions:
            raise TableError(f"The table has no column {name!r}: choose one of {self.names}.")
        return self.columns[self._positions[name]]

    def with_kinds(self, kinds: Mapping[str, str]) -> "Table":
        """The same table with some columns read as another kind (see `Column.as_kind`)."""
        changed = {name: self[name].as_kind(kind) for name, kind in kinds.items()}
        columns = tuple(changed.get(column.name, column) for column in self.columns)
        return dataclasses.replace(self, columns=columns)

    def to_frame(self) -> pd.DataFrame:
        """The cells as they were read, one Series a column."""
        return pd.DataFrame(
            {c.name: c.numbers if c.texts is None else c.texts for c in self.columns}
        )


def read_table(data: bytes, *, header: bool | None = None) -> Table:
    """Reads a CSV whatever its encoding, delimiter and decimal mark.

    Args:
        data: the file's bytes, 50 MB at most.
        header: whether the first record names the columns; None finds out.

    Raises:
        TableError: not a table; the message says what to do.
    """
    text = decode(data)
    dialect = sniff(text, header)
    with _parsed(text, dialect) as connection:
        columns = tuple(
            _column(connection, f"c{position}", name, dialect.decimal)
            for position, name in enumerate(dialect.names)
        )
    return Table(columns, hashlib.sha256(data).hexdigest(), _note(dialect))


def table_from_frame(frame: pd.DataFrame) -> Table:
    """A table from columns of numbers or texts already in memory."""
    columns = []
    for name in frame:
        if pd.api.types.is_numeric_dtype(frame[name]):
            columns.append(column_of_numbers(name, frame[name].to_numpy(float)))
        else:
            texts = frame[name].astype(object).to_numpy()
            columns.append(column_of_texts(name, texts, np.full(len(frame), np.nan)))
    digest = hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()
    return Table(tuple(columns), digest)


def _note(dialect: Dialect) -> str:
    separators = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    separator = separators.get(dialect.delimiter, repr(dialect.delimiter))
    marks = {",": "decimal comma", ".": "decimal point"}
    names = "names in the first line" if dialect.header else "no names in the first line"
    return f"Read as {separator}-separated, {marks[dialect.decimal]}, {names}."


@contextmanager
def _parsed(text: str, dialect: Dialect) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private in-memory database with the cells as text in columns c0, c1, ...

    Names from the file never reach SQL, and after the settings below the database can open no
    file but ours. One thread: parallel parsing has to guess where quoted newlines end.
    """
    handle, path = tempfile.mkstemp(suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="", errors="replace") as file:
            file.write(text)
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            connection.execute(f"SET allowed_paths = [{_quoted(path)}]")
            connection.execute("SET enable_external_access = false")
            _load(connection, path, dialect)
            yield connection
    finally:
        os.remove(path)


def _quoted(text: str) -> str:
    """An SQL literal of a text of our own making, for the one statement that takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def _load(connection: duckdb.DuckDBPyConnection, path: str, dialect: Dialect) -> None:
    fields = [f"c{position}" for position in range(len(dialect.names))]
    missing = ", ".join(_quoted(token) for token in _MISSING)
    cells = ", ".join(
        f"CASE WHEN lower(trim({f})) IN ({missing}) THEN NULL ELSE trim({f}) END AS {f}"
        for f in fields
    )
    try:
        connection.execute(
            f"CREATE TABLE cells AS SELECT {cells} FROM read_csv($path, delim = $delimiter, "
            "skip = $skip, columns = $columns, quote = '\"', escape = '\"', header = false, "
            "auto_detect = false, store_rejects = true) "
            f"WHERE coalesce({', '.join(fields)}, '') <> ''",
            {
                "path": path,
                "delimiter": dialect.delimiter,
                "skip": dialect.skip,
                "columns": dict.fromkeys(fields, "VARCHAR"),
            },
        )
    except duckdb.Error as error:
        raise TableError(f"The table cannot be parsed: {str(error).splitlines()[0]}") from error
    _check(connection, len(fields))


def _check(connection: duckdb.DuckDBPyConnection, n_columns: int) -> None:
    rejected = connection.execute(
        "SELECT line, error_type, error_message FROM reject_errors ORDER BY line LIMIT 1"
    ).fetchone()
    if rejected and "QUOTE" in rejected[1]:
        raise TableError(f"Line {rejected[0]} opens a quotation mark and never closes it: mend it.")
    if rejected:
        found = rejected[2].rsplit(" ", 1)[-1]
        raise TableError(
            f"Line {rejected[0]} has {found} cells where the first line has {n_columns}: mend that "
            "line; a cell that holds the delimiter needs quotation marks."
        )
    if connection.execute("SELECT count(*) FROM cells").fetchone()[0] == 0:
        raise TableError("The table has no row with a value: add the data.")


def _column(connection: duckdb.DuckDBPyConnection, field: str, name: str, decimal: str) -> Column:
    number = _number(field, decimal)
    n_cells, n_numbers = connection.execute(
        f"SELECT count({field}), count({number}) FROM cells"
    ).fetchone()
    numbers = _fetch(connection, number).astype(float)
    if n_cells == n_numbers:
        return column_of_numbers(name, numbers)
    texts = _fetch(connection, field)
    order = None if n_numbers else _date_order(connection, field)
    if order is None:
        return column_of_texts(name, texts, numbers)
    return column_of_dates(
        name, _fetch(connection, _days(field, order)).astype(float), texts, order
    )


def _fetch(connection: duckdb.DuckDBPyConnection, expression: str) -> np.ndarray:
    """(n_rows,) float64 or object, in the file's order, missing as NaN or None."""
    return connection.execute(f"SELECT {expression} AS v FROM cells").df()["v"].to_numpy()


def _number(field: str, decimal: str) -> str:
    """SQL for the cell's number, NULL where it is none (DuckDB's own cast takes 1_000 and inf)."""
    group = "," if decimal == "." else "."
    ungrouped = f"replace(replace({field}, '{group}', ''), '{decimal}', '.')"
    plain = f"replace({field}, ',', '.')" if decimal == "," else field
    return (
        f"CASE WHEN regexp_full_match({field}, '{_GROUPS[decimal]}') "
        f"THEN try_cast({ungrouped} AS DOUBLE) "
        f"WHEN regexp_full_match({plain}, '{_PLAIN}') THEN try_cast({plain} AS DOUBLE) END"
    )


def _date_order(connection: duckdb.DuckDBPyConnection, field: str) -> str | None:
    for order in _DATE_ORDERS:
        if connection.execute(
            f"SELECT count({field}) = count({_days(field, order)}) FROM cells"
        ).fetchone()[0]:
            return order
    return None


def _days(field: str, order: str) -> str:
    """SQL for days since 1970-01-01, NULL where the cell is no date in that order."""
    formats = ", ".join(_quoted(d + t) for d in _DATE_ORDERS[order] for t in _TIMES)
    return f"epoch(try_strptime({field}, [{formats}])) / 86400.0"

"""The cells of a CSV whose dialect is known, parsed strictly by DuckDB into typed columns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from mist_core.errors import TableError
from mist_core.tables.columns import Column, column_of_dates, column_of_numbers, column_of_texts
from mist_core.tables.dialect import Dialect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "-", "?", ".")
_EXPONENT = "([eE][+-]?[0-9]{1,3})?"
_PLAIN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)" + _EXPONENT
# Numbers with grouped thousands, by their decimal mark.
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
_LIKE_A_DATE = r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}([T ][0-9:.]+Z?)?"  # cheap first test
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M:%SZ")


def read_columns(text: str, dialect: Dialect) -> tuple[Column, ...]:
    """Every column of a decoded CSV.

    Raises:
        TableError: a row has too many or too few cells, a quotation mark is left open, or no cell
            has a value.
    """
    with _parsed(text, dialect) as connection:
        return tuple(
            _column(connection, f"c{position}", name, dialect.decimal)
            for position, name in enumerate(dialect.names)
        )


@contextmanager
def _parsed(text: str, dialect: Dialect) -> Iterator[DuckDBPyConnection]:
    """A private in-memory database with the cells as text in columns c0, c1, ...

    Names from the file never reach SQL, and after the settings below the database can open no
    file but ours. One thread: parallel parsing has to guess where quoted newlines end.
    """
    # Late, and kept out of the module: whatever outlives the interpreter's own modules would make
    # DuckDB's binding report leaks on exit.
    import duckdb

    handle, path = tempfile.mkstemp(suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="", errors="replace") as file:
            file.write(text)
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            connection.execute(f"SET allowed_paths = [{_quoted(path)}]")
            connection.execute("SET enable_external_access = false")
            _load(connection, path, dialect)
            _check(connection, len(dialect.names))
            yield connection
    except duckdb.Error as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise TableError(f"The table cannot be parsed ({reason}): export it again.") from error
    finally:
        os.remove(path)


def _quoted(text: str) -> str:
    """An SQL literal of a text of our own making, for the one statement that takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def _load(connection: DuckDBPyConnection, path: str, dialect: Dialect) -> None:
    """Fill the table of cells: trimmed text, NULL where missing; rows that are all NULL go."""
    fields = [f"c{position}" for position in range(len(dialect.names))]
    missing = ", ".join(map(_quoted, _MISSING))
    cells = ", ".join(
        f"CASE WHEN lower(trim({f})) IN ({missing}) THEN NULL ELSE trim({f}) END AS {f}"
        for f in fields
    )
    connection.execute(
        f"CREATE TABLE cells AS SELECT * FROM (SELECT {cells} FROM read_csv($path, "
        "delim = $delimiter, skip = $skip, columns = $columns, quote = '\"', escape = '\"', "
        "header = false, auto_detect = false, store_rejects = true)) "
        f"WHERE coalesce({', '.join(fields)}) IS NOT NULL",
        {
            "path": path,
            "delimiter": dialect.delimiter,
            "skip": dialect.skip,
            "columns": dict.fromkeys(fields, "VARCHAR"),
        },
    )


def _check(connection: DuckDBPyConnection, n_columns: int) -> None:
    """Raise for the first line the parser had to leave out, or if nothing is left."""
    rejected = connection.execute(
        "SELECT line, error_type, error_message FROM reject_errors ORDER BY line LIMIT 1"
    ).fetchone()
    if rejected:
        raise TableError(_complaint(*rejected, n_columns))
    if connection.execute("SELECT count(*) FROM cells").fetchone()[0] == 0:
        raise TableError("The table has no row with a value: add the data.")


def _complaint(line: int, kind: str, message: str, n_columns: int) -> str:
    if kind == "UNQUOTED VALUE":
        return f"Line {line} opens a quotation mark and never closes it: mend it."
    if kind not in ("TOO MANY COLUMNS", "MISSING COLUMNS"):
        return f"Line {line} cannot be read ({message.splitlines()[0].rstrip('.')}): mend it."
    found = message.rsplit(" ", 1)[-1]
    return (
        f"Line {line} has {found} cells where the first line has {n_columns}: mend that line; a "
        "cell that holds the delimiter needs quotation marks."
    )


def _column(connection: DuckDBPyConnection, field: str, name: str, decimal: str) -> Column:
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


def _fetch(connection: DuckDBPyConnection, expression: str) -> np.ndarray:
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


def _date_order(connection: DuckDBPyConnection, field: str) -> str | None:
    for order in _DATE_ORDERS:
        if connection.execute(
            f"SELECT count({field}) = count({_days(field, order)}) FROM cells"
        ).fetchone()[0]:
            return order
    return None


def _days(field: str, order: str) -> str:
    """SQL for days since 1970-01-01, NULL where the cell is no date in that order."""
    formats = ", ".join(_quoted(d + t) for d in _DATE_ORDERS[order] for t in _TIMES)
    day = f"epoch(try_strptime({field}, [{formats}])) / 86400.0"
    return f"CASE WHEN regexp_full_match({field}, '{_LIKE_A_DATE}') THEN {day} END"

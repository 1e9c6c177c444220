"""The cells of a delimited text whose dialect is known, parsed strictly by DuckDB."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from mist_core.errors import TableError
from mist_core.files import storing
from mist_core.markdown import counted
from mist_core.tables.files.dialect import Dialect, with_plain_delimiters
from mist_core.tables.files.encoding import Text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_REJECTED = 0.05  # share of lines that may be of another width and be left out, said
_LONGEST_LINE = 2**26  # bytes
_LONGEST_FOOT = 2_000  # letters that may stand below a table
_PIECE = 2**20  # letters


@dataclass(frozen=True, eq=False)
class Parsed:
    """The cells of the lines that have the right width.

    Attributes:
        columns: `width` columns of text; null or empty where a cell is.
        notes: the lines left out, in a few words.
    """

    columns: list[pa.ChunkedArray]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Rejected:
    line: int
    kind: str
    message: str
    is_comment: bool = False

    @property
    def of_other_width(self) -> bool:
        return self.kind in ("TOO MANY COLUMNS", "MISSING COLUMNS")


@dataclass(frozen=True)
class _Foot:
    """How a file ends: its lines, counted from the first row, and its last letters."""

    lines: int
    last: str


def parse(text: Text, dialect: Dialect, width: int, skipped: int) -> Parsed:
    """The rows of a text below its header.

    A few lines of another width, and what stands below the table, are left out and said; more
    are an error.

    Args:
        text: the file.
        dialect: how cells are told apart.
        width: cells a row.
        skipped: lines of the file before the first row.

    Raises:
        TableError: rows have too many or too few cells, a quotation mark is left open, or no row
            is left.
    """
    with _temporary_file() as path, _database(path) as connection:
        foot = _write_rows(path, text, dialect, skipped)
        table = _load(connection, path, dialect, width)
        rejected = _rejected(connection)
    below = _below(rejected, foot)
    within = [line for line in rejected if line.line < below and not line.is_comment]
    broken = [line for line in within if not line.of_other_width]
    if broken or len(within) > MOST_REJECTED * (table.num_rows + len(within)):
        raise TableError(_complaint((broken or within)[0], skipped, width))
    if not table.num_rows:
        raise TableError("The file has a header but no rows below it: add the data.")
    return Parsed(table.columns, _notes(rejected, below, skipped, width))


@contextmanager
def _temporary_file() -> Iterator[Path]:
    handle, name = tempfile.mkstemp(suffix=".csv")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        os.remove(name)


@contextmanager
def _database(path: Path) -> Iterator[DuckDBPyConnection]:
    """A private in-memory database that can open no file but ours.

    One thread: parallel parsing has to guess where quoted newlines end.
    """
    # Late, and kept out of the module: whatever outlives the interpreter's own modules would make
    # DuckDB's binding report leaks on exit.
    import duckdb

    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            connection.execute(f"SET allowed_paths = [{_quoted(path)}]")
            connection.execute("SET enable_external_access = false")
            yield connection
    except duckdb.Error as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise TableError(f"The table cannot be parsed ({reason}): export it again.") from error


def _quoted(path: Path) -> str:
    """An SQL literal of a path of our own making, where a statement takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def _write_rows(path: Path, text: Text, dialect: Dialect, skipped: int) -> _Foot:
    """The rows in UTF-8, a piece at a time: the file may be larger than the memory."""
    foot = _Foot(0, "")
    with storing(path), text.open() as source, path.open("w", encoding="utf-8", newline="") as rows:
        for _ in range(skipped):
            source.readline()
        while piece := source.read(_PIECE):
            piece = with_plain_delimiters((piece + source.readline()).rstrip("\0"), dialect)
            rows.write(piece.encode("utf-8", "replace").decode())
            foot = _Foot(foot.lines + piece.count("\n"), (foot.last + piece)[-_LONGEST_FOOT:])
    return foot


def _load(connection: DuckDBPyConnection, path: Path, dialect: Dialect, width: int) -> pa.Table:
    """Every cell as text; names from the file never reach SQL."""
    return connection.sql(
        "SELECT * FROM read_csv($path, delim = $delimiter, quote = $quote, escape = $escape, "
        "columns = $columns, max_line_size = $longest, header = false, auto_detect = false, "
        "store_rejects = true)",
        params={
            "path": str(path),
            "delimiter": dialect.delimiter,
            "quote": dialect.quote,
            "escape": dialect.escape,
            "columns": {f"c{position}": "VARCHAR" for position in range(width)},
            "longest": _LONGEST_LINE,
        },
    ).to_arrow_table()


def _rejected(connection: DuckDBPyConnection) -> list[_Rejected]:
    """The lines that were left out, one entry a line; lines of blanks are none."""
    rows = connection.execute(
        "SELECT line, error_type, error_message, csv_line FROM reject_errors ORDER BY line"
    ).fetchall()
    lines = {
        line: _Rejected(line, kind, said, text.lstrip().startswith("#"))
        for line, kind, said, text in rows
        if text.strip(" \t\x1a")
    }
    return list(lines.values())


def _below(rejected: Sequence[_Rejected], foot: _Foot) -> int:
    """The number of the first line below the table: where the last lines, all short, begin."""
    short = {line.line for line in rejected if line.kind == "MISSING COLUMNS"}
    number = foot.lines + (not foot.last.endswith("\n"))
    for line in reversed(foot.last.removesuffix("\n").split("\n")[1:]):
        if number not in short and line.strip():
            break
        number -= 1
    return number + 1


def _notes(rejected: Sequence[_Rejected], below: int, skipped: int, width: int) -> tuple[str, ...]:
    within = [line.line + skipped for line in rejected if line.line < below]
    after = [line.line + skipped for line in rejected if line.line >= below]
    notes = []
    if within:
        shown = ", ".join(map(str, within[:5])) + (", …" if len(within) > 5 else "")
        rows = counted(len(within), "line")
        notes.append(f"{rows} of another width than {width} cells left out ({shown})")
    if after:
        rows = counted(len(after), "line")
        notes.append(f"{rows} below the table left out (from line {after[0]})")
    return tuple(notes)


def _complaint(rejected: _Rejected, skipped: int, width: int) -> str:
    line = rejected.line + skipped
    if rejected.kind == "UNQUOTED VALUE":
        return f"Line {line} opens a quotation mark and never closes it: mend it."
    if not rejected.of_other_width:
        reason = rejected.message.splitlines()[0].rstrip(".")
        return f"Line {line} cannot be read ({reason}): mend it."
    found = rejected.message.rsplit(" ", 1)[-1]
    return (
        f"Line {line} has {found} cells where most lines have {width}: mend that line; a "
        "cell that holds the delimiter needs quotation marks."
    )

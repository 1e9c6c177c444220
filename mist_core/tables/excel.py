"""A sheet of an Excel or OpenDocument workbook as cells of text, read by calamine."""

import dataclasses
import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from mist_core.errors import TableError
from mist_core.tables.cells import Cells, trimmed, unique_names
from mist_core.tables.layout import find_layout
from mist_core.tables.source import Source
from mist_core.tables.tidy import tidied

_SAMPLE = 500  # rows looked at for where the table stands
_MOST_UNPACKED = 2**30  # bytes: a small archive can hold far more


def read_workbook(source: Source, *, header: bool | None = None, sheet: str | None = None) -> Cells:
    """The cells of one sheet: the one named, else the first with a table.

    Raises:
        TableError: no workbook, no such sheet, or no table on it.
    """
    _check_size(source)
    try:
        book = CalamineWorkbook.from_filelike(source.open())
        if sheet is not None and sheet not in book.sheet_names:
            raise TableError(f"The workbook has no sheet {sheet!r}: choose one of {_listed(book)}.")
        names = [sheet] if sheet else book.sheet_names
        rows, name = next(_filled(book, names), ([], ""))
    except PasswordError as error:
        raise TableError("The workbook has a password: save it without one.") from error
    except CalamineError as error:
        raise TableError(f"The workbook cannot be read ({error}): save it again.") from error
    if not rows:
        raise TableError("The workbook has no sheet with a table: add the data.")
    cells = _cells(rows, header, _sheet_note(name, book))
    return dataclasses.replace(cells, sheets=tuple(book.sheet_names))


def _check_size(source: Source) -> None:
    if not source.head.startswith(b"PK"):
        return
    try:
        with source.open() as file:
            unpacked = sum(part.file_size for part in zipfile.ZipFile(file).infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableError("The workbook is damaged: save it again.") from error
    if unpacked > _MOST_UNPACKED:
        raise TableError(
            f"The workbook unpacks to {unpacked / 2**20:,.0f} MB and at most "
            f"{_MOST_UNPACKED >> 20:,} MB can be read: export the table as CSV or Parquet."
        )


def _filled(book: CalamineWorkbook, names: Sequence[str]) -> Iterator[tuple[list, str]]:
    for name in names:
        rows = book.get_sheet_by_name(name).to_python()
        if len(rows) > 1 and len(rows[0]) > 1:
            yield rows, name


def _cells(rows: list[list], header: bool | None, note: str) -> Cells:
    texts = [[_text(cell) for cell in row] for row in rows]
    del rows
    texts = [row for row in texts if any(row)]
    layout = find_layout(texts[:_SAMPLE], header)
    body = texts[layout.first_row :]
    if not body:
        raise TableError("The sheet has a header but no rows below it: add the data.")
    columns = [trimmed(pa.array(cells, pa.string())) for cells in zip(*body, strict=True)]
    cells = Cells(unique_names(layout.names), columns, (note, *layout.notes))
    return tidied(cells, layout.names)


def _text(cell: object) -> str:
    """A cell as it would stand in a CSV; numbers with all their digits."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.timedelta):
        return repr(cell.total_seconds() / 86_400)
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell).strip()


def _sheet_note(name: str, book: CalamineWorkbook) -> str:
    others = len(book.sheet_names) - 1
    return f"sheet {name}" + (f", one of {others + 1}" if others else "")


def _listed(book: CalamineWorkbook) -> str:
    return ", ".join(map(repr, book.sheet_names))

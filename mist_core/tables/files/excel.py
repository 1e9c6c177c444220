"""A sheet of an Excel or OpenDocument workbook as cells of text."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa

from mist_core.errors import TableError
from mist_core.tables.columns.cells import Cells, trimmed, unique_names
from mist_core.tables.columns.tidy import tidied
from mist_core.tables.files.layout import find_layout
from mist_core.tables.files.source import Source

_WORKER = Path(__file__).with_name("workbook_worker.py")
_LONGEST = 120  # seconds
_SAMPLE = 500  # rows looked at for where the table stands


def read_workbook(source: Source, *, header: bool | None = None, sheet: str | None = None) -> Cells:
    """The cells of one sheet: the one named, else the first with a table.

    Raises:
        TableError: no workbook, no such sheet, or no table on it.
    """
    found = _work(source, sheet)
    rows = _without_empty_columns([row for row in found["rows"] if any(row)])
    layout = find_layout(rows[:_SAMPLE], header)
    columns = [
        trimmed(pa.array(cells, pa.string()))
        for cells in zip(*rows[layout.first_row :], strict=True)
    ]
    if not columns:
        raise TableError("The sheet has a header but no rows below it: add the data.")
    sheets = tuple(found["sheets"])
    note = f"sheet {found['sheet']}" + (f", one of {len(sheets)}" if len(sheets) > 1 else "")
    names = unique_names(layout.names)
    return tidied(Cells(names, columns, (note, *layout.notes), "", sheets), layout.names)


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    """A table may stand anywhere on a sheet."""
    used = [position for position, cells in enumerate(zip(*rows, strict=True)) if any(cells)]
    return [[row[position] for position in used] for row in rows]


def _work(source: Source, sheet: str | None) -> dict:
    """What `workbook_worker` found."""
    try:
        with source.open() as file:
            done = subprocess.run(
                [sys.executable, "-I", str(_WORKER), sheet or ""],
                input=file.read(),
                capture_output=True,
                timeout=_LONGEST,
                check=True,
            )
    except subprocess.TimeoutExpired as error:
        raise TableError(
            f"The workbook was not read within {_LONGEST} seconds: export the table as CSV."
        ) from error
    except subprocess.CalledProcessError as error:
        raise TableError(
            "The workbook is damaged or needs too much memory; a single cell far from the table "
            "is enough. Delete it, or export the table as CSV."
        ) from error
    found = json.loads(done.stdout)
    if "error" in found:
        raise TableError(found["error"])
    return found

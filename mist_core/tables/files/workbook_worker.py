"""Reads one sheet of a workbook in a process of its own: `python workbook_worker.py SHEET < file`.

calamine holds a sheet as one rectangle. A single cell in the last row and column is one of 17
billion cells, for which the memory does not suffice, and Rust then ends the process: so it is not
the app's. Writes one JSON object: sheets, sheet and rows of text, or an error. Run as a file, not
as a module: importing the package would take longer than reading.
"""

import datetime as dt
import io
import json
import sys

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

MOST_MEMORY = 4 * 2**30  # bytes
MOST_CELLS = 20_000_000


def main() -> None:
    _limit_memory()
    json.dump(_read(sys.stdin.buffer.read(), sys.argv[1]), sys.stdout)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _read(data: bytes, wanted: str) -> dict:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if wanted and wanted not in names:
            listed = ", ".join(map(repr, names))
            return {"error": f"The workbook has no sheet {wanted!r}: choose one of {listed}."}
        for name in [wanted] if wanted else names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height * sheet.width > MOST_CELLS:
                return {
                    "error": f"The sheet {name!r} has {sheet.height:,} rows and {sheet.width:,} "
                    f"columns, and at most {MOST_CELLS:,} cells can be read: delete what stands "
                    "far from the table, or export it as CSV or Parquet."
                }
            rows = [[_text(cell) for cell in row] for row in sheet.to_python()]
            if len(rows) > 1 and len(rows[0]) > 1:
                return {"sheets": names, "sheet": name, "rows": rows}
    except PasswordError:
        return {"error": "The workbook has a password: save it without one."}
    except (CalamineError, ValueError, OSError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        return {"error": f"The workbook cannot be read ({reason}): save it again."}
    return {"error": "The workbook has no sheet with a table: add the data."}


def _text(cell: object) -> str:
    """A cell as it would stand in a CSV; numbers with all their digits."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.timedelta):
        return repr(cell.total_seconds() / 86_400)
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell).strip()


if __name__ == "__main__":
    main()

"""Where a table stands among its lines: what is above it, where its names are, how wide it is."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mist_core.errors import TableError
from mist_core.tables.shapes import DATE, EMPTY, NUMBER, WORD, shape, usual_shapes

MAX_COLUMNS = 20_000
_UNIT = re.compile(r"[\[(]?[°µ%‰$€£a-zA-Z0-9/²³·^*. -]{0,10}[\])]?")
Record = Sequence[str]


@dataclass(frozen=True)
class Layout:
    """What the first records are.

    Attributes:
        width: cells a row.
        names: `width` names as they stand there; empty where there is none.
        first_row: position of the first record with data.
        notes: what was left out above the data, a few words each.
    """

    width: int
    names: tuple[str, ...]
    first_row: int
    notes: tuple[str, ...]


def find_layout(records: Sequence[Record], header: bool | None = None) -> Layout:
    """Tell titles, names and units from data.

    Args:
        records: the first rows of a file, cells without blanks around them.
        header: whether a row names the columns; None finds out.

    Raises:
        TableError: fewer than two columns, too many, or no row of data.
    """
    width = usual_width(records)
    _check_width(width)
    usual = usual_shapes([r for r in records if len(r) == width], width)
    above = _rows_above(records, width, usual)
    if header is False:
        return Layout(width, ("",) * width, _first_full(records, width), ("no names",))
    names = _names_among(records, above, width)
    if names is None and (header or _is_header(records[above], usual)):
        names, above = above, above + 1
    if names is None:
        return Layout(width, ("",) * width, above, ("no names", *_said(above, "above")))
    if above >= len(records):
        raise TableError("The file has a header but no rows below it: add the data.")
    cells = _widened(records[names], records[above:], width)
    notes = ["names in the first line"] if names == 0 else []
    if names + 1 < above:
        units = ", ".join(cell for cell in records[names + 1] if cell)
        notes.append(f"the line of units below the names left out ({units[:60]})")
    return Layout(width, cells, above, (*notes, *_said(names, "above the names")))


def usual_width(records: Sequence[Record]) -> int:
    """The width that most records have; of equally many the larger."""
    widths = Counter(len(record) for record in records)
    return max(widths, key=lambda width: (widths[width], width))


def _check_width(width: int) -> None:
    if width < 2:
        raise TableError(
            "Only one column was found and two are needed: separate the cells by comma, "
            "semicolon, tab or |."
        )
    if width > MAX_COLUMNS:
        raise TableError(
            f"The table has {width:,} columns and at most {MAX_COLUMNS:,} can be read: "
            "drop those you do not need."
        )


def _rows_above(records: Sequence[Record], width: int, usual: Sequence[str]) -> int:
    """How many records come before the first that looks like the data further down."""
    typed = [position for position, kind in enumerate(usual) if kind != WORD]
    if not typed:
        return _first_full(records, width)
    for position, record in enumerate(records):
        if len(record) == width and _is_data(record, typed, usual):
            return position
    return _first_full(records, width)


def _is_data(record: Record, typed: Sequence[int], usual: Sequence[str]) -> bool:
    shapes = [shape(record[position]) for position in typed]
    fitting = sum(found == usual[position] for found, position in zip(shapes, typed, strict=True))
    return fitting > 0 and fitting + shapes.count(EMPTY) >= len(typed) / 2


def _first_full(records: Sequence[Record], width: int) -> int:
    for position, record in enumerate(records):
        if _is_full(record, width) and not _is_comment(record):
            return position
    return 0


def _is_full(record: Record, width: int) -> bool:
    """Whether a record could name `width` columns: R leaves out the name of its row names."""
    return len(record) in (width, width - 1) and sum(map(bool, record)) >= len(record) / 2


def _is_comment(record: Record) -> bool:
    return record[0].startswith(("#", "%", "//", "!"))


def _names_among(records: Sequence[Record], above: int, width: int) -> int | None:
    """The record with the names: the last full one above the data, but for a line of units."""
    full = [i for i in range(above) if _is_full(records[i], width)]
    named = [i for i in full if not _is_comment(records[i])] or full
    if not named:
        return None
    units = len(named) > 1 and named[-1] == named[-2] + 1 == above - 1
    return named[-2] if units and _are_units(records[named[-1]]) else named[-1]


def _are_units(record: Record) -> bool:
    return all(map(_UNIT.fullmatch, record)) and any(re.search(r"\W|^\w{1,2}$", c) for c in record)


def _is_header(record: Record, usual: Sequence[str]) -> bool:
    """Whether the first record that fits the data names the columns all the same.

    So do 0, 1, 2, ... as pandas writes them, years in a row, and words where all cells are words.
    """
    typed = [position for position, kind in enumerate(usual) if kind != WORD]
    if not typed:
        return all(shape(cell) not in (NUMBER, DATE) for cell in record)
    cells = [record[position] for position in typed if record[position]]
    if len(cells) < 2 or not all(re.fullmatch(r"[0-9]{1,4}", cell) for cell in cells):
        return False
    first = int(cells[0])
    counted = [int(cell) for cell in cells] == list(range(first, first + len(cells)))
    positions = first == 0 and (not record[0] or len(cells) == len(record) > 2)
    return counted and (positions or (1500 < first < 2200 and len(cells) < len(record)))


def _widened(names: Record, rows: Sequence[Record], width: int) -> tuple[str, ...]:
    """`width` names: one too few where R names no row names, or lines end in a delimiter."""
    names = [names[0].lstrip("#%!/ ") if _is_comment(names) else names[0], *names[1:]]
    if len(names) == width:
        return tuple(names)
    ends = all(not row[-1] for row in rows if len(row) == width)
    return (*names, "") if ends else ("row names", *names)


def _said(count: int, where: str) -> tuple[str, ...]:
    lines = "line" if count == 1 else "lines"
    return (f"{count} {lines} {where} left out",) if count else ()

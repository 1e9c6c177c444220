"""Where a table stands among its lines: what is above it, where its names are, how wide it is."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mist_core.errors import TableError
from mist_core.markdown import counted
from mist_core.tables.columns.shapes import DATE, EMPTY, NUMBER, WORD, shape, usual_shapes

MAX_COLUMNS = 20_000
_OFTEN = 0.05  # share of rows equal to the first that shows it to be one of them
# A sign that no name has, or a unit's letters.
_UNIT = re.compile(
    r"|[a-zA-Z0-9]{0,4}[°µ%‰€£$/²³·^-][a-zA-Z0-9°/²³·^-]{0,8}"
    r"|[cmkn]?m|k?g|mg|t|m?l|s|secs?|ms|min|hr?|d|days?|yrs?|y|a|K|C|F|[hk]?Pa|m?bar|m?[VA]|k?Wh?"
    r"|k?J|N|k?Hz|rpm|pp[mb]|mol|deg|rad|px|usd|eur|USD|EUR|1|string|text|int|float"
)
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
    if not records:
        raise TableError("The file has no line with a cell: add the data.")
    width = usual_width(records)
    _check_width(width)
    usual = usual_shapes([r for r in records if len(r) == width], width)
    if header is False:
        return Layout(width, ("",) * width, _first_full(records, width), ("no names",))
    above = _rows_above(records, width, usual)
    names = _names_among(records, above, width, usual)
    if names is None and above:
        split = _split_otherwise(records[above - 1], width)
        if split is None:
            _require_wide_enough(records[above - 1], width, usual)
        else:
            records, names = [*records[: above - 1], split, *records[above:]], above - 1
    if names is None and (header or _is_header(records, above, usual)):
        names, above = above, above + 1
    if names is None:
        return Layout(width, ("",) * width, above, ("no names", *_said(above, "above")))
    units = above == names + 2 and _are_units(records[names + 1])
    above = above if units else names + 1
    if above >= len(records):
        raise TableError("The file has a header but no rows below it: add the data.")
    notes = [] if names else ["names in the first line"]
    if units:
        cells = ", ".join(cell for cell in records[names + 1] if cell)
        notes.append(f"the line of units below the names left out ({cells[:60]})")
    cells = _widened(records[names], records[above:], width)
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
    return fitting > 0 and fitting + shapes.count(EMPTY) > len(typed) / 2


def _first_full(records: Sequence[Record], width: int) -> int:
    for position, record in enumerate(records):
        if _is_full(record, width) and not _is_comment(record):
            return position
    return 0


def _is_full(record: Record, width: int) -> bool:
    """Whether a record could name `width` columns: R leaves out the name of its row names."""
    cells = len(_stripped(record)) if len(record) > width else len(record)
    return cells in (width, width - 1) and sum(map(bool, record)) >= width / 2


def _stripped(record: Record) -> Record:
    """Without the empty cells that delimiters at its end make."""
    return record[: max((i + 1 for i, cell in enumerate(record) if cell), default=0)]


def _is_comment(record: Record) -> bool:
    return record[0].startswith(("#", "%", "//", "!"))


def _names_among(
    records: Sequence[Record], above: int, width: int, usual: Sequence[str]
) -> int | None:
    """The record with the names: the last full one above the data, but for a line of units."""
    if above and len(_stripped(records[above - 1])) > width and all(_stripped(records[above - 1])):
        raise TableError(
            f"There are {len(records[above - 1])} names and most lines have {width} cells: give "
            "each column one name."
        )
    full = [i for i in range(above) if _is_full(records[i], width)]
    named = [i for i in full if not _is_comment(records[i])] or full
    named = [i for i in named if not _has_data(records[i], usual)] or named
    if len(named) > 1 and named[-1] == named[-2] + 1 and _are_units(records[named[-1]]):
        return named[-2]
    return named[-1] if named else None


def _split_otherwise(record: Record, width: int) -> Record | None:
    """The names in a line that parts its cells by another mark than the rows do."""
    for mark in ",;\t|":
        cells = [cell.strip() for cell in mark.join(record).split(mark)]
        if len(record) == 1 and len(cells) == width and all(cells):
            return cells
    return None


def _require_wide_enough(record: Record, width: int, usual: Sequence[str]) -> None:
    """Refuse rows that their decimal commas make wider than the line with the names."""
    names = _stripped(record)
    short = 1 < len(names) < width - 1 and all(0 < len(name) < 30 for name in names)
    if short and usual.count(NUMBER) >= 2 * (width - len(names)):
        raise TableError(_wider(len(names), width))


def _wider(names: int, width: int) -> str:
    return (
        f"There are {names} names and most lines have {width} cells: a number with a comma in it "
        "needs quotation marks, or another mark has to part the cells."
    )


def _has_data(record: Record, usual: Sequence[str]) -> bool:
    return any(
        kind != WORD and shape(cell) == kind for kind, cell in zip(usual, record, strict=False)
    )


def _are_units(record: Record) -> bool:
    """Whether every cell is a unit like °C, [m/s] or mm."""
    cells = [cell.strip("[]() ") for cell in record]
    return any(cells) and all(map(_UNIT.fullmatch, cells))


def _is_header(records: Sequence[Record], first: int, usual: Sequence[str]) -> bool:
    """Whether the first record that fits the data names the columns all the same.

    So do 0, 1, 2, ... as pandas writes them, years in a row, and words where all cells are words,
    unless the first row comes again and again.
    """
    record = records[first]
    typed = [position for position, kind in enumerate(usual) if kind != WORD]
    if not typed:
        again = sum(other == record for other in records) - 1
        words = all(shape(cell) not in (NUMBER, DATE) for cell in record)
        return words and again <= _OFTEN * len(records)
    cells = [record[position] for position in typed if record[position]]
    if len(cells) < 2 or not all(re.fullmatch(r"[0-9]{1,4}", cell) for cell in cells):
        return False
    start = int(cells[0])
    counted = [int(cell) for cell in cells] == list(range(start, start + len(cells)))
    positions = start == 0 and (not record[0] or len(cells) == len(record) > 2)
    return counted and (positions or (1500 < start < 2200 and len(cells) < len(record)))


def _widened(names: Record, rows: Sequence[Record], width: int) -> tuple[str, ...]:
    """`width` names: one too few where R names no row names, or lines end in a delimiter."""
    names = [names[0].lstrip("#%!/ ") if _is_comment(names) else names[0], *names[1:width]]
    ends = all(not row[-1] for row in rows if len(row) == width)
    if len(names) == width - 1 and not ends:
        _require_row_names(rows, width)
        return ("row names", *names)
    return (*names, *[""] * (width - len(names)))


def _require_row_names(rows: Sequence[Record], width: int) -> None:
    """Refuse a first column without a name that names no rows: a comma parts a number there."""
    rows = [row for row in rows if len(row) == width]
    repeated = len({row[0] for row in rows}) < len(rows)
    thousands = any(
        all(re.fullmatch("[0-9]{1,3}", a) and re.fullmatch("[0-9]{3}", b) for a, b in cells)
        for cells in ([row[i : i + 2] for row in rows] for i in range(width - 1))
    )
    if len(rows) > 2 and (repeated or thousands):
        raise TableError(_wider(width - 1, width))


def _said(count: int, where: str) -> tuple[str, ...]:
    return (f"{counted(count, 'line')} {where} left out",) if count else ()

"""From the text of a CSV, TSV or the like to its cells."""

import io
import re

from mist_core.errors import TableError
from mist_core.tables.columns.cells import Cells, trimmed, unique_names
from mist_core.tables.columns.tidy import tidied
from mist_core.tables.files.dialect import find_dialect, with_plain_delimiters
from mist_core.tables.files.encoding import Text
from mist_core.tables.files.layout import find_layout
from mist_core.tables.files.parser import parse
from mist_core.tables.files.source import Source
from mist_core.tables.files.unwrapping import require_no_conflict, require_no_keys, unwrapped

_SAMPLE = 2**18  # letters looked at; what follows is checked while parsing
_FEWEST_LINES = 30  # looked at even where they are longer
_LONGEST_LINE = 2**23  # letters
_NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    " ": "blank",
    "\x1f": "unit separator",
    "\x01": "control-A",
}


def read_delimited(
    text: Text, *, header: bool | None = None, delimiter: str | None = None
) -> Cells:
    """The cells of a CSV, TSV or the like.

    Args:
        text: the file.
        header: whether a line names the columns; None finds out.
        delimiter: None finds out.

    Raises:
        TableError: no table; the message says what to mend.
    """
    with text.open() as file:
        sample = _sample(file)
    if _looks_binary(sample):
        raise TableError("The file is not text: export the table as CSV (UTF-8) first.")
    require_no_conflict(sample)
    if unwrapped(sample.splitlines()):
        return read_delimited(_without_wrapping(text), header=header, delimiter=delimiter)
    declared = re.match(r"\s*sep=(.)\n", sample, re.IGNORECASE)  # Excel's own first line
    before = sample[: declared.end()].count("\n") if declared else 0
    sample = sample[declared.end() :] if declared else sample
    dialect = find_dialect(sample, delimiter or (declared[1] if declared else None))
    records = dialect.records(with_plain_delimiters(sample, dialect))
    require_no_keys([record for _, record in records])
    layout = find_layout([record for _, record in records], header)
    skipped = before + (records[layout.first_row - 1][0] if layout.first_row else 0)
    parsed = parse(text, dialect, layout.width, skipped)
    columns = [trimmed(column) for column in parsed.columns]
    mark = _NAMES.get(dialect.delimiter, repr(dialect.delimiter))
    encoding = (text.name, *filter(None, [text.note]))
    notes = (f"{mark}-separated", *encoding, *layout.notes, *parsed.notes)
    cells = Cells(unique_names(layout.names), columns, notes, dialect.delimiter)
    return tidied(cells, layout.names)


def _without_wrapping(text: Text) -> Text:
    """The same text where whole lines, not cells, stood in quotation marks."""
    with text.open() as file:
        lines = unwrapped(file.read().splitlines())
    if lines is None:
        raise TableError("Some lines stand in quotation marks as a whole: mend the others.")
    note = "; ".join([*filter(None, [text.note]), "each line stood in quotation marks"])
    return Text(Source("\n".join(lines).encode()), "utf-8", note)


def _sample(file: io.TextIOBase) -> str:
    """The first lines, whole: a quarter of a million letters, or thirty lines."""
    sample = file.read(_SAMPLE) + _line(file)
    while sample.count("\n") < _FEWEST_LINES and (more := _line(file)):
        sample += more
    return sample


def _line(file: io.TextIOBase) -> str:
    line = file.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise TableError(
            f"A line has more than {_LONGEST_LINE:,} letters, which no table has: check how lines "
            "end."
        )
    return line


def _looks_binary(sample: str) -> bool:
    allowed = "\n\t\f\x1a\x1f\x01"
    sample = sample.rstrip("\0") if "\n" in sample else sample  # room that a logger kept
    odd = sum((c < " " and c not in allowed) or "\x7f" <= c < "\xa0" for c in sample)
    return "\0" in sample or odd > 0.01 * len(sample)

"""How a CSV is written: its encoding, delimiter, decimal mark and header, from its bytes alone."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mist_core.errors import TableError

MAX_BYTES = 50 * 2**20  # the web server's upload limit
MAX_COLUMNS = 1_000
_SAMPLE = 2**18  # characters looked at; what follows is checked while parsing
_DELIMITERS = "\t;|,"  # on a draw the earlier wins: a decimal comma also looks like a delimiter
_NUMBER = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?")
_COMMA_DECIMAL = re.compile(r"[+-]?(\d*|\d{1,3}(\.\d{3})+),\d+([eE][+-]?\d+)?")
_POINT_DECIMAL = re.compile(r"[+-]?(\d*|\d{1,3}(,\d{3})+)\.\d+([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+")  # 1,234 may be either: weak evidence
_FOREIGN = {
    b"PK\x03\x04": "a spreadsheet or zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
}
_BYTE_ORDER_MARKS = (  # the longer first: UTF-32's mark begins with UTF-16's
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


@dataclass(frozen=True)
class Dialect:
    """What a parser has to be told.

    Attributes:
        delimiter: one of tab, semicolon, bar, comma.
        decimal: "." or ",".
        header: whether the first record names the columns.
        names: one non-empty, unique name a column.
        skip: records before the first one with data.
    """

    delimiter: str
    decimal: str
    header: bool
    names: tuple[str, ...]
    skip: int


def decode(data: bytes) -> str:
    """The text of a CSV, newlines as ``\\n``, without the spreadsheet's closing blank lines.

    UTF-8, UTF-16 and UTF-32 (by byte-order mark; UTF-16 also without), else Windows-1252, of
    which Latin-1 text is a part.

    Raises:
        TableError: empty, larger than 50 MB, or not text.
    """
    if not data.strip():
        raise TableError("The file is empty: choose a CSV with a header and at least 4 rows.")
    if len(data) > MAX_BYTES:
        raise TableError(
            f"The file has {len(data) / 2**20:.0f} MB and at most {MAX_BYTES >> 20} MB can be "
            "read: keep fewer rows or columns."
        )
    for magic, what in _FOREIGN.items():
        if data.startswith(magic):
            raise TableError(f"The file is {what}, not a CSV: export the table as CSV first.")
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if _looks_binary(text[:_SAMPLE]):
        raise TableError("The file is not text: export the table as CSV (UTF-8) first.")
    return re.sub(r"\n[\s\x1a]*\Z", "\n", text.lstrip("\n") + "\n")  # \x1a: DOS's end mark


def sniff(text: str, header: bool | None = None) -> Dialect:
    """Find the dialect of a decoded CSV; ``header`` overrides the guess.

    Raises:
        TableError: fewer than two columns, too many, no rows, or a title above the header.
    """
    declared = re.match(r"sep=(.)\n", text, re.IGNORECASE)  # Excel's own first line
    body = text[declared.end() :] if declared else text
    delimiter, records = _best_delimiter(body, declared[1] if declared else _DELIMITERS)
    first, rest = records[0], records[1:]
    _check_width(first, records, delimiter)
    header = _has_header(first, rest) if header is None else header
    if header and not rest:
        raise TableError("The file has a header but no rows below it: add the data.")
    names = _unique_names(first if header else [""] * len(first))
    skip = int(declared is not None) + int(header)
    return Dialect(delimiter, _decimal(records, delimiter), header, names, skip)


def _decode(data: bytes) -> str:
    for encoding in [*_encodings(data), "utf-8", "cp1252"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")  # cannot fail; the binary check has the last word


def _encodings(data: bytes) -> list[str]:
    """What a byte-order mark, or the zero bytes of UTF-16 Latin text, give away."""
    marked = [name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)]
    if marked:
        return marked[:1]
    sample = data[:4096]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros and zeros.count(0) > 0.6 * len(zeros) and sample.count(0) <= len(zeros):
            return [encoding]
    return []


def _looks_binary(text: str) -> bool:
    controls = sum((c < " " and c not in "\n\t\f\x1a") or "\x7f" <= c < "\xa0" for c in text)
    return "\0" in text or controls > 0.01 * len(text)


def _best_delimiter(text: str, candidates: str) -> tuple[str, list[list[str]]]:
    """The delimiter under which most sampled records agree on a width above one."""
    parsed = [(delimiter, _records(text, delimiter)) for delimiter in candidates]
    parsed = [(delimiter, records) for delimiter, records in parsed if records]
    if not parsed:
        raise TableError("The cells of the file are not closed: check its quotation marks.")
    return max(parsed, key=lambda pair: _agreement(pair[1]))


def _records(text: str, delimiter: str) -> list[list[str]]:
    sample = text[:_SAMPLE]
    try:
        reader = csv.reader(io.StringIO(sample), delimiter=delimiter, skipinitialspace=True)
        records = [[cell.strip() for cell in record] for record in reader if record]
    except csv.Error:
        return []
    return records[:-1] if len(text) > _SAMPLE and len(records) > 1 else records


def _agreement(records: list[list[str]]) -> float:
    width, count = _modal_width(records)
    return count / len(records) if width > 1 else 0.0


def _modal_width(records: list[list[str]]) -> tuple[int, int]:
    return Counter(map(len, records)).most_common(1)[0]


def _check_width(first: list[str], records: list[list[str]], delimiter: str) -> None:
    usual, _ = _modal_width(records)
    if max(usual, len(first)) < 2:
        raise TableError(
            "Only one column was found and two are needed: separate the cells by comma, "
            "semicolon, tab or |."
        )
    if len(first) != usual and len(first) == 1:
        raise TableError(
            f"The first line has 1 cell and most lines have {usual}: delete what stands "
            "above the header."
        )
    if len(first) > MAX_COLUMNS:
        raise TableError(
            f"The table has {len(first):,} columns and at most {MAX_COLUMNS:,} can be read: "
            "drop those you do not need."
        )


def _has_header(first: list[str], rest: list[list[str]]) -> bool:
    """A header is words above numbers, or 0, 1, 2, ... as pandas writes it, or free of numbers."""
    named = [cell for cell in first if cell]
    if len(named) >= len(first) - 1 and named == [str(i) for i in range(len(named))]:
        return True
    for position, cell in enumerate(first):
        below = [r[position] for r in rest if len(r) > position and r[position]]
        if cell and not _is_number(cell) and below and all(map(_is_number, below)):
            return True
    return not any(map(_is_number, first))


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _decimal(records: list[list[str]], delimiter: str) -> str:
    """The decimal mark: unmistakable cells decide (1,5 or 1.234,5), then cells like 1,234."""
    cells = [cell for record in records for cell in record if "," in cell or "." in cell]
    grouped = [cell for cell in cells if _GROUPED.fullmatch(cell)]
    clear = [cell for cell in cells if not _GROUPED.fullmatch(cell)]
    commas = sum(_COMMA_DECIMAL.fullmatch(cell) is not None for cell in clear)
    points = sum(_POINT_DECIMAL.fullmatch(cell) is not None for cell in clear)
    if commas != points:
        return "," if commas > points else "."
    only_commas = bool(grouped) and all("." not in cell for cell in grouped)
    return "," if only_commas and delimiter != "," else "."


def _unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Blanks become "column 3", repeats "name (2)", long names end in an ellipsis."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {position}"
        name = name if len(name) <= 80 else name[:79] + "…"
        taken, copy = name, 1
        while taken in names:
            copy += 1
            taken = f"{name} ({copy})"
        names.append(taken)
    return tuple(names)

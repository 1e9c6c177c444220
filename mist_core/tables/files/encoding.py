"""How the letters of a text file are encoded."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import chardet

from mist_core.errors import TableError
from mist_core.markdown import counted
from mist_core.tables.files.source import Source

_BYTE_ORDER_MARKS = (  # the longer first: UTF-32's mark begins with UTF-16's
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
# What tables are written in, by chardet's names; offered everything it knows, it errs more often.
_LATIN = (*(f"cp{page}" for page in (1252, 1250, 1254, 1257, 850)), "iso8859-2", "mac-roman")
_LEGACY = (
    *_LATIN,
    *(f"cp{page}" for page in (866, 874, 932, 949, 1251, 1253, 1255, 1256, 1258)),
    *("gb18030", "big5hkscs", "euc_jis_2004", "koi8-r", "mac-cyrillic"),
)
_OLD_MAC = ("mac-roman", "mac-cyrillic")
_EVIDENCE = 2**16  # bytes of cells with letters beyond ASCII: enough to know an encoding by
_NEARLY = 0.7
_CHUNK = 2**20  # bytes
_OR_WINDOWS = "mist-or-cp1252"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8 as Windows-1252: files that were put together from two."""
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_OR_WINDOWS, _as_windows)


@dataclass(frozen=True)
class Text:
    """A text file whose encoding is known.

    Attributes:
        source: its bytes.
        encoding: Python's name of the codec.
        note: what a reader of the table should know of the decoding; empty where nothing.
        errors: Python's name of what is done with bytes that are no letter.
    """

    source: Source
    encoding: str
    note: str = ""
    errors: str = "replace"

    @property
    def name(self) -> str:
        """The encoding for people."""
        return self.encoding.removesuffix("-sig").upper().replace("_", "-")

    def open(self) -> io.TextIOWrapper:
        """The letters from their beginning, newlines as ``\\n``."""
        return io.TextIOWrapper(
            self.source.open(), encoding=self.encoding, errors=self.errors, newline=None
        )


def decode(source: Source, encoding: str | None = None) -> Text:
    """The text in a file; `encoding` overrides what is found.

    UTF-8, UTF-16 and UTF-32 are certain (UTF-16 of Latin text also without its mark). Anything
    older is told by chardet from the cells with letters beyond ASCII; that is a guess, and is
    said.

    Raises:
        TableError: `encoding` is unknown or does not fit.
    """
    if encoding:
        return _forced(source, encoding)
    for candidate in [*_marked(source.head), "utf-8"]:
        if _fits(source, candidate):
            return Text(source, candidate, _twice(source) if candidate == "utf-8" else "")
    return _damaged_utf8(source) or _legacy(source)


def _twice(source: Source) -> str:
    """A word of warning where UTF-8 was taken for Windows-1252 and encoded again: KÃ¶ln."""
    cells = _foreign_cells(source).decode("utf-8", "replace")
    try:
        cells.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
    shown = re.search(r"\w*[^\x00-\x7f]+\w*", cells)
    return f"letters seem to have been encoded twice ({shown[0][:20]})" if shown else ""


def _forced(source: Source, encoding: str) -> Text:
    try:
        fits = _fits(source, encoding)
    except LookupError:
        fits = False
    if not fits:
        raise TableError(
            f"The file cannot be read as {encoding}: choose another encoding, or none."
        )
    return Text(source, encoding)


def _fits(source: Source, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(source):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _chunks(source: Source) -> Iterator[bytes]:
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _marked(head: bytes) -> list[str]:
    """What a byte-order mark, or the zero bytes of UTF-16 Latin text, give away."""
    marked = [name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)]
    if marked:
        return marked[:1]
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros and zeros.count(0) > 0.6 * len(zeros) and head.count(0) <= len(zeros):
            return [encoding]
    return []


def _damaged_utf8(source: Source) -> Text | None:
    """UTF-8 with a few broken letters, as at the end of a file that was cut."""
    broken = foreign = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in [*_chunks(source), b""]:
        letters = decoder.decode(chunk, final=not chunk)
        broken += letters.count("\ufffd")
        foreign += len(letters) - len(letters.encode("ascii", "ignore"))
    if foreign - broken < broken:
        return None
    if foreign - broken < 10 * broken:
        note = f"{counted(broken, 'letter')} in Windows-1252 among the others"
        return Text(source, "utf-8", note, _OR_WINDOWS)
    return Text(source, "utf-8", f"{counted(broken, 'letter')} cannot be decoded")


def _legacy(source: Source) -> Text:
    """An encoding from before Unicode: letters differ, digits and delimiters do not."""
    for encoding in (_guess(source.head, _foreign_cells(source)), "cp1252"):
        if _fits(source, encoding):
            return Text(source, encoding, "the encoding is a guess from its letters")
    return Text(source, "latin-1", "the encoding is unknown")


def _guess(head: bytes, evidence: bytes) -> str:
    """The likeliest encoding; Windows-1252, the most frequent, where it is nearly as likely."""
    candidates = _candidates(head, evidence)
    found = chardet.detect_all(
        evidence,
        include_encodings=candidates,
        no_match_encoding=candidates[0],
        compat_names=False,
        prefer_superset=True,
        ignore_threshold=True,
    )
    likely = {guess["encoding"]: guess["confidence"] for guess in found if guess["encoding"]}
    best = max(likely, key=likely.get, default="cp1252")
    usual = likely.get("cp1252", 0.0) >= _NEARLY * likely.get(best, 0.0)
    return "cp1252" if usual else best


def _candidates(head: bytes, evidence: bytes) -> tuple[str, ...]:
    """Old Macs ended lines in their own way; Latin words are mostly of ASCII letters."""
    if b"\r" in head and b"\n" not in head:
        return _OLD_MAC
    foreign = sum(byte >= 0x80 for byte in evidence)
    return _LATIN if sum(bytes([byte]).isalpha() for byte in evidence) >= foreign else _LEGACY


def _foreign_cells(source: Source) -> bytes:
    """The different cells with letters beyond ASCII: the others say nothing and outnumber them."""
    found: dict[bytes, None] = {}
    size = 0
    with source.open() as file:
        for line in file:
            if not line.isascii():
                cells = [cell for cell in re.split(rb'[,;\t"\r\n]', line) if not cell.isascii()]
                size += sum(len(cell) for cell in cells if cell not in found)
                found |= dict.fromkeys(cells)
            if size > _EVIDENCE:
                break
    return b" ".join(found)

"""A file to be read, in memory or on disk, and which format it is in."""

from __future__ import annotations

import functools
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mist_core.errors import TableError
from mist_core.files import opened

MAX_BYTES = 50 * 2**20  # the web server's upload limit
PARQUET, ARROW, WORKBOOK, TEXT = "Parquet", "Arrow", "workbook", "text"
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_HEAD = 4096
_MOST_OF_A_ZIP = 2**22  # bytes in which its files are named
_FOREIGN = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\xfd7zXZ": "an xz archive",
    b"Rar!": "a rar archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format 3": "an SQLite database",
    b"$FL": "an SPSS file",
    b"<stata_dta>": "a Stata file",
    b"\x93NUMPY": "a NumPy file",
    b"\x89HDF": "an HDF5 file",
    b"{\\rtf": "a text document",
}
_MARKUP = {b"<!doctype html": "HTML", b"<html": "HTML", b"<table": "HTML", b"<?xml": "XML"}
_JSON = re.compile(rb"\{|\[\s*(?:[\[{\"\]]|-?\d[\d.eE+-]*\s*[,\]]|true|false|null)")
_ELEMENT = re.compile(rb"<(?:!--|\?|[a-z][\w:.-]*[\s/>])", re.IGNORECASE)
# By how their text begins, and what has to be done.
_TEXTS = {
    b"version https://git-lfs": "a pointer of Git LFS; fetch the file itself with git lfs pull",
    b"@relation": "an ARFF file of Weka; export the table as CSV",
    b"header record*******": "a SAS transport file; export the table as CSV",
    b"%!ps": "a PostScript document; export the table as CSV",
    b"[internetshortcut]": "a link; open it and download the table",
    b"begin:v": "a calendar or an address book; export the table as CSV",
}
_INSIDE = {
    b"word/document": "a Word document",
    b"ppt/presentation": "a presentation",
    b"index/document.iwa": "a Numbers or Pages document",
    b".npy": "a NumPy archive",
}


@dataclass(frozen=True)
class Source:
    """A file's bytes, or the path under which they lie.

    Attributes:
        place: either.
    """

    place: bytes | Path

    @property
    def name(self) -> str:
        """The path, or a word for what came without one."""
        return "The file" if isinstance(self.place, bytes) else str(self.place)

    def open(self) -> BinaryIO:
        """The bytes from their beginning."""
        return io.BytesIO(self.place) if isinstance(self.place, bytes) else opened(self.place)

    @functools.cached_property
    def head(self) -> bytes:
        with self.open() as file:
            return file.read(_HEAD)

    @functools.cached_property
    def sha256(self) -> str:
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @functools.cached_property
    def format(self) -> str:
        """One of Parquet, Arrow, workbook and text.

        Raises:
            TableError: empty, too large for an upload, or known to be no table.
        """
        if not self.head.strip(b" \t\r\n\0"):
            raise TableError("The file is empty: choose a table with a header and at least 4 rows.")
        if isinstance(self.place, bytes) and len(self.place) > MAX_BYTES:
            raise TableError(
                f"The file has {len(self.place) / 2**20:.0f} MB and at most {MAX_BYTES >> 20} MB "
                "can be read: keep fewer rows or columns."
            )
        for magic, found in ((b"PAR1", PARQUET), (b"ARROW1", ARROW), (_OLD_OFFICE, WORKBOOK)):
            if self.head.startswith(magic):
                return found
        if self._is_workbook():
            return WORKBOOK
        if self.head.startswith(b"PK\x03\x04"):
            _require_whole(self)
        _require_text(self.head)
        return TEXT

    def _is_workbook(self) -> bool:
        if not self.head.startswith(b"PK\x03\x04"):
            return False
        try:
            with self.open() as file:
                names = zipfile.ZipFile(file).namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        return any(name in names for name in _WORKBOOKS)


def _without_comments(start: bytes) -> bytes:
    """The text from its first line on that is no comment after %, as ARFF has them."""
    return re.sub(rb"\A(?:%(?!!)[^\n]*\n\s*)+", b"", start)


def _require_whole(source: Source) -> None:
    """Say of a zip archive that is no workbook what it is, or that it is a damaged one."""
    with source.open() as file:
        data = file.read(_MOST_OF_A_ZIP).lower()
    for name, what in _INSIDE.items():
        if name in data:
            raise TableError(f"The file is {what}, not a table: export it as CSV first.")
    if b"[content_types].xml" in data or b"xl/work" in data:
        raise TableError("The workbook is damaged or cut short: save or download it again.")


def _require_text(head: bytes) -> None:
    """Refuse, by name, what is known not to be a delimited text."""
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise TableError(f"The file is {what}, not a table: unpack or export it as CSV first.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for beginning, what in _TEXTS.items():
        if _without_comments(start).startswith(beginning):
            raise TableError(f"The file is {what}.")
    for magic, what in _MARKUP.items():
        if start.startswith(magic):
            raise TableError(f"The file is {what}, not a table: export it as CSV or Excel first.")
    if _ELEMENT.match(start) and re.search(rb"</\w|/>", start):
        raise TableError("The file is XML or HTML, not a table: export it as CSV or Excel first.")
    if _JSON.match(start):
        raise TableError("The file is JSON, not a table: export it as CSV or Parquet first.")

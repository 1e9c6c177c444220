"""A file to be read, in memory or on disk, and which format it is in."""

from __future__ import annotations

import functools
import hashlib
import io
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
_JSON = (b"{", b"[{", b"[[", b"[\n")


@dataclass(frozen=True)
class Source:
    """A file's bytes, or the path under which they lie.

    Attributes:
        place: either.
    """

    place: bytes | Path

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


def _require_text(head: bytes) -> None:
    """Refuse, by name, what is known not to be a delimited text."""
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise TableError(f"The file is {what}, not a table: unpack or export it as CSV first.")
    start = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, what in _MARKUP.items():
        if start.startswith(magic):
            raise TableError(f"The file is {what}, not a table: export it as CSV or Excel first.")
    if start.startswith(_JSON):
        raise TableError("The file is JSON, not a table: export it as CSV or Parquet first.")

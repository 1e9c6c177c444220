"""What every reader of a format hands on: columns of text cells, with what was left out."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_LONGEST_NAME = 80
# Soft hyphens, marks of direction, zero-width blanks; not the joiners that shape letters.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_BLANKS = re.compile("[ \u00a0\u2007\u202f\u3000]+")
# What keeps a spreadsheet from touching a cell: ="0035" and '45.7
_SHIELDED = r"""^(?:="+([^"]*)"+|'([+-]?[0-9][0-9.,]*))$"""


@dataclass(frozen=True, eq=False)
class Cells:
    """A table of text, before anything is made of it.

    Attributes:
        names: unique and non-empty, one a column.
        columns: (n_rows,) each, text without blanks around it; null where the cell is empty.
        notes: how it was read and what was left out, a few words each.
        delimiter: of a text file, else empty.
        sheets: the names of a workbook's sheets, else none.
    """

    names: tuple[str, ...]
    columns: list[pa.StringArray]
    notes: tuple[str, ...]
    delimiter: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Distinct:
    """The different texts of a column: what is true of equal cells is found out once.

    Attributes:
        texts: (k,) text, none of them null.
        counts: (k,) int, how many cells hold each.
        codes: (n_rows,) int, which of the texts a cell holds; -1 where it is empty.
    """

    texts: pa.StringArray
    counts: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, cells: pa.StringArray) -> Distinct:
        encoded = cells.dictionary_encode()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        counts = np.bincount(codes[codes >= 0], minlength=len(encoded.dictionary))
        return cls(encoded.dictionary, counts, codes)

    @functools.cached_property
    def folded(self) -> list[str]:
        """The texts in lower case, in one Unicode form."""
        return [unicodedata.normalize("NFKC", text).casefold() for text in self.texts.to_pylist()]

    def spread(self, values: np.ndarray, missing: object) -> np.ndarray:
        """(n_rows,) what each cell has, from (k,) what each text has."""
        return np.append(values, missing)[self.codes]

    def most_frequent(self, chosen: np.ndarray, most: int) -> list[tuple[str, int]]:
        """(text, count) of the texts where `chosen`, the most frequent first."""
        where = np.flatnonzero(chosen)
        where = where[np.argsort(-self.counts[where], kind="stable")][:most]
        return [(self.texts[int(i)].as_py(), int(self.counts[i])) for i in where]


def trimmed(cells: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """Text without blanks around it, null where nothing is left."""
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    cells = pc.utf8_trim(cells.cast(pa.string()), " \t\n\r\f\v\u00a0\u2007\u202f\u3000\ufeff\u200b")
    if pc.any(pc.match_substring_regex(cells, "^[='][\"0-9+-]")).as_py():
        cells = pc.replace_substring_regex(cells, _SHIELDED, r"\1\2")
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def as_seen(text: str) -> str:
    """A text without letters that nobody sees, accents and blanks in one form each."""
    if text.isascii() and "  " not in text:
        return text
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return _BLANKS.sub(" ", text).strip()


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Blanks become "column 3", repeats "name (2)"; of long names the middle is left out."""
    unique: dict[str, None] = {}
    copies: dict[str, int] = {}
    for position, cell in enumerate(names, start=1):
        name = re.sub(r"[\s\ufeff\u200b]+", " ", cell).strip() or f"column {position}"
        name = shortened(name, _LONGEST_NAME)
        taken, copy = name, copies.get(name, 1)
        while taken in unique:
            copy += 1
            taken = f"{name} ({copy})"
        copies[name] = copy
        unique[taken] = None
    return tuple(unique)


def shortened(name: str, longest: int) -> str:
    """A name without its middle where it is too long: survey questions begin, or end, alike."""
    if len(name) <= longest:
        return name
    half = longest // 2
    return f"{name[:half]}…{name[half + 1 - longest :]}"

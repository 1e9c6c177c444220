"""A file, whatever its format, to a table of typed columns."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mist_core.errors import TableError
from mist_core.tables.columns.column import Column, Reading
from mist_core.tables.columns.interpretation import interpret, interpret_all
from mist_core.tables.files.columnar import file_columns, frame_columns, text_of
from mist_core.tables.files.source import ARROW, PARQUET, WORKBOOK, Source


@dataclass(frozen=True, eq=False)
class Table:
    """Typed columns of one length.

    Attributes:
        columns: at least two, with unique names.
        sha256: of the bytes it was read from; what caches are keyed on.
        note: how the file was read, one sentence; empty for a table that came from no file.
        sheets: of the workbook it was read from, else none.
    """

    columns: tuple[Column, ...]
    sha256: str
    note: str = ""
    sheets: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        return len(self.columns[0].numbers)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @functools.cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def __getitem__(self, name: str) -> Column:
        """The column of that name.

        Raises:
            TableError: there is none.
        """
        if name not in self._positions:
            near = ", ".join(map(repr, self.names[:20])) + (", …" if len(self.names) > 20 else "")
            raise TableError(f"The table has no column {name!r}: choose one of {near}.")
        return self.columns[self._positions[name]]

    def with_kinds(self, kinds: Mapping[str, str]) -> Table:
        """The same table with some columns read as another kind (see `Column.as_kind`)."""
        return self._with({name: self[name].as_kind(kind) for name, kind in kinds.items()})

    def with_readings(self, readings: Mapping[str, Reading]) -> Table:
        """The same table with some columns read as the user says.

        Raises:
            TableError: a column does not exist, or its cells do not bear the reading out.
        """
        read = {name: interpret(name, self[name].raw, r).column for name, r in readings.items()}
        return self._with(read)

    def _with(self, changed: Mapping[str, Column]) -> Table:
        columns = tuple(changed.get(column.name, column) for column in self.columns)
        return dataclasses.replace(self, columns=columns)

    def to_frame(self, rows: int | None = None) -> pd.DataFrame:
        """The cells as they were read, one Series a column: dates as dates, gaps as missing.

        Args:
            rows: only so many, from the top; None for all.
        """
        return pd.DataFrame({c.name: c.shown[:rows] for c in self.columns})


def read_table(
    source: bytes | str | os.PathLike,
    *,
    header: bool | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Read a table of CSV, TSV and the like, Excel, OpenDocument, Parquet or Arrow.

    Args:
        source: a file's bytes, 50 MB at most, or its path.
        header: whether a row names the columns; None finds out.
        sheet: of a workbook; None takes the first with a table.
        encoding: of a text file; None finds out.
        delimiter: of a text file; None finds out.

    Raises:
        TableError: not a table; the message says what to do.
    """
    # Imported here: these readers stand on packages that a DataFrame needs not.
    from mist_core.tables.files.delimited import read_delimited
    from mist_core.tables.files.encoding import decode
    from mist_core.tables.files.excel import read_workbook

    file = Source(source if isinstance(source, bytes) else Path(source))
    try:
        if file.format in (PARQUET, ARROW):
            return Table(file_columns(file), file.sha256, f"Read as {file.format}.")
        if file.format == WORKBOOK:
            cells = read_workbook(file, header=header, sheet=sheet)
        else:
            cells = read_delimited(decode(file, encoding), header=header, delimiter=delimiter)
        note = f"Read as {'; '.join(cells.notes)}."
        return Table(interpret_all(cells), file.sha256, note, cells.sheets)
    except OSError as error:
        reason = error.strerror or "it is damaged"
        raise TableError(f"{file.name} cannot be read ({reason}): export it again.") from error


def table_from_frame(frame: pd.DataFrame) -> Table:
    """A table from columns of numbers, dates or texts already in memory."""
    return Table(frame_columns(frame), _digest(frame))


def _digest(frame: pd.DataFrame) -> str:
    """SHA-256 of the names and cells: of numbers their bytes, as text a million of them is slow."""
    digest = hashlib.sha256(repr(list(frame.columns)).encode(errors="surrogatepass"))
    for position in range(frame.shape[1]):
        series = frame.iloc[:, position]
        if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iufb":
            digest.update(f"{series.dtype}".encode() + series.to_numpy().tobytes())
        else:
            digest.update(_text(series).encode(errors="surrogatepass"))
    return digest.hexdigest()


def _text(series: pd.Series) -> str:
    try:
        return series.to_csv(index=False, header=False)
    except ValueError:  # whole numbers of thousands of digits
        return series.map(text_of).to_csv(index=False, header=False)

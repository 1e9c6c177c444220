"""A CSV's bytes to a table of typed columns."""

import dataclasses
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.errors import TableError
from mist_core.tables.columns import Column, column_of_numbers, column_of_texts
from mist_core.tables.dialect import Dialect, decode, sniff
from mist_core.tables.parser import read_columns


@dataclass(frozen=True, eq=False)
class Table:
    """Typed columns of one length.

    Attributes:
        columns: at least two, with unique names.
        sha256: of the bytes it was read from; what caches are keyed on.
        note: how the file was read, one sentence; empty for a table that came from no file.
    """

    columns: tuple[Column, ...]
    sha256: str
    note: str = ""

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
            raise TableError(f"The table has no column {name!r}: choose one of {self.names}.")
        return self.columns[self._positions[name]]

    def with_kinds(self, kinds: Mapping[str, str]) -> "Table":
        """The same table with some columns read as another kind (see `Column.as_kind`)."""
        changed = {name: self[name].as_kind(kind) for name, kind in kinds.items()}
        columns = tuple(changed.get(column.name, column) for column in self.columns)
        return dataclasses.replace(self, columns=columns)

    def to_frame(self) -> pd.DataFrame:
        """The cells as they were read, one Series a column."""
        return pd.DataFrame(
            {c.name: c.numbers if c.texts is None else c.texts for c in self.columns}
        )


def read_table(data: bytes, *, header: bool | None = None) -> Table:
    """Read a CSV whatever its encoding, delimiter and decimal mark.

    Args:
        data: the file's bytes, 50 MB at most.
        header: whether the first record names the columns; None finds out.

    Raises:
        TableError: not a table; the message says what to do.
    """
    text = decode(data)
    dialect = sniff(text, header)
    columns = read_columns(text, dialect)
    return Table(columns, hashlib.sha256(data).hexdigest(), _note(dialect))


def table_from_frame(frame: pd.DataFrame) -> Table:
    """A table from columns of numbers or texts already in memory."""
    columns = []
    for name in frame:
        if pd.api.types.is_numeric_dtype(frame[name]):
            columns.append(column_of_numbers(name, frame[name].to_numpy(float)))
        else:
            texts = frame[name].astype(object).to_numpy()
            columns.append(column_of_texts(name, texts, np.full(len(frame), np.nan)))
    digest = hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()
    return Table(tuple(columns), digest)


def _note(dialect: Dialect) -> str:
    separators = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    separator = separators.get(dialect.delimiter, repr(dialect.delimiter))
    marks = {",": "decimal comma", ".": "decimal point"}
    names = "names in the first line" if dialect.header else "no names in the first line"
    return f"Read as {separator}-separated, {marks[dialect.decimal]}, {names}."

"""Rows and columns of a table of cells that are none: repeated headers, blanks."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.errors import TableError
from mist_core.tables.columns.cells import Cells, counted


def tidied(cells: Cells, header: Sequence[str]) -> Cells:
    """Without rows that repeat the header, empty rows, and empty columns that nobody named.

    Args:
        cells: as they were parsed.
        header: the names as they stand in the file, empty where there is none.

    Raises:
        TableError: nothing is left, or only one column.
    """
    repeated, filled = _repeats(cells.columns, header), _filled_rows(cells.columns)
    if not filled.any():
        raise TableError("The table has no row with a value: add the data.")
    kept = filled & ~repeated
    used = [bool(name) or column.null_count < len(column) for name, column in _with(header, cells)]
    if sum(used) < 2:
        raise TableError(
            "Only one column has values and two are needed: check how the cells are separated."
        )
    columns = [c.filter(pa.array(kept)) if not kept.all() else c for c in cells.columns]
    notes = _notes(int((repeated & filled).sum()), used.count(False))
    return dataclasses.replace(
        cells,
        names=tuple(name for name, use in zip(cells.names, used, strict=True) if use),
        columns=[column for column, use in zip(columns, used, strict=True) if use],
        notes=(*cells.notes, *notes),
    )


def _with(header: Sequence[str], cells: Cells) -> zip:
    return zip(header, cells.columns, strict=True)


def _repeats(columns: Sequence[pa.StringArray], header: Sequence[str]) -> np.ndarray:
    """(n_rows,) whether a row is the header again."""
    repeated = np.full(len(columns[0]), sum(map(bool, header)) > 1)
    for name, column in zip(header, columns, strict=True):
        if not repeated.any():
            break
        if name:
            repeated &= _true(pc.equal(column, name))
    return repeated


def _filled_rows(columns: Sequence[pa.StringArray]) -> np.ndarray:
    filled = np.zeros(len(columns[0]), bool)
    for column in columns:
        if filled.all():
            break
        filled |= _true(pc.is_valid(column))
    return filled


def _true(mask: pa.BooleanArray) -> np.ndarray:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)


def _notes(repeated: int, unused: int) -> list[str]:
    notes = []
    if repeated:
        notes.append(f"{counted(repeated, 'repeated header')} left out")
    if unused:
        notes.append(f"{counted(unused, 'empty column')} without a name left out")
    return notes

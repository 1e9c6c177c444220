"""Rows and columns of a table of cells that are none: repeated headers, blanks."""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.errors import TableError
from mist_core.markdown import counted
from mist_core.tables.columns.cells import Cells, Distinct
from mist_core.tables.columns.missing import missing_beside_numbers

_TOTAL = re.compile(
    r"(?:grand |sub-?)?totals?|sums?|mean|average|avg\.?|median|gesamt|summe|mittelwert"
    r"|total général|somme|moyenne|totale|media|suma|итого|всего|合计|总计|合計|平均",
    re.IGNORECASE,
)
_MOST_TOTALS, _LABELLED = 3, 50  # rows at the end; columns in which they may say what they are
_TYPED = 0.7  # share of cells with a digit in a column of numbers or dates


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
    kept, other = _first_table(cells.columns, kept)
    totals = _totals(cells.columns, kept)
    kept &= ~totals
    columns = [c.filter(pa.array(kept)) if not kept.all() else c for c in cells.columns]
    notes = _notes(int((repeated & filled).sum()), used.count(False), int(totals.sum())) + other
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


def _first_table(
    columns: Sequence[pa.StringArray], kept: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """(n_rows,) the rows before one that names other columns, and a word on the others."""
    digits = [_true(pc.match_substring_regex(c, "[0-9]")) for c in columns[:_LABELLED]]
    typed = [i for i, d in enumerate(digits) if d[kept].mean() > _TYPED]
    if len(typed) < 2:
        return kept, []
    words = np.logical_and.reduce([_true(pc.is_valid(columns[i])) & ~digits[i] for i in typed])
    for row in np.flatnonzero(words & kept)[:_MOST_TOTALS]:
        cells = Distinct.of(pa.array([columns[i][int(row)].as_py() for i in typed]))
        if len(cells.texts) == len(typed) and not missing_beside_numbers(cells).any():
            other = int(kept[row:].sum())
            before = np.arange(len(kept)) < row
            return kept & before, [f"{counted(other, 'row')} of a second table left out"]
    return kept, []


def _totals(columns: Sequence[pa.StringArray], kept: np.ndarray) -> np.ndarray:
    """(n_rows,) whether a row, one of the last, holds sums or means of those above it."""
    totals = np.zeros(len(kept), bool)
    for row in np.flatnonzero(kept)[:3:-1][:_MOST_TOTALS]:
        labels = [column[int(row)].as_py() for column in columns[:_LABELLED]]
        where = [i for i, cell in enumerate(labels) if cell and _TOTAL.fullmatch(cell)]
        if not where or pc.sum(pc.equal(columns[where[0]], labels[where[0]])).as_py() > 1:
            break
        totals[row] = True
    return totals


def _notes(repeated: int, unused: int, totals: int) -> list[str]:
    notes = [f"{counted(totals, 'last row')} with totals left out"] if totals else []
    if repeated:
        notes.append(f"{counted(repeated, 'repeated header')} left out")
    if unused:
        notes.append(f"{counted(unused, 'empty column')} without a name left out")
    return notes

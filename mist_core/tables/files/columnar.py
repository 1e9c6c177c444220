"""Columns that come with their types: Parquet, Arrow and pandas."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather
import pyarrow.parquet as pq
from pandas.api.types import is_float

from mist_core.errors import TableError
from mist_core.tables.columns import kinds
from mist_core.tables.columns.cells import trimmed, unique_names
from mist_core.tables.columns.column import (
    CLASS,
    CONSTANT,
    DATE,
    IDENTIFIER,
    UNSAID,
    Column,
    Reading,
)
from mist_core.tables.columns.interpretation import interpret
from mist_core.tables.files.layout import MAX_COLUMNS
from mist_core.tables.files.source import PARQUET, Source

_MOST_CELLS = 2**28  # a Parquet file of a few kilobytes can hold billions of equal cells
_EXACT = 2**53


def file_columns(source: Source) -> tuple[Column, ...]:
    """The columns of a Parquet or Arrow file; of Parquet one after the other in memory.

    Raises:
        TableError: damaged, too large, or fewer than two columns.
    """
    try:
        return _parquet(source) if source.format == PARQUET else _arrow(source)
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise TableError(f"The {source.format} file cannot be read ({reason}).") from error


def _parquet(source: Source) -> tuple[Column, ...]:
    with source.open() as opened, pq.ParquetFile(opened) as file:
        names = file.schema_arrow.names
        _check_size(file.metadata.num_rows, len(names))
        return columns_of(names, (_read(file, i) for i in range(len(names))))


def _arrow(source: Source) -> tuple[Column, ...]:
    with source.open() as opened:
        table = pyarrow.feather.read_table(opened)
    _check_size(table.num_rows, table.num_columns)
    return columns_of(table.column_names, table.columns)


def columns_of(names: list[str], arrays: Iterator[pa.ChunkedArray]) -> tuple[Column, ...]:
    """Columns of typed arrays: numbers, dates, booleans and categories are what they are."""
    return tuple(
        typed_column(name, array.combine_chunks())
        for name, array in zip(unique_names(names), arrays, strict=True)
    )


def typed_column(name: str, array: pa.Array) -> Column:
    """A column of an Arrow array; texts are read as those of a CSV."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _classes(name, array.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return _classes(name, array.cast(pa.string()))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(name, array)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _dates(name, array)
    if pa.types.is_duration(kind) or pa.types.is_time(kind):
        return _numbers(name, _days(array))
    if pa.types.is_null(kind):
        array = array.cast(pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return interpret(name, trimmed(array)).column
    reason = f"cells of type {kind}, which are neither numbers nor text: left out"
    return Column(name, IDENTIFIER, reason, np.full(len(array), np.nan))


def frame_columns(frame: pd.DataFrame) -> tuple[Column, ...]:
    """The columns of a DataFrame; columns of objects are read as text."""
    names = unique_names([str(name) for name in frame.columns])
    return tuple(_of_series(name, frame.iloc[:, i]) for i, name in enumerate(names))


def _of_series(name: str, series: pd.Series) -> Column:
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, OverflowError, ValueError):
        array = _of_objects(series)
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return _classes(name, array)  # text that looks like numbers was meant as text
    return typed_column(name, array)


def _of_objects(series: pd.Series) -> pa.Array:
    """Cells that Arrow does not know: floats where all are numbers, else text."""
    cells = [None if _is_missing(cell) else cell for cell in series]
    if all(cell is None or _is_number(cell) for cell in cells):
        return pa.array([None if cell is None else _float(cell) for cell in cells], pa.float64())
    return pa.array([None if cell is None else text_of(cell) for cell in cells], pa.string())


def _is_missing(cell: object) -> bool:
    if isinstance(cell, Decimal):
        return cell.is_nan()
    return cell is None or cell is pd.NA or cell is pd.NaT or (is_float(cell) and cell != cell)


def _is_number(cell: object) -> bool:
    return isinstance(cell, Real | Decimal) and not isinstance(cell, bool)


def _float(cell: Real | Decimal) -> float:
    try:
        return float(cell)
    except (OverflowError, ValueError):  # beyond 1.8e308: missing, as in a file
        return math.inf


def text_of(cell: object) -> str:
    """With question marks for halves of letters; numbers too long for Python are one text."""
    try:
        return str(cell).encode(errors="replace").decode()
    except ValueError:
        return f"a {type(cell).__name__} too long to be read"


def _read(file: pq.ParquetFile, position: int) -> pa.ChunkedArray:
    table = file.read_row_groups(range(file.num_row_groups), [file.schema_arrow.names[position]])
    return table.column(0)


def _check_size(n_rows: int, n_columns: int) -> None:
    if n_columns < 2:
        raise TableError(f"The table has {n_columns} column and two are needed.")
    if n_columns > MAX_COLUMNS or n_rows * n_columns > _MOST_CELLS:
        raise TableError(
            f"The table has {n_columns:,} columns of {n_rows:,} rows, and at most {MAX_COLUMNS:,} "
            f"columns and {_MOST_CELLS:,} cells can be read: keep fewer."
        )
    if not n_rows:
        raise TableError("The table has no row: add the data.")


def _numbers(name: str, array: pa.Array) -> Column:
    numbers = array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    numbers = np.where(np.isinf(numbers), np.nan, numbers)
    present = numbers[~np.isnan(numbers)]
    if pa.types.is_integer(array.type) and (np.abs(present) > _EXACT).any():
        return interpret(name, array.cast(pa.string())).column
    return Column(name, *kinds.of_numbers(name, present), numbers)


def _days(array: pa.Array) -> pa.Array:
    """Durations and times of day in days."""
    unit = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[array.type.unit]
    width = pa.int32() if array.type in (pa.time32("s"), pa.time32("ms")) else pa.int64()
    return pc.divide(array.cast(width).cast(pa.float64(), safe=False), 86_400 * unit)


def _dates(name: str, array: pa.Array) -> Column:
    micros = array.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    days = pc.divide(micros.cast(pa.float64(), safe=False), 86_400e6).to_numpy(zero_copy_only=False)
    if len(np.unique(days[~np.isnan(days)])) < 2:
        return Column(name, CONSTANT, "the same date throughout", days)
    zoned = pa.types.is_timestamp(array.type) and array.type.tz is not None
    return Column(name, DATE, "dates, counted in days" + ("; in UTC" if zoned else ""), days)


def _classes(name: str, array: pa.Array) -> Column:
    """Texts that were meant as such."""
    read = interpret(name, trimmed(array), Reading(kind=CLASS)).column
    kind, reason = kinds.of_words(read.n_labels, int((~read.missing).sum()))
    return dataclasses.replace(read, kind=kind, reason=reason, reading=UNSAID)

"""The drawn rows of a table's columns as a scan keeps them: values, and what each column is."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from mist_core.errors import TableError
from mist_core.inspection.tiles.order import Folder, Order
from mist_core.inspection.variable import Part, RowKeys, Variable, part, read
from mist_core.tables.files.columnar import columns_of

KEPT = "rows.parquet"
# Names of what a file says beside its columns.
_KINDS, _COUNTS = b"columns", b"counts"


def block_file(number: int) -> str:
    return f"columns-{number:05d}.parquet"


def draw(folder: Path, number: int) -> None:
    """Takes the drawn rows of a block of columns out of the table, and keeps what they are."""
    place = Folder(folder)
    order = place.order
    names = order.blocks[number]
    columns = columns_of(list(names), _drawn(order, names).columns)
    found = [
        {"name": c.name, "usable": c.usable, "reason": c.reason, "is_class": c.is_class}
        for c in columns
    ]
    parts = [read(column, None) for column in columns]
    usable = [p for p, c in zip(parts, columns, strict=True) if c.usable]
    keys = RowKeys.of(usable, len(parts[0].codes), number)
    counts = {_COUNTS: json.dumps([keys.fewest, keys.count])}
    place.write(_keys_file(number), _table(zip("abcd", keys.quarters, strict=True), counts))
    values = ((p.name, p.values) for p in parts)
    place.write(block_file(number), _table(values, {_KINDS: json.dumps(found)}))


def keep_rows(folder: Path) -> None:
    """Finds copies of rows among the drawn ones, and keeps the others."""
    place = Folder(folder)
    blocks = range(len(place.order.blocks))
    keys = functools.reduce(RowKeys.__add__, (_keys(place, number) for number in blocks))
    place.write(KEPT, _table([("row", np.flatnonzero(~keys.copies()))], {}))


def _keys_file(number: int) -> str:
    return f"keys-{number:05d}.parquet"


def _keys(place: Folder, number: int) -> RowKeys:
    stored = place.read(_keys_file(number))
    quarters = tuple(stored[name].to_numpy() for name in "abcd")
    return RowKeys(quarters, *json.loads(stored.schema.metadata[_COUNTS]))


def _table(columns: Iterable[tuple[str, np.ndarray]], metadata: dict[bytes, str]) -> pa.Table:
    names, arrays = zip(*columns, strict=True)
    return pa.table(list(map(pa.array, arrays)), list(names), metadata=metadata)


@functools.lru_cache(maxsize=4)
def known(folder: Path) -> dict[str, tuple[int, dict]]:
    """The block of each column, and what it is."""
    place = Folder(folder)
    found = {}
    for number in range(len(place.order.blocks)):
        stored = json.loads(place.read(block_file(number), []).schema.metadata[_KINDS])
        found |= {column["name"]: (number, column) for column in stored}
    return found


def load(folder: Path, names: Sequence[str]) -> dict[str, Part]:
    """Some columns at the kept rows."""
    place, columns = Folder(folder), known(folder)
    rows = place.read(KEPT)["row"].to_numpy()
    blocks: dict[int, list[str]] = {}
    for name in dict.fromkeys(names):
        if name not in columns:
            raise TableError(f"The table has no column {name!r}.")
        blocks.setdefault(columns[name][0], []).append(name)
    found = {}
    for number, wanted in blocks.items():
        table = place.read(block_file(number), wanted)
        for name in wanted:
            values = table[name].to_numpy()[rows]
            found[name] = part(name, values, is_class=columns[name][1]["is_class"])
    return found


def variable(parts: dict[str, Part], names: Sequence[str]) -> Variable:
    """One side."""
    return Variable(tuple(parts[name] for name in names))


def _drawn(order: Order, names: Sequence[str]) -> pa.Table:
    """The drawn rows of these columns, in order."""
    rows, start, parts = order.rows(), 0, []
    for (path, *_), length in zip(order.files, order.lengths, strict=True):
        here = None
        if rows is not None:
            here = rows[(rows >= start) & (rows < start + length)] - start
        parts.append(_of_file(path, names, here))
        start += length
    return pa.concat_tables(parts, promote_options="permissive")


def _of_file(path: str, names: Sequence[str], rows: np.ndarray | None) -> pa.Table:
    """By DuckDB, which reads no other columns and holds no more of these than a row group."""
    import duckdb

    chosen = ", ".join('"{}"'.format(name.replace('"', '""')) for name in names)
    with duckdb.connect(config={"threads": 1}) as base:
        source = base.from_parquet(path, file_row_number=True)
        if rows is not None:
            base.register("drawn", pa.table({"drawn_row": rows}))
            source = source.join(base.table("drawn"), "file_row_number = drawn_row")
        return source.order("file_row_number").project(chosen).to_arrow_table()

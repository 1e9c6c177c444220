"""What a scan in tiles was asked for, and the folder in which its files lie."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mist_core.checkpoint import load_checkpoint
from mist_core.errors import TableError
from mist_core.files import storing, write_whole
from mist_core.inspection.plan import Names, drawn_rows, rows_for

# Columns that are drawn in one task and lie in one file, and of which pairs are screened together.
BLOCK = 200
# Pairs that the network is asked about in one task.
TILE = 200
_ORDER = "order.json"


@dataclass(frozen=True)
class Order:
    """A scan; equal orders are the same work.

    Attributes:
        files: (path, size, time of its last change in nanoseconds) of each Parquet file.
        lengths: rows of each.
        names: columns.
        target: names of the target's; None for all pairs.
        weights: path of the network's file, and `sha256` its checksum.
        max_rows: rows drawn at most; None lets the number of pairs decide.
        seed: of all draws.
        tile: `TILE`, or as many.
    """

    files: tuple[tuple[str, int, int], ...]
    lengths: tuple[int, ...]
    names: Names
    target: Names | None
    weights: str
    sha256: str
    max_rows: int | None
    seed: int
    tile: int

    @property
    def key(self) -> str:
        """Names the order's folder."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def text(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @property
    def n_rows(self) -> int:
        return sum(self.lengths)

    @property
    def blocks(self) -> list[Names]:
        """The columns, some at a time."""
        starts = range(0, len(self.names), BLOCK)
        return [self.names[start : start + BLOCK] for start in starts]

    def rows(self) -> np.ndarray | None:
        """Positions of the drawn rows among all files'; None where these are all."""
        k = len(self.names)
        n_pairs = k * (k - 1) // 2 if self.target is None else k - len(self.target)
        return drawn_rows(self.n_rows, self.max_rows or rows_for(n_pairs), self.seed)


def ordered(
    place: Path,
    target: Names | None,
    weights: Path,
    *,
    max_rows: int | None = None,
    seed: int = 0,
    tile: int = TILE,
) -> Order:
    """The order for a Parquet file or a folder of such; other arguments as of `Order`.

    Raises:
        TableError: it is none, its files have other columns than the first, two columns have one
            name, or the target is none of them.
        WeightsError: the weights cannot be read.
    """
    paths = sorted(place.glob("*.parquet")) if place.is_dir() else [place]
    if not paths:
        raise TableError(f"{place}: there is no Parquet file in this folder.")
    heads = [_head(path) for path in paths]
    names = _names(heads[0])
    other = [path.name for path, head in zip(paths, heads, strict=True) if _names(head) != names]
    if other:
        raise TableError(f"{other[0]}: its columns are not those of {paths[0].name}.")
    if len({name.lower() for name in names}) < len(names):
        raise TableError(f"{place}: two columns have one name but for its case: rename one.")
    unknown = [name for name in target or () if name not in names]
    if unknown:
        raise TableError(f"The table has no column {unknown[0]!r}.")
    files = tuple((str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns) for p in paths)
    lengths = tuple(head.num_rows for head in heads)
    sha256 = load_checkpoint(weights).sha256
    place_of_weights = str(weights.resolve())
    return Order(files, lengths, names, target, place_of_weights, sha256, max_rows, seed, tile)


def _names(head: pq.FileMetaData) -> Names:
    return tuple(head.schema.to_arrow_schema().names)


def _head(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path}: cannot be read as Parquet ({error}).") from error


@dataclass(frozen=True)
class Folder:
    """The files of one order. Tasks get its path, and read the order from it."""

    path: Path

    @classmethod
    def of(cls, order: Order, home: Path) -> Folder:
        """The folder of an order, made if it is not there."""
        folder = cls(home / order.key)
        with storing(folder.path):
            folder.path.mkdir(parents=True, exist_ok=True)
            write_whole(folder.path / _ORDER, order.text.encode())
        return folder

    @property
    def order(self) -> Order:
        stored = json.loads((self.path / _ORDER).read_text())
        files = tuple(map(tuple, stored.pop("files")))
        lists = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()}
        return Order(files, **lists)

    def has(self, name: str) -> bool:
        return (self.path / name).exists()

    def write(self, name: str, frame: pd.DataFrame | pa.Table) -> None:
        """Store a table whole."""
        table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame)
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        with storing(self.path / name):
            write_whole(self.path / name, buffer.getvalue())

    def read(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A stored table, or some of its columns."""
        return pq.read_table(self.path / name, columns=columns)

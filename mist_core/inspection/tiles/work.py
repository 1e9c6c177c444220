"""The tasks of a scan: each reads the folder and leaves one file in it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.inspection.asking import Pair, answers
from mist_core.inspection.evidence import MOST_MOVES, weighed
from mist_core.inspection.plan import AUDITED, CHOSEN
from mist_core.inspection.result import COLUMNS
from mist_core.inspection.screen import Statistics
from mist_core.inspection.tiles.columns import known, load, variable
from mist_core.inspection.tiles.order import Folder, Order
from mist_core.threads import on_cores

PAIRS = "pairs.parquet"
EVIDENCE = ("statistic", "p", "p_from", "smallest_p")
# Of permutations, in rows moved: what a tile may use, if all tiles together would use less.
_LEAST_MOVES = 1 << 28


def screen_file(a: int, b: int) -> str:
    return f"screen-{a:05d}-{b:05d}.parquet"


def answer_file(tile: int) -> str:
    return f"answers-{tile:06d}.parquet"


@on_cores(1)
def screen(folder: Path, a: int, b: int) -> None:
    """Looks at all pairs of two blocks of columns, of which b is -1 for the target.

    Leaves the strongest of them, and some drawn at random: by the key of each the draws of all
    tiles become one.
    """
    place = Folder(folder)
    left = usable(folder, a)
    right = None if a == b else [place.order.target] if b < 0 else usable(folder, b)
    parts = load(folder, [name for side in (*left, *(right or ())) for name in side])
    sides = [variable(parts, names) for names in left]
    others = None if right is None else [variable(parts, names) for names in right]
    found = Statistics(sides, others)
    for _ in found:
        pass
    rng = np.random.default_rng([place.order.seed, a, b + 1])
    place.write(screen_file(a, b), pd.DataFrame(_told(found, rng)))


def usable(folder: Path, block: int) -> list[tuple[str]]:
    """The sides of a block that are asked about."""
    columns, order = known(folder), Folder(folder).order
    names = [n for n in order.blocks[block] if columns[n][1]["usable"]]
    return [(name,) for name in names if name not in (order.target or ())]


def _told(found: Statistics, rng: np.random.Generator) -> Iterator[dict]:
    """Rows of the strongest pairs, of random ones, and one that counts them all."""
    count = int(np.isfinite(found.once).sum())
    yield {"x": "", "y": "", "statistic": np.nan, "key": np.nan, "count": count}
    if not count:
        return
    best = found.top(min(CHOSEN, count))
    draw = found.others(best, 2 * AUDITED, rng)
    keys = np.sort(rng.random(count))
    for i, j, key in [(*place, np.nan) for place in zip(*best, strict=True)] + [
        (*place, key) for *place, key in zip(*draw, keys, strict=False)
    ]:
        names = found.left[i].name, found.right[j].name
        yield dict(zip("xy", names, strict=True)) | {
            "statistic": found.values[i, j],
            "key": key,
            "count": 0,
        }


@on_cores(1)
def ask(folder: Path, tile: int) -> None:
    """Asks the network about a tile of pairs, and weighs the evidence of each.

    Of pairs that share too few rows only the number of these is told.
    """
    place = Folder(folder)
    order, stored = place.order, place.read(PAIRS)
    here = stored.slice(tile * order.tile, order.tile).to_pylist()
    parts = load(folder, [name for row in here for name in (row["x"], *_target(order, row))])
    pairs = [Pair(variable(parts, [r["x"]]), variable(parts, _target(order, r))) for r in here]
    rows = [{"x": pair.x.name, "y": pair.y.name, "rows": pair.n} for pair in pairs]
    enough = [k for k, row in enumerate(rows) if row["rows"] >= MIN_SAMPLES]
    if enough:
        found = _answered(order, [pairs[k] for k in enough], tile, here[0]["tested"], len(stored))
        for k, told in zip(enough, found, strict=True):
            rows[k] = told
    told = [row | {"asked": asked["asked"]} for row, asked in zip(rows, here, strict=True)]
    names = [name for name in COLUMNS if name != "q"]
    place.write(answer_file(tile), pd.DataFrame(told, columns=names))


def _answered(order: Order, pairs: list[Pair], tile: int, tested: int, of: int) -> Iterator[dict]:
    """The rows of pairs of a tile, of so many that are asked about in all."""
    told = dict(answers(_estimator(order.weights), pairs, of=of))
    moves = max(_LEAST_MOVES, MOST_MOVES * len(pairs) // of)
    first = tile * order.tile
    *_, found = weighed(pairs, tested, order.seed, 1, first=first, most_moves=moves)
    columns = (found.statistic, found.p, found.source, found.smallest)
    for k, evidence in enumerate(zip(*columns, strict=True)):
        yield told[k] | dict(zip(EVIDENCE, evidence, strict=True))


def _target(order: Order, row: dict) -> tuple[str, ...]:
    return order.target or (row["y"],)


@functools.lru_cache(maxsize=1)
def _estimator(weights: str) -> MISTEstimator:
    return MISTEstimator.load(weights, device="cpu")

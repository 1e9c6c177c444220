"""Pairs a second of a scan in tiles, by one process and by two.

    .venv/bin/python -m tests.measure.scale

780 pairs of 40 columns, 5,000 rows, in tiles of 20; from the first tile that is done, so that the
start of processes does not count. CPU seconds a pair beside it, which a busy machine changes less.
A minute on two cores.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from mist_core.inspection.result import ASKING
from mist_core.inspection.tiles import ordered, scan_in_tiles
from mist_core.paths import WEIGHTS

ROWS, COLUMNS, TILE = 5_000, 40, 20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.parquet"
        _table().to_parquet(table)
        order = ordered(table, None, WEIGHTS / "general.safetensors", tile=TILE)
        for jobs in (1, 2):
            seen: list[tuple[int, float, float]] = []

            def progress(stage: str, done: int, _: int, seen: list = seen) -> None:
                if stage == ASKING and done:
                    seen.append((done, time.perf_counter(), _cpu()))

            scan_in_tiles(order, Path(folder) / str(jobs), jobs=jobs, progress=progress)
            (first, begun, used), (last, ended, more) = seen[0], seen[-1]
            pairs = (last - first) * TILE
            print(
                f"{jobs} process(es): {pairs / (ended - begun):.1f} pairs a second, "
                f"{1e3 * (more - used) / pairs:.1f} ms of CPU a pair",
                flush=True,
            )


def _table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((ROWS, 5)) @ rng.standard_normal((5, COLUMNS))
    return pd.DataFrame(hidden + 3 * rng.standard_normal(hidden.shape)).rename(columns=str)


def _cpu() -> float:
    """Seconds of this process and its children."""
    here = psutil.Process()
    times = [p.cpu_times() for p in (here, *here.children(recursive=True))]
    return sum(t.user + t.system for t in times)


if __name__ == "__main__":
    main()

"""Surveys of tables: seconds beside scikit-learn's, against one target, and of a wide table.

    .venv/bin/python -m tests.measure.scan_speed [pairs] [target] [wide]

`pairs`: 4,950 pairs of 100 columns, 1,000 rows; scikit-learn's `mutual_info_regression` gives a
number a pair, ours come with intervals and p-values. `target`: 199 columns of 5,000 rows against
one. `wide`: all pairs of 2,000 columns, 20,000 rows, with memory. All three in turn if none is
named: ten minutes on two cores.
"""

import resource
import sys
import time

import numpy as np
import pandas as pd
from sklearn.feature_selection import mutual_info_regression

from mist_core import MISTEstimator
from mist_core.inspection import survey
from mist_core.tables.table import Table, table_from_frame


def pairs(mist: MISTEstimator) -> None:
    columns = _columns(1000, 100)
    found, ours = _timed(mist, _table(columns))
    start = time.perf_counter()
    for k in range(1, len(columns)):
        mutual_info_regression(np.stack(columns[:k], 1), columns[k])
    theirs = time.perf_counter() - start
    print(
        f"{len(found.pairs):,} pairs of 1,000 rows: MIST {ours:.1f} s with intervals and p-values,"
    )
    print(f"scikit-learn {theirs:.1f} s without: {ours / theirs:.2f} of its time")


def target(mist: MISTEstimator) -> None:
    found, seconds = _timed(mist, _table(_columns(5000, 200)), "0")
    print(f"{len(found.pairs)} columns of 5,000 rows against one: {seconds:.1f} s")


def wide(mist: MISTEstimator) -> None:
    found, seconds = _timed(mist, _table(_columns(20_000, 2000)))
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    missed = "{:,.0f} ({:,.0f} to {:,.0f})".format(*found.screen.missed)
    print(f"{found.n_tested:,} pairs of 20,000 rows: {seconds:.0f} s, {gigabytes:.1f} GB at most;")
    print(f"{found.screen.chosen:,} chosen, {found.screen.audited} audited, missed {missed}")


MEASURES = {"pairs": pairs, "target": target, "wide": wide}


def main() -> None:
    mist = MISTEstimator.load()
    survey(mist, _table(_columns(1000, 12)))  # compiles what is compiled
    for name in sys.argv[1:] or MEASURES:
        MEASURES[name](mist)


def _columns(rows: int, count: int) -> list[np.ndarray]:
    """Columns with ten hidden causes in common, half of them skewed."""
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((rows, 10))
    table = hidden @ rng.standard_normal((10, count)) + 3 * rng.standard_normal((rows, count))
    return list(np.exp(table[:, ::2] / 4).T) + list(table[:, 1::2].T)


def _table(columns: list[np.ndarray]) -> Table:
    return table_from_frame(pd.DataFrame({str(k): column for k, column in enumerate(columns)}))


def _timed(mist: MISTEstimator, *what: object):
    start = time.perf_counter()
    return survey(mist, *what), time.perf_counter() - start


if __name__ == "__main__":
    main()

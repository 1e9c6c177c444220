"""All pairs of the columns of a table: our posteriors beside scikit-learn's estimates, in one run.

    .venv/bin/python -m tests.measure.scan_speed

4,950 pairs of 100 columns, 1,000 rows; scikit-learn's `mutual_info_regression` gives a number a
pair, ours come with intervals. A minute on two cores.
"""

import itertools
import time

import numpy as np
from sklearn.feature_selection import mutual_info_regression

from mist_core import MISTEstimator

ROWS, COLUMNS = 1000, 100


def main() -> None:
    mist = MISTEstimator.load()
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((ROWS, 10))
    table = hidden @ rng.standard_normal((10, COLUMNS)) + 3 * rng.standard_normal((ROWS, COLUMNS))
    columns = list(np.exp(table[:, ::2] / 4).T) + list(table[:, 1::2].T)
    pairs = list(itertools.combinations(columns, 2))
    mist.posteriors(pairs[:64])  # compiles what is compiled
    start = time.perf_counter()
    mist.posteriors(pairs)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for k in range(1, COLUMNS):
        mutual_info_regression(np.stack(columns[:k], 1), columns[k])
    theirs = time.perf_counter() - start
    print(f"{len(pairs):,} pairs of {ROWS:,} rows: MIST {ours:.1f} s with intervals, scikit-learn")
    print(f"{theirs:.1f} s without: {ours / theirs:.2f} of its time")


if __name__ == "__main__":
    main()

"""Two columns of a table, their rows in the order of time."""

import numpy as np

from mist_core.errors import ParameterError, TableError
from mist_core.inference.estimator import MISTEstimator
from mist_core.inspection.variable import Variable, read
from mist_core.series.lags import LEAST_ROWS, Lagged, Progress, lagged
from mist_core.tables.table import Table

MOST_LAGS = 200


def columns_lagged(
    estimator: MISTEstimator,
    table: Table,
    x: str,
    y: str,
    order: np.ndarray,
    *,
    most: int = 10,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> Lagged:
    """`lagged` of two columns, up to so many rows before and after.

    Args:
        estimator: gives posteriors.
        table: the data.
        x: name of a column.
        y: of another; or the same, for what a series tells about its own future.
        order: positions of the rows in time, see `in_order`.
        most: lags in rows, 0 to `MOST_LAGS`.
        seed: of the blocks that are moved.
        progress: called with the share that is done.

    Raises:
        ParameterError: `most` is out of range.
        TableError: there is no such column, or the series are too short for so many lags.
        InputError: too few rows have a value.
    """
    if not 0 <= most <= MOST_LAGS:
        raise ParameterError(f"Expected a lag from 0 to {MOST_LAGS}, got {most}.")
    lags = range(-most, most + 1) if x != y else range(1, most + 1)
    if len(order) < max(LEAST_ROWS + most, 4 * most) or not lags:
        raise TableError(
            f"{len(order)} rows are too few for {most} lags: take fewer lags or more rows."
        )
    first, second = (Variable((read(table[name], order),)) for name in (x, y))
    return lagged(first, second, lags, estimator, seed=seed, progress=progress)

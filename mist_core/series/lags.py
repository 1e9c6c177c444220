"""What one series tells about another, so many rows before or after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.errors import ParameterError, TableError
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.inspection.basis import Basis, basis, strongest
from mist_core.inspection.variable import Variable, read
from mist_core.series.blocks import block_length, lagged_products, null_products
from mist_core.series.memory import inflation
from mist_core.tables.table import Table

COLUMNS = ("lag", "mutual_information", "low", "high", "p", "rows", "effective_rows")
LEVELS = (0.05, 0.95)
DOUBTED = 0.05  # a p above it, and the interval reaches down to 0
MOST_LAGS = 200
_DRAWS = 4  # even draws from the series, each beginning elsewhere, whose answers are averaged
_FEWEST = 16  # rows of a series
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Lagged:
    """What x tells about y at each lag.

    Attributes:
        x: name of the one column.
        y: of the other.
        frame: a row a lag, of `COLUMNS`: at a positive lag x comes before y. `low` and `high` hold
            90 %, nats; low is 0 where p, which counts all lags of the frame, is above `DOUBTED`.
        smallest_p: that could have come.
    """

    x: str
    y: str
    frame: pd.DataFrame
    smallest_p: float

    @property
    def best(self) -> pd.Series:
        """The lag with the most information among those with the smallest p."""
        return self.frame.sort_values(
            ["p", "mutual_information"], ascending=[True, False], kind="stable"
        ).iloc[0]


def lagged(
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
    """What x tells about y, up to so many rows before and after.

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
    """
    if not 0 <= most <= MOST_LAGS:
        raise ParameterError(f"Expected a lag from 0 to {MOST_LAGS}, got {most}.")
    lags = range(-most, most + 1) if x != y else range(1, most + 1)
    sides = [Variable((read(table[name], order),)) for name in (x, y)]
    if len(order) < max(_FEWEST, 4 * most) or not lags:
        raise TableError(
            f"{len(order)} rows are too few for {most} lags: take fewer lags or more rows."
        )
    functions = [_with_gaps(side) for side in sides]
    worth = inflation(*(side.values for side in functions))
    p, smallest = _chances(*functions, lags, worth, np.random.default_rng(seed))
    progress(0.5)
    rows = []
    for place, lag in enumerate(lags):
        rows.append({"lag": lag, **_answer(estimator, *sides, lag, worth), "p": p[place]})
        progress(0.5 + 0.5 * (place + 1) / len(lags))
    frame = pd.DataFrame(rows)
    frame["low"] = frame["low"].where(frame["p"] <= DOUBTED, 0.0)
    return Lagged(x, y, frame[list(COLUMNS)], smallest)


def _with_gaps(side: Variable) -> Basis:
    """The functions of a series, 0, their mean, where it has a gap."""
    present = np.flatnonzero(~side.missing)
    if len(present) < MIN_SAMPLES:
        raise TableError(f"{side.name}: fewer than {MIN_SAMPLES} rows have a value.")
    found = basis(side, present)
    values = np.zeros((len(side.missing), found.values.shape[1]), np.float32)
    values[present] = found.values
    return Basis(values, found.log_weights)


def _chances(
    x: Basis, y: Basis, lags: Sequence[int], worth: float, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """(L,) chance that moved blocks reach as much at any lag, and the smallest that could come."""
    n = len(x.values)
    length = block_length(n, worth)
    weights = (x.log_weights, y.log_weights)
    found = strongest(lagged_products(x.values, y.values, lags), n, *weights)
    null = strongest(null_products(x.values, y.values, lags, length, rng), n, *weights).max(1)
    reached = (null[:, None] >= found - 1e-4).sum(0)
    return (reached + 1) / (len(null) + 1), 1 / (len(null) + 1)


def _answer(
    estimator: MISTEstimator, x: Variable, y: Variable, lag: int, worth: float
) -> dict[str, float]:
    """The mean answer about so many rows as the series are worth, drawn evenly."""
    n = len(x.missing) - abs(lag)
    first, second = np.arange(n) + max(-lag, 0), np.arange(n) + max(lag, 0)
    complete = np.flatnonzero(~(x.missing[first] | y.missing[second]))
    kept = max(len(complete) / worth, min(MIN_SAMPLES, len(complete)))
    draws = _DRAWS if worth > 1.5 else 1
    chosen = [complete[_evenly(len(complete), kept, k / draws)] for k in range(draws)]
    chosen = [places for places in chosen if len(places) >= MIN_SAMPLES]
    if not chosen:
        raise TableError(f"Fewer than {MIN_SAMPLES} rows have both {x.name} and {y.name}.")
    pairs = [(x.matrix(first[places]), y.matrix(second[places])) for places in chosen]
    found = estimator.posteriors(pairs)
    low, high = np.mean([posterior.quantile(LEVELS) for posterior in found], axis=0)
    mean = float(np.mean([posterior.mean for posterior in found]))
    names = COLUMNS[1:4]
    return dict(zip(names, (mean, low, high), strict=True)) | {
        "rows": len(complete),
        "effective_rows": kept,
    }


def _evenly(n: int, kept: float, begin: float) -> np.ndarray:
    """Positions of about so many of n rows, evenly apart; `begin` of a step from the start."""
    step = n / kept
    return np.unique(np.floor(np.arange(begin * step, n, step)).astype(int))

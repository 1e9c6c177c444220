"""One honest answer about two series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mist_core.inference.estimator import MISTEstimator
from mist_core.series.lags import lagged
from mist_core.tables.table import Table


@dataclass(frozen=True)
class Answer:
    """What one series tells about another at the same time.

    Attributes:
        mean: mutual information of rows at the same time, nats.
        low: lower end of the 90 % interval, nats; 0 where p is above 0.05.
        high: its upper end.
        p: chance that blocks of rows, moved against each other, show as much.
        rows: complete ones.
        effective_rows: what they are worth as independent ones.
    """

    mean: float
    low: float
    high: float
    p: float
    rows: int
    effective_rows: float


def in_time(
    estimator: MISTEstimator,
    table: Table,
    x: str,
    y: str,
    order: np.ndarray | None = None,
    *,
    seed: int = 0,
) -> Answer:
    """What x tells about y, their rows in the order of time; arguments as of `lagged`."""
    order = np.arange(table.n_rows) if order is None else order
    (row,) = lagged(estimator, table, x, y, order, most=0, seed=seed).frame.to_dict("records")
    return Answer(
        mean=row["mutual_information"],
        low=row["low"],
        high=row["high"],
        p=row["p"],
        rows=row["rows"],
        effective_rows=row["effective_rows"],
    )

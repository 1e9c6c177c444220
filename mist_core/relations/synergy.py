"""Information among several columns at once: shared by many, or there in all together only.

With X_<i the columns before column i and X_>i those after it,

    total correlation       TC  = sum_i I(X_i; X_<i)              (Watanabe, 1960)
    dual total correlation  DTC = sum_i I(X_i; X_<i | X_>i)       (Han, 1975)
    O-information           TC - DTC                              (Rosas et al., 2019)

over i = 2, ..., k. O-information is positive where redundancy outweighs synergy. Each is a sum of
posterior means, averaged over orders of the columns, and has no interval: its parts are answered
from the same rows and err together, and no posterior says how, so that ends that are added up would
be too wide, widths that are added as if independent of unknown coverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mist_core.errors import InputError
from mist_core.inference import conditional
from mist_core.inference.estimator import MISTEstimator, general
from mist_core.inference.inputs import read_sides

FEWEST, MOST = 3, 10
# Orders of the columns that a sum is averaged over: its parts depend on them, its truth does not.
ORDERS = 3


@dataclass(frozen=True)
class Together:
    """What several columns know together, nats; estimates without intervals.

    Attributes:
        total_correlation: how far they are from independent, at least 0.
        dual_total_correlation: what is not private to single columns, at least 0.
        o_information: the first less the second: above 0 mostly redundant, below 0 synergetic.
    """

    total_correlation: float
    dual_total_correlation: float

    @property
    def o_information(self) -> float:
        return self.total_correlation - self.dual_total_correlation


def together(columns: Any, estimator: MISTEstimator | None = None) -> Together:
    """Total correlation, dual total correlation and O-information of 3 to 10 columns.

    Args:
        columns: (n, k) array or DataFrame.
        estimator: of the parts without a condition; the general one if None.

    Raises:
        InputError: as `MISTEstimator.posterior`, or not from 3 to 10 columns.
    """
    names = list(range(np.shape(columns)[1])) if np.ndim(columns) == 2 else []
    if not FEWEST <= len(names) <= MOST:
        raise InputError(f"Expected {FEWEST} to {MOST} columns, got {len(names) or 'no table'}.")
    parts = [_column(columns, k) for k in names]
    found = [_chain(parts, order, estimator or general()) for order in _orders(len(parts))]
    total, dual = np.mean(found, 0)
    return Together(float(total), float(dual))


def interaction_information(
    x: Any, y: Any, z: Any, estimator: MISTEstimator | None = None
) -> float:
    """I(X;Y|Z) - I(X;Y), nats: above 0 synergy, below 0 redundancy; the same for any order.

    Averaged over which of the three is the condition. An estimate without an interval, as no
    posterior says how both terms err together.

    Args:
        x, y, z: as `MISTEstimator.conditional`.
        estimator: of the parts without a condition; the general one if None.
    """
    estimator = estimator or general()
    sides = (x, y, z)
    found = []
    for k in range(3):
        a, b, c = sides[k - 2], sides[k - 1], sides[k]
        found.append(estimator.conditional(a, b, c).mean - estimator.posterior(a, b).mean)
    return float(np.mean(found))


def _chain(
    parts: Sequence[Tensor], order: Sequence[int], estimator: MISTEstimator
) -> tuple[float, float]:
    """TC and DTC by their sums in one order."""
    total = dual = 0.0
    for place in range(1, len(order)):
        here = parts[order[place]]
        before = torch.cat([parts[k] for k in order[:place]], 1)
        mean = estimator.posterior(before, here).mean
        total += mean
        after = order[place + 1 :]
        if after:
            rest = torch.cat([parts[k] for k in after], 1)
            mean = estimator.conditional(before, here, rest).mean
        dual += mean
    return total, dual


def _orders(count: int) -> list[list[int]]:
    """A few orders in which other columns come first and last."""
    step = max(1, count // ORDERS)
    return [[(k + step * turn) % count for k in range(count)] for turn in range(ORDERS)]


def _column(columns: Any, place: int) -> Tensor:
    """(n, width) one column, classes as indicators; without columns that never vary."""
    data = columns.iloc[:, place] if hasattr(columns, "iloc") else np.asarray(columns)[:, place]
    side = read_sides({"x": data})[0]
    kept = conditional.varying(side)
    return kept if kept.shape[1] else side[:, :1]

"""What dependence is looked for with: functions of the ranks of a column, and of its classes.

A pair's statistic is the strongest product of a function f of one side with a function g of the
other, n r(f, g)^2 / 2 + ln w(f) + ln w(g): the evidence in nats of a single correlation, less what
the choice among all of them costs. Functions are the normal scores z and cosines of the ranks, of
which the even ones see parabolas, rings and changing spread, and the faster ones waves; of classes,
each against the rest. Ranks alone are read, so that under independence all untied pairs of n rows
have one and the same distribution, whatever the columns hold: near exp(-t) / sqrt(pi t).

A smooth test of independence as of Kallenberg and Ledwina, "Data-driven rank tests for
independence", JASA 94, 1999, with a fixed prior in place of a selection rule.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from mist_core.inspection.variable import Part, Variable

# The prior of the functions: normal scores, then cosines of 2, 3, ... half waves.
WEIGHTS = (0.4, 0.2, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04)
# A class or a function that so few rows tell from a constant says nothing.
LEAST_ROWS = 3
# Together a group's columns have also the products of their scores, of so many columns at most.
MOST_PRODUCTS = 6


@dataclass(frozen=True)
class Basis:
    """Functions of one side at n rows.

    Attributes:
        values: (n, F) float32, each of mean 0 and mean square 1.
        log_weights: (F,) float32 logarithms of their prior weights.
    """

    values: np.ndarray
    log_weights: np.ndarray


def basis(variable: Variable, rows: np.ndarray | None = None) -> Basis:
    """The functions of a side at some rows, where it has no gaps; None for all rows."""
    found = [_of_part(part, rows) for part in variable.parts]
    ordered = [part for part in variable.parts if part.ordered]
    if len(ordered) > 1:
        found.append(_products(ordered[:MOST_PRODUCTS], rows))
    values = np.hstack([raw for raw, _ in found])
    weights = np.concatenate([weights for _, weights in found]) / len(found)
    varies, values = standardised(values)
    return Basis(values[:, varies], np.log(weights[varies]).astype(np.float32))


def statistic(x: Basis, y: Basis) -> float:
    """Nats: the strongest product of their functions; minus infinity where one side is constant."""
    return float(strongest(x.values.T @ y.values, len(x.values), x.log_weights, y.log_weights))


def strongest(
    products: np.ndarray, n: int | np.ndarray, of_x: np.ndarray, of_y: np.ndarray
) -> np.ndarray:
    """(...) statistic of sums over n rows of products of functions, (..., F, G)."""
    if 0 in products.shape[-2:]:
        return np.full(products.shape[:-2], -np.inf)
    found = np.square(products)
    found *= 1 / (2 * n)
    found += of_x[:, None]
    found += of_y
    return found.max((-2, -1))


def _of_part(part: Part, rows: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """(n, F) functions of a column as they are, and their weights."""
    codes = part.codes if rows is None else part.codes[rows]
    counts = np.bincount(codes, minlength=part.distinct)
    if not part.ordered:
        told = np.flatnonzero((counts >= LEAST_ROWS) & (len(codes) - counts >= LEAST_ROWS))
        weights = np.full(len(told), 1 / max(len(told), 1))
        return (codes[:, None] == told).astype(np.float32), weights
    ends = counts.cumsum()
    places = (2 * ends - counts - 1)[codes]  # twice the 0-based mid-rank
    # k values have k - 1 functions that differ from each other and from a constant.
    count = min(len(WEIGHTS), max(np.count_nonzero(counts) - 1, 0))
    weights = np.array(WEIGHTS[:count])
    return functions(len(codes))[places, :count], weights / max(weights.sum(), 1e-9)


@functools.lru_cache(maxsize=32)
def functions(n: int) -> np.ndarray:
    """(2 n - 1, F) float32: the functions at twice the 0-based mid-rank among n rows."""
    levels = (np.arange(2 * n - 1) + 1.0) / (2 * n)
    waves = [np.cos(k * math.pi * levels) for k in range(2, len(WEIGHTS) + 1)]
    return np.column_stack([ndtri(levels), *waves]).astype(np.float32)


def _products(parts: list[Part], rows: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Products of the normal scores of any two columns of a group."""
    scores = [standardised(_of_part(part, rows)[0][:, :1])[1] for part in parts]
    values = np.hstack([a * b for a, b in itertools.combinations(scores, 2)])
    return values, np.full(values.shape[1], 1 / max(values.shape[1], 1))


def standardised(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which columns of (n, F) vary, and all with mean 0 and mean square 1."""
    centred = values - values.mean(0)
    spread = np.sqrt(np.square(centred).mean(0))
    varies = spread > 1e-3
    return varies, centred / np.where(varies, spread, 1.0)

"""The network's answers about pairs, with all that is said beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior
from mist_core.inspection import correlation, words
from mist_core.inspection.variable import Variable, complete

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
# Beyond so many pairs those with gaps are cut to few lengths, of which each is so much the greater.
MANY, STEP = 500, 0.02


@dataclass(frozen=True, eq=False)
class Pair:
    """Two sides."""

    x: Variable
    y: Variable

    @property
    def rows(self) -> np.ndarray | None:
        """Positions of the rows without a gap; None where these are all."""
        return complete(self.x, self.y)

    @property
    def n(self) -> int:
        """How many these are."""
        return int((~(self.x.missing | self.y.missing)).sum())


def answers(
    estimator: MISTEstimator, pairs: Sequence[Pair], *, of: int
) -> Iterator[tuple[int, dict]]:
    """What is known of each pair but for its evidence, by the names of `result.COLUMNS`.

    Yields each pair's number as soon as it is answered, in any order.

    Args:
        estimator: its network is asked.
        pairs: what about.
        of: pairs that are asked about in all. Pairs of one length go through the network together;
            where there are many, those with gaps lose up to a fiftieth of their rows, drawn at
            random, so that few lengths are left: a fifth of the time.
    """
    rows_of = _in_few_lengths if of > MANY else _complete
    for place, posterior in estimator.stream(_read(pairs, rows_of)):
        yield place, _row(pairs[place], rows_of(pairs[place]), posterior)


def _complete(pair: Pair) -> np.ndarray | None:
    return pair.rows


def _in_few_lengths(pair: Pair) -> np.ndarray | None:
    """The pair's rows, as many as a power of 1 + `STEP` at most; None for all of the table."""
    rows = pair.rows
    if rows is None or len(rows) < 1 / STEP:
        return rows
    power = math.floor(math.log(len(rows)) / math.log1p(STEP))
    count = math.floor((1 + STEP) ** power)
    kept = np.random.default_rng(len(rows)).choice(len(rows), count, replace=False)
    return rows[np.sort(kept)]


def _read(
    pairs: Sequence[Pair], rows_of: Callable[[Pair], np.ndarray | None]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for pair in pairs:
        rows = rows_of(pair)
        yield pair.x.matrix(rows), pair.y.matrix(rows)


def _row(pair: Pair, rows: np.ndarray | None, posterior: Posterior) -> dict:
    low, q25, median, q75, high = posterior.quantile(LEVELS).tolist()
    x, y = pair.x, pair.y
    pearson = correlation.pearson(x, y, rows)
    spearman = correlation.spearman(x, y, rows)
    return {
        "x": x.name,
        "y": y.name,
        "mutual_information": posterior.mean,
        "low": low,
        "q25": q25,
        "median": median,
        "q75": q75,
        "high": high,
        "gaussian_correlation": words.gaussian_correlation(posterior.mean),
        "pearson": pearson,
        "spearman": spearman,
        "strength": words.strength(posterior.mean, low),
        "missed_by_correlation": words.missed_by_correlation(low, pearson, spearman),
        "rows": len(x.missing) if rows is None else len(rows),
        "in_family": posterior.in_family,
        "flags": "; ".join(words.flags(x, y, rows, posterior.in_family)),
    }

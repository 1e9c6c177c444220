"""The network's answers about pairs, with all that is said beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior
from mist_core.inspection import correlation, words
from mist_core.inspection.variable import Variable, complete

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


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


def answers(estimator: MISTEstimator, pairs: Sequence[Pair]) -> Iterator[tuple[int, dict]]:
    """What is known of each pair but for its evidence, by the names of `result.COLUMNS`.

    Yields each pair's number as soon as it is answered, in any order.
    """
    for place, posterior in estimator.stream(_read(pairs)):
        yield place, _row(pairs[place], posterior)


def _read(pairs: Sequence[Pair]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for pair in pairs:
        rows = pair.rows
        yield pair.x.matrix(rows), pair.y.matrix(rows)


def _row(pair: Pair, posterior: Posterior) -> dict:
    low, q25, median, q75, high = posterior.quantile(LEVELS).tolist()
    x, y, rows = pair.x, pair.y, pair.rows
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

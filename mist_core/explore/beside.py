"""What stands beside an estimate: correlations, how far to trust it, and all of it as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from mist_core import __version__
from mist_core.benchmarks.base import Answer
from mist_core.inference.posterior import DOUBTFUL, UNITS, Posterior

FAMILIAR = 0.1  # in_family from here on
GREEN, ORANGE, RED = "green", "orange", "red"


def correlations(a: np.ndarray, b: np.ndarray, unit: str) -> str:
    """Pearson and Spearman of two columns, and what a straight line would tell, in Markdown."""
    pearson, spearman = _correlation(a, b), _correlation(rankdata(a), rankdata(b))
    if math.isnan(pearson):
        return "A column that does not vary has no correlation."
    told = -0.5 * math.log1p(-min(pearson**2, 1 - 1e-12)) * UNITS[unit]
    return (
        f"Pearson {pearson:z.2f}, Spearman {spearman:z.2f}; a straight line would tell {told:.2f} "
        f"{unit}."
    )


def trust(in_family: float) -> tuple[str, str]:
    """A colour and the words: how much the data resemble what the model was trained on."""
    if in_family < DOUBTFUL:
        return RED, "unlike its training data: do not rely on the interval"
    if in_family < FAMILIAR:
        return ORANGE, "at the edge of its training data: take the interval with care"
    return GREEN, "like its training data"


def estimates(
    posterior: Posterior, others: Mapping[str, Answer | None], truth: float, **origin: str
) -> pd.DataFrame:
    """A row an estimator, nats: estimate, seconds, quantiles, and where all of it comes from.

    Args:
        posterior: MIST's, in nats.
        others: answers by title; those still at work are left out.
        truth: nats.
        origin: columns that are the same in each row, such as `weights` and `sha256`.
    """
    known = zip(posterior.levels, posterior.quantiles, strict=True)
    levels = {f"q{level:g}": quantile for level, quantile in known}
    rows = [
        {"estimator": "MIST", "estimate": posterior.median, "mean": posterior.mean}
        | {"in_family": posterior.in_family}
        | levels
    ]
    rows += [
        {"estimator": title, "estimate": answer.estimate, "seconds": answer.seconds}
        for title, answer in others.items()
        if answer is not None
    ]
    return pd.DataFrame(rows).assign(truth=truth, unit="nats", version=__version__, **origin)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])

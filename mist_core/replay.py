"""Stored estimates made again, a few of them, to see whether they come out the same."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mist_core.baselines import BASELINES
from mist_core.benchmark_datasets import BenchmarkDataset
from mist_core.candidates import Baseline, Candidate, Weights, scikit_learn
from mist_core.estimator import MISTEstimator

TIME_LIMIT = 120.0  # seconds for one estimate of a baseline
SEED = 0


def candidate(name: str, load: dict[str, MISTEstimator]) -> Candidate | None:
    """The estimator of this name in a result table, or None where only its answers are known.

    Args:
        name: as in the table.
        load: those of ours, by their name there.
    """
    if name in load:
        return Weights(name, load[name])
    if name in BASELINES:
        return Baseline(name, TIME_LIMIT)
    return scikit_learn() if name == "sklearn-ksg" else None


def choose(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """`count` rows of a result table, spread at random, always the same ones."""
    places = np.random.default_rng(SEED).permutation(len(rows))[:count]
    return rows.iloc[np.sort(places)]


def replay(benchmark: str, rows: pd.DataFrame, judged: Candidate) -> Iterator[dict]:
    """Answers the datasets of some rows again, one after the other.

    Yields:
        Records `task`, `n_samples`, `dim_x`, `truth`, `stored`, `now` (nats; None where it
        failed), `seconds` and `failure`.
    """
    for row in rows.itertuples():
        dataset = address_of(benchmark, row).find()
        (answer,) = judged.answer([dataset])
        yield {
            "task": row.task,
            "n_samples": row.n_samples,
            "dim_x": row.dim_x,
            "truth": dataset.truth,
            "stored": row.estimate,
            "now": answer.estimate,
            "seconds": answer.seconds,
            "failure": answer.failure,
        }


def address_of(benchmark: str, row) -> BenchmarkDataset:
    """The dataset of a row of a result table."""
    numbers = (row.n_samples, row.dim_x, row.seed, row.draw)
    return BenchmarkDataset(benchmark, row.task, *map(int, numbers))

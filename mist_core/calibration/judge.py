"""Calibration: datasets from chosen laws stream in, each with its truth and its intervals.

Coverage is an average over the laws drawn, not a promise for each of them.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from mist_core.benchmarks.base import Answer, Dataset, Estimator
from mist_core.benchmarks.baselines.resampling import RESAMPLED
from mist_core.benchmarks.estimators import Weights
from mist_core.benchmarks.tasks import quantile_columns
from mist_core.calibration.study import Datasets
from mist_core.inference.estimator import MISTEstimator
from mist_core.networks.quantiles import CENTRAL_90, LEVELS, OFFSET
from mist_core.priors.batch import Batch

COVERAGE = 0.9
MIST, CLASSIC = "mist", "classic"
CLASSIC_TITLE = "MIST classic"  # as the Benchmark page calls it
# Resampling KSG takes n^2 numbers two hundred times: beyond, many seconds a dataset.
MOST_PEER_ROWS = 500


def follow(
    study: Datasets,
    estimator: MISTEstimator,
    classic: MISTEstimator | None = None,
    n_peers: int = 0,
) -> Iterator[pd.DataFrame]:
    """Draws a study and yields tables as they come; see `judge` for their rows.

    Args:
        study: what to draw.
        estimator: judged on every dataset.
        classic: the published architecture, judged on the datasets of the peers only.
        n_peers: datasets for the slow peers, at most; one a batch of up to MOST_PEER_ROWS rows.

    Raises:
        ParameterError: as `Study.draws`.
    """
    ours, others = Weights(MIST, estimator), peers(classic)
    for first, batch, rng in study.draws():
        yield judge(ours, batch, rng, first=first)
        count = len(batch.compositions)
        # Spread evenly, so that the model's figures grow all along.
        due = (first + count) * n_peers // study.n_datasets > first * n_peers // study.n_datasets
        if due and batch.x.shape[1] <= MOST_PEER_ROWS:
            place = int(rng.integers(count))
            one = batch.chosen([place])
            for other in others:
                yield judge(other, one, rng, first=first + place)


def peers(classic: MISTEstimator | None = None) -> list[Estimator]:
    """Whom ours is set beside: resampled KSG and CCA, and the published architecture."""
    ours = [] if classic is None else [Weights(CLASSIC, classic, CLASSIC_TITLE)]
    return [*RESAMPLED.values(), *ours]


def judge(
    estimator: Estimator, batch: Batch, rng: np.random.Generator, *, first: int = 0
) -> pd.DataFrame:
    """What an estimator with intervals says of datasets.

    Args:
        estimator: whose answers have quantiles.
        batch: datasets with their truth.
        rng: of the randomised `pit`.
        first: number of the batch's first dataset; a dataset's number seeds estimators that draw.

    Returns:
        A row a dataset: `method` (the estimator's name), `number`, `family`, `laws` (the names that
        `family` joins), `n_samples`, `dim_x`, `dim_y`, `truth`, `mean`, `low` and `high` of the
        90 % interval, `pit`, `in_family`, the quantile columns of `mist_core.benchmarks.tasks`, and
        `failure`: why there is no answer; nats.
    """
    truths = batch.mutual_information.tolist()
    pairs = enumerate(zip(batch.x, batch.y, strict=True), first)
    answers = estimator.answer([Dataset(x, y, seed=number) for number, (x, y) in pairs])
    rows = [
        _row(answer, truth, rng.random()) for answer, truth in zip(answers, truths, strict=True)
    ]
    return _identify(estimator.name, batch, first).join(pd.DataFrame(rows))


def _row(answer: Answer, truth: float, uniform: float) -> dict:
    """The columns of `judge` that an answer fills."""
    known = answer.quantiles is not None
    quantiles = answer.quantiles if known else [math.nan] * len(LEVELS)
    low, high = CENTRAL_90
    return {
        "mean": math.nan if answer.estimate is None else answer.estimate,
        "low": quantiles[low],
        "high": quantiles[high],
        "pit": pit(quantiles, truth, uniform) if known else math.nan,
        "in_family": math.nan if answer.in_family is None else answer.in_family,
        **dict(zip(quantile_columns(), quantiles, strict=True)),
        "failure": answer.failure,
    }


def pit(quantiles: Sequence[float], truth: float, uniform: float) -> float:
    """Probability integral transform of the truth: uniform on (0, 1) for honest posteriors.

    The inverse of `Posterior.quantile`; outside the known levels the nearest of them. At MI = 0
    posteriors have an atom: the value is drawn uniformly below the atom's weight, by `uniform`
    (Czado, Gneiting and Held, 2009, doi:10.1111/j.1541-0420.2009.01191.x).

    Args:
        quantiles: at LEVELS, nats.
        truth: MI, nats.
        uniform: a draw from (0, 1), used at the atom only.
    """
    levels, quantiles = LEVELS.double().numpy(), np.array(quantiles)
    if truth <= 0:
        return uniform * float(levels[quantiles <= 0].max(initial=levels[0]))
    logit = np.log(levels / (1 - levels))
    at = np.interp(np.log(truth + OFFSET), np.log(quantiles + OFFSET), logit)
    return float(1 / (1 + np.exp(-at)))


def _identify(method: str, batch: Batch, first: int) -> pd.DataFrame:
    """The columns that say which dataset a row is, and its truth."""
    count = len(batch.compositions)
    return pd.DataFrame(
        {
            "method": method,
            "number": np.arange(first, first + count),
            "family": batch.families,
            "laws": [list(composition.laws) for composition in batch.compositions],
            "n_samples": batch.x.shape[1],
            "dim_x": batch.x.shape[2],
            "dim_y": batch.y.shape[2],
            "truth": batch.mutual_information.numpy(),
        }
    )

"""Calibration: datasets from chosen laws stream in, each with its truth and its intervals.

Coverage is an average over the laws drawn, not a promise for each of them.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mist_core.benchmarks.baselines.resampling import PEERS
from mist_core.benchmarks.tasks import quantile_columns
from mist_core.calibration.study import Study
from mist_core.errors import BaselineError, InputError
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior
from mist_core.networks.quantiles import OFFSET
from mist_core.priors.batch import Batch

COVERAGE = 0.9
MIST, CLASSIC = "mist", "classic"
# Resampling KSG takes n^2 numbers two hundred times: beyond, many seconds a dataset.
MOST_PEER_ROWS = 500


def follow(
    study: Study, estimator: MISTEstimator, classic: MISTEstimator | None = None, n_peers: int = 0
) -> Iterator[pd.DataFrame]:
    """Draws a study and yields tables as they come; see `judge` and `judge_peers` for their rows.

    Args:
        study: what to draw.
        estimator: judged on every dataset.
        classic: the published architecture, judged on the datasets of the peers only.
        n_peers: datasets for the slow peers, at most; one a batch of up to MOST_PEER_ROWS rows.

    Raises:
        ParameterError: as `Study.draws`.
    """
    for first, batch, rng in study.draws():
        yield judge(MIST, estimator, batch, rng, first=first)
        count = len(batch.families)
        # Spread evenly, so that the model's figures grow all along.
        due = (first + count) * n_peers // study.n_datasets > first * n_peers // study.n_datasets
        if due and batch.x.shape[1] <= MOST_PEER_ROWS:
            place = int(rng.integers(count))
            one = part(batch, place, place + 1)
            yield from judge_peers(one, rng, classic, first=first + place)


def judge(
    method: str,
    estimator: MISTEstimator,
    batch: Batch,
    rng: np.random.Generator,
    *,
    first: int = 0,
) -> pd.DataFrame:
    """The estimator's answers.

    Args:
        method: what to call it.
        estimator: any weights.
        batch: datasets with their truth.
        rng: of the randomised `pit`.
        first: number of the batch's first dataset.

    Returns:
        A row a dataset: `method`, `number`, `family`, `n_samples`, `dim_x`, `dim_y`,
        `truth`, `mean`, `low` and `high` of the 90 % interval, `pit`, `in_family`, and the quantile
        columns of `mist_core.benchmarks.tasks`; nats.
    """
    posteriors = estimator.posteriors(zip(batch.x, batch.y, strict=True))
    truth = batch.mutual_information.tolist()
    ends = np.array([posterior.interval(COVERAGE) for posterior in posteriors])
    quantiles = np.array([posterior.quantiles for posterior in posteriors])
    return _identify(method, batch, first).assign(
        mean=[posterior.mean for posterior in posteriors],
        low=ends[:, 0],
        high=ends[:, 1],
        pit=[pit(p, t, rng.random()) for p, t in zip(posteriors, truth, strict=True)],
        in_family=[posterior.in_family for posterior in posteriors],
        **dict(zip(quantile_columns(), quantiles.T, strict=True)),
    )


def judge_peers(
    batch: Batch,
    rng: np.random.Generator,
    classic: MISTEstimator | None = None,
    *,
    first: int = 0,
) -> Iterator[pd.DataFrame]:
    """Tables like that of `judge` for each of `PEERS` and for the published architecture.

    Where an estimator cannot run, `low` and `high` are missing and `failure` says why.
    """
    for name in PEERS:
        yield _resampled(name, batch, rng, first)
    if classic is None:
        return
    try:
        yield judge(CLASSIC, classic, batch, rng, first=first)
    except InputError as error:  # more columns than it has places for
        failed = {"low": np.nan, "high": np.nan, "failure": str(error)}
        yield _identify(CLASSIC, batch, first).assign(**failed)


def pit(posterior: Posterior, truth: float, uniform: float) -> float:
    """Probability integral transform of the truth: uniform on (0, 1) for honest posteriors.

    The inverse of `Posterior.quantile`; outside the known levels the nearest of them. At MI = 0
    posteriors have an atom: the value is drawn uniformly below the atom's weight, by `uniform`
    (Czado, Gneiting and Held, 2009, doi:10.1111/j.1541-0420.2009.01191.x).

    Args:
        posterior: in nats.
        truth: MI, nats.
        uniform: a draw from (0, 1), used at the atom only.
    """
    levels, quantiles = np.array(posterior.levels), np.array(posterior.quantiles)
    if truth <= 0:
        return uniform * float(levels[quantiles <= 0].max(initial=levels[0]))
    logit = np.log(levels / (1 - levels))
    at = np.interp(np.log(truth + OFFSET), np.log(quantiles + OFFSET), logit)
    return float(1 / (1 + np.exp(-at)))


def part(batch: Batch, start: int, stop: int) -> Batch:
    """Datasets start..stop-1 of a batch."""
    x, y, truth = (t[start:stop] for t in (batch.x, batch.y, batch.mutual_information))
    return Batch(x, y, truth, batch.families[start:stop])


def _resampled(name: str, batch: Batch, rng: np.random.Generator, first: int) -> pd.DataFrame:
    """One peer's intervals, as rows of `judge_peers`."""
    rows = []
    for x, y in zip(batch.x, batch.y, strict=True):
        try:
            low, high = PEERS[name].interval(x, y, coverage=COVERAGE, rng=rng)
            rows.append({"low": low, "high": high, "failure": None})
        except BaselineError as error:
            rows.append({"low": np.nan, "high": np.nan, "failure": str(error)})
    return _identify(name, batch, first).join(pd.DataFrame(rows))


def _identify(method: str, batch: Batch, first: int) -> pd.DataFrame:
    """The columns that say which dataset a row is, and its truth."""
    count = len(batch.families)
    return pd.DataFrame(
        {
            "method": method,
            "number": np.arange(first, first + count),
            "family": batch.families,
            "n_samples": batch.x.shape[1],
            "dim_x": batch.x.shape[2],
            "dim_y": batch.y.shape[2],
            "truth": batch.mutual_information.numpy(),
        }
    )

"""One test set for all weights: laws of every kind drawn by one seed, judged once for each file.

Answers are kept by the digest of the weights: of shipped ones in `results/`, of others in the data
folder.
"""

import hashlib
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from mist_core.benchmarks.tasks import quantile_columns
from mist_core.calibration.judge import COVERAGE, follow
from mist_core.calibration.study import A_DRAW, Study
from mist_core.files import content_of, storing, write_whole
from mist_core.inference.estimator import MISTEstimator
from mist_core.networks.quantiles import LEVELS
from mist_core.networks.scoring import weighted_interval_score
from mist_core.paths import RESULTS, home

# A seed that no training and no other study has.
STUDY = Study("general", (10, 2000), (1, 16), 400, 1_618_033)
COLUMNS = ["number", "truth", "error", "score", "held"]
SHIPPED = "common-test.parquet"

Progress = Callable[[float], object]


@dataclass(frozen=True)
class Estimate:
    """A mean over the test set, with its standard error; neighbours share a shape."""

    value: float
    standard_error: float


def judged(estimator: MISTEstimator, progress: Progress = lambda share: None) -> pd.DataFrame:
    """What the test set says of weights.

    Returns:
        A row a dataset: `number`, `truth`, `error` (signed, of the mean), `score` (weighted
        interval score), all nats, and whether the truth lies in the 90 % interval, `held`, a truth
        of 0 by chance as often as the interval promises; NaN where there was no answer.
    """
    parts, done = [], 0
    for rows in follow(STUDY, estimator):
        quantiles = torch.tensor(rows[quantile_columns()].to_numpy(float))
        truth = torch.tensor(rows.truth.to_numpy(float))
        score = weighted_interval_score(quantiles, truth, LEVELS.double()).numpy()
        held = ((rows.pit - 0.5).abs() <= COVERAGE / 2 + 1e-6).astype(float).where(rows.pit.notna())
        parts.append(rows.assign(error=rows["mean"] - rows.truth, score=score, held=held)[COLUMNS])
        done += len(rows)
        progress(done / STUDY.n_datasets)
    return pd.concat(parts, ignore_index=True)


def scored(estimator: MISTEstimator, progress: Progress = lambda share: None) -> pd.DataFrame:
    """The rows of `judged`, worked out once for each file of weights.

    Raises:
        StorageError: they cannot be kept.
    """
    known = known_scores(estimator.sha256)
    if known is None:
        known = judged(estimator, progress)
        keep(estimator.sha256, known)
    return known


def known_scores(sha256: str) -> pd.DataFrame | None:
    """The kept rows of weights with this digest; None where there are none, or none of use."""
    shipped = _read(RESULTS / SHIPPED)
    if shipped is not None and "weights" in shipped:
        rows = shipped[shipped.weights == f"{sha256}-{_key()}"]
        if len(rows) == STUDY.n_datasets:
            return rows.drop(columns="weights").reset_index(drop=True)
    kept = _read(_path(sha256))
    return kept if kept is not None and len(kept) == STUDY.n_datasets else None


def keep(sha256: str, rows: pd.DataFrame) -> None:
    """Keep rows of `judged` in the data folder.

    Raises:
        StorageError: they cannot be written.
    """
    with storing(_path(sha256)):
        _path(sha256).parent.mkdir(parents=True, exist_ok=True)
        write_whole(_path(sha256), rows.to_parquet(index=False))


def ship(rows: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the rows of several weights, by their digests, as they are shipped."""
    tables = [table.assign(weights=f"{sha256}-{_key()}") for sha256, table in rows.items()]
    with storing(folder):
        content = pd.concat(tables, ignore_index=True).to_parquet(index=False, compression="zstd")
        write_whole(folder / SHIPPED, content)


def estimates(rows: pd.DataFrame) -> dict[str, Estimate]:
    """`error` (mean absolute), `score` and `coverage` of weights, from rows of `judged`."""
    return {
        "error": mean(rows.error.abs()),
        "score": mean(rows.score),
        "coverage": mean(rows.held),
    }


def lead(rows: pd.DataFrame, other: pd.DataFrame) -> Estimate:
    """By how much the interval score is below that of others, in pairs, dataset by dataset."""
    return mean(other.score - rows.score)


def mean(values: pd.Series) -> Estimate:
    """Over datasets in the order of the test set, with an error clustered by shape."""
    groups = values.groupby(np.arange(len(values)) // A_DRAW).mean().dropna()
    return Estimate(float(groups.mean()), float(groups.std(ddof=1) / math.sqrt(len(groups))))


def _path(sha256: str) -> Path:
    return home() / "common-test" / f"{sha256}-{_key()}.parquet"


def _key() -> str:
    """Another test set, another key."""
    return hashlib.sha256(repr(STUDY).encode()).hexdigest()[:8]


def _read(path: Path) -> pd.DataFrame | None:
    """A table with the columns of `judged`; None where the file is missing or damaged."""
    try:
        table = pd.read_parquet(io.BytesIO(content_of(path)))
    except (OSError, ValueError):  # Parquet's errors are ValueErrors
        return None
    return table if set(COLUMNS) <= set(table) else None

"""Whatever a benchmark can score: our weights, bmi's estimators, a Python file, a table."""

import abc
import hashlib
import importlib.metadata
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mist_core.benchmarks.baselines.estimators import BASELINES, estimate_baseline
from mist_core.benchmarks.tasks import Dataset
from mist_core.errors import MISTError
from mist_core.inference.estimator import MISTEstimator

SCIKIT_LEARN = "sklearn-ksg"


@dataclass(frozen=True)
class Answer:
    """What a candidate says of one dataset.

    Attributes:
        estimate: nats, unclipped; None where it failed.
        seconds: spent on it; of a batch, its share.
        failure: why there is no estimate, in one sentence.
        quantiles: at `model.LEVELS`, for those that give an interval.
    """

    estimate: float | None
    seconds: float = math.nan
    failure: str | None = None
    quantiles: Sequence[float] | None = None


class Candidate(abc.ABC):
    """An estimator with a name, and with what tells two of one name apart.

    Attributes:
        name: its row in a leaderboard.
        identity: a digest or a version: rows of another identity are not taken over.
        batched: whether datasets of one shape gain from being answered together.
        neural: whether it trains on each dataset, which takes seconds.
    """

    name: str
    identity: str
    batched = False
    neural = False

    @property
    def key(self) -> str:
        """What its rows are kept under while a run lasts."""
        return f"{self.name} {self.identity}"

    @abc.abstractmethod
    def answer(self, datasets: list[Dataset]) -> list[Answer]:
        """One answer a dataset, all of one shape; a failure is an answer, too."""


class Weights(Candidate):
    """Our network with one weights file; its estimate is the posterior's mean."""

    batched = True

    def __init__(self, name: str, estimator: MISTEstimator):
        self.name, self.estimator, self.identity = name, estimator, estimator.sha256

    def answer(self, datasets):
        start = time.perf_counter()
        try:
            posteriors = self.estimator.posteriors((d.x, d.y) for d in datasets)
        # RuntimeError is what torch raises where an eigen-decomposition does not converge.
        except (MISTError, RuntimeError) as error:
            if len(datasets) > 1:
                return [answer for dataset in datasets for answer in self.answer([dataset])]
            return [Answer(None, time.perf_counter() - start, str(error))]
        share = (time.perf_counter() - start) / len(datasets)
        return [Answer(p.mean, share, quantiles=p.quantiles) for p in posteriors]


class Baseline(Candidate):
    """One of bmi's estimators, in a process of its own."""

    def __init__(self, name: str, time_limit: float):
        self.name, self.time_limit = name, time_limit
        # With a longer limit, one that ran out of time may answer.
        version = importlib.metadata.version("benchmark-mi")
        self.identity = f"benchmark-mi {version} {time_limit:g} s"
        self.neural = BASELINES[name].neural

    def answer(self, datasets):
        return [self._answer(dataset) for dataset in datasets]

    def _answer(self, dataset: Dataset) -> Answer:
        try:
            result = estimate_baseline(
                self.name, dataset.x, dataset.y, time_limit=self.time_limit, seed=dataset.cell.seed
            )
        except MISTError as error:  # data that no estimator can use
            return Answer(None, failure=str(error))
        return Answer(result.mutual_information, result.seconds, result.failure)


class Function(Candidate):
    """Any `estimate(x, y) -> float` in this process, x (n, dim_x) and y (n, dim_y) NumPy arrays."""

    def __init__(self, name: str, estimate: Callable[[np.ndarray, np.ndarray], Any], identity: str):
        self.name, self.identity, self.estimate = name, identity, estimate

    def answer(self, datasets):
        # Copies: foreign code may sort them, and others are asked about the same data.
        pairs = ([side.double().numpy().copy() for side in (d.x, d.y)] for d in datasets)
        return [self.answer_pair(*pair) for pair in pairs]

    def answer_pair(self, x: np.ndarray, y: np.ndarray) -> Answer:
        """The answer to x (n, dim_x) and y (n, dim_y)."""
        start = time.perf_counter()
        try:
            value = float(self.estimate(x, y))
        # Foreign code may raise anything, and a failing estimator stops nothing.
        except (Exception, SystemExit) as error:
            failure = f"The estimator stopped with {type(error).__name__}: {error}"
            return Answer(None, time.perf_counter() - start, failure)
        seconds = time.perf_counter() - start
        if not math.isfinite(value):
            return Answer(None, seconds, f"The estimator returned {value}.")
        return Answer(value, seconds)


def scikit_learn() -> Function:
    """scikit-learn's KSG (`mutual_info_regression`), which compares single columns only."""
    identity = f"scikit-learn {importlib.metadata.version('scikit-learn')}"
    return Function(SCIKIT_LEARN, _scikit_learn_ksg, identity)


def _scikit_learn_ksg(x: np.ndarray, y: np.ndarray) -> float:
    if x.shape[1] > 1 or y.shape[1] > 1:
        raise MISTError(f"scikit-learn compares single columns; got {x.shape[1]} + {y.shape[1]}.")
    from sklearn.feature_selection import mutual_info_regression

    # It adds a little noise against ties, by a seed of its own.
    return float(mutual_info_regression(x, y[:, 0], random_state=0)[0])


def digest(content: bytes) -> str:
    """What tells two files of one name apart."""
    return hashlib.sha256(content).hexdigest()

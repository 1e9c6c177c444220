"""The estimators to compare, by name: bmi's, scikit-learn's, closed forms, resampled, ours."""

import importlib.metadata
import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from mist_core.benchmarks.base import CLASSICAL, OTHER, OURS, Answer, Dataset, Estimator
from mist_core.benchmarks.baselines.closed_form import CLOSED_FORMS
from mist_core.benchmarks.baselines.estimators import BASELINES, Baseline
from mist_core.benchmarks.baselines.resampling import RESAMPLED
from mist_core.errors import MISTError, ParameterError
from mist_core.inference.estimator import MISTEstimator

SCIKIT_LEARN = "sklearn-ksg"
# Before the names of our weights in result tables.
PREFIX = "mist-"
# Behind them where answers were refined.
REFINED = "-refined"


class Weights(Estimator):
    """Our network with one weights file; its estimate is the posterior's mean."""

    kind, batched = OURS, True

    def __init__(self, name: str, estimator: MISTEstimator, title: str = "MIST"):
        self.name, self.title, self.estimator = name, title, estimator
        self.identity = estimator.sha256

    @classmethod
    def named(cls, name: str, estimator: MISTEstimator) -> "Weights":
        """The weights of this name, as benchmarks call them."""
        return cls(PREFIX + name, estimator, f"MIST {name}")

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
        return [
            Answer(p.mean, share, quantiles=p.quantiles, in_family=p.in_family) for p in posteriors
        ]


class RefinedWeights(Weights):
    """The same, each answer refined on its own dataset for some seconds."""

    batched = False

    @classmethod
    def named(cls, name, estimator):
        return cls(PREFIX + name + REFINED, estimator, f"MIST {name}, refined")

    def answer(self, datasets):
        return [self._refined(dataset) for dataset in datasets]

    def _refined(self, dataset: Dataset) -> Answer:
        start = time.perf_counter()
        try:
            posterior = self.estimator.refine(dataset.x, dataset.y)
        except (MISTError, RuntimeError) as error:
            return Answer(None, time.perf_counter() - start, str(error))
        told = {"quantiles": posterior.quantiles, "in_family": posterior.in_family}
        return Answer(posterior.mean, time.perf_counter() - start, **told)


class Function(Estimator):
    """Any `estimate(x, y) -> float` in this process, x (n, dim_x) and y (n, dim_y) NumPy arrays."""

    kind = OTHER

    def __init__(self, name: str, estimate: Callable[[np.ndarray, np.ndarray], Any], identity: str):
        self.name = self.title = name
        self.identity, self.estimate = identity, estimate

    def answer(self, datasets):
        return [_called(self.estimate, dataset) for dataset in datasets]


class ScikitLearnKSG(Estimator):
    """scikit-learn's KSG (`mutual_info_regression`), which compares single columns only."""

    name, title, kind = SCIKIT_LEARN, "scikit-learn's KSG", CLASSICAL

    @property
    def identity(self) -> str:
        """The version that is installed."""
        return f"scikit-learn {importlib.metadata.version('scikit-learn')}"

    def answer(self, datasets):
        return [_called(_scikit_learn_ksg, dataset) for dataset in datasets]


def _called(estimate: Callable[[np.ndarray, np.ndarray], Any], dataset: Dataset) -> Answer:
    """What a function says of a dataset, timed, whatever it does."""
    # Copies: foreign code may sort them, and others are asked about the same data.
    x, y = (side.double().numpy().copy() for side in (dataset.x, dataset.y))
    start = time.perf_counter()
    try:
        value = float(estimate(x, y))
    # Foreign code may raise anything, and a failing estimator stops nothing.
    except (Exception, SystemExit) as error:
        failure = f"The estimator stopped with {type(error).__name__}: {error}"
        return Answer(None, time.perf_counter() - start, failure)
    seconds = time.perf_counter() - start
    if not math.isfinite(value):
        return Answer(None, seconds, f"The estimator returned {value}.")
    return Answer(value, seconds)


def _scikit_learn_ksg(x: np.ndarray, y: np.ndarray) -> float:
    if x.shape[1] > 1 or y.shape[1] > 1:
        raise MISTError(f"scikit-learn compares single columns; got {x.shape[1]} + {y.shape[1]}.")
    from sklearn.feature_selection import mutual_info_regression

    # It adds a little noise against ties, by a seed of its own.
    return float(mutual_info_regression(x, y[:, 0], random_state=0)[0])


# Those that run anywhere, beside our weights.
ESTIMATORS: dict[str, Estimator] = {
    **BASELINES,
    SCIKIT_LEARN: ScikitLearnKSG(),
    **CLOSED_FORMS,
    **RESAMPLED,
}


def estimator(name: str, time_limit: float | None = None) -> Estimator:
    """One of ESTIMATORS.

    Args:
        name: what result tables call it.
        time_limit: seconds for one estimate, of those that run in a process of their own.

    Raises:
        ParameterError: there is none of that name.
    """
    if name not in ESTIMATORS:
        raise ParameterError(f"Expected estimators among {', '.join(ESTIMATORS)}; got {name!r}.")
    found = ESTIMATORS[name]
    if time_limit is None or not isinstance(found, Baseline):
        return found
    return replace(found, time_limit=time_limit)

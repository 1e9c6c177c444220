"""What a user's type checker sees of the package; `make lint` checks it, nothing runs it."""

from typing import assert_type

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

import mist_core
from mist_core import MISTEstimator, Posterior
from mist_core.sklearn import MISTSelector, mist_score


def library(x: np.ndarray, y: np.ndarray, frame: pd.DataFrame) -> None:
    estimator = assert_type(MISTEstimator.load("general", device="cpu"), MISTEstimator)
    posterior = assert_type(estimator.posterior(x, y, types={"x": "class"}), Posterior)
    assert_type(posterior.mean, float)
    assert_type(posterior.interval(0.9), tuple[float, float])
    assert_type(posterior.to_bits(), Posterior)
    assert_type(estimator.posteriors([(x, y)]), list[Posterior])
    assert_type(estimator.estimate(x, y), float)
    assert_type(estimator.mutual_information(torch.zeros(9), torch.zeros(9)), torch.Tensor)
    assert_type(mist_core.estimate(x, y), Posterior)
    mist_core.associations(frame, "price").sort_values("low")


def in_scikit_learn(x: np.ndarray, y: np.ndarray) -> None:
    assert_type(MISTSelector(k=2).fit(x, y), MISTSelector)
    assert_type(mist_score(x, y, discrete_features=[0]), NDArray[np.float64])

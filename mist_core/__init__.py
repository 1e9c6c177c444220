"""MIST: amortized mutual-information estimation with honest intervals."""

from mist_core.errors import (
    BaselineError,
    InputError,
    JobError,
    MISTError,
    ParameterError,
    TableError,
    WeightsError,
)
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior

__all__ = [
    "BaselineError",
    "InputError",
    "JobError",
    "MISTError",
    "MISTEstimator",
    "ParameterError",
    "Posterior",
    "TableError",
    "WeightsError",
]

"""MIST: amortized mutual-information estimation with honest intervals."""

from typing import TYPE_CHECKING, Any

from mist_core.errors import (
    BaselineError,
    InputError,
    JobError,
    MISTError,
    ParameterError,
    TableError,
    WeightsError,
)
from mist_core.inference.estimator import MISTEstimator, estimate
from mist_core.inference.posterior import Posterior

if TYPE_CHECKING:
    from mist_core.scan import associations

__version__ = "0.1.0"

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
    "associations",
    "estimate",
]


def __getattr__(name: str) -> Any:
    """`associations` brings the reading of tables along, which an estimate needs not load."""
    if name == "associations":
        from mist_core.scan import associations

        return associations
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""MIST: amortized mutual-information estimation with honest intervals."""

import importlib
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

if TYPE_CHECKING:
    from mist_core.inference.estimator import MISTEstimator, estimate
    from mist_core.inference.posterior import Posterior
    from mist_core.relations.layers import information_plane
    from mist_core.relations.synergy import interaction_information, together
    from mist_core.relations.transfer import transfer_entropy
    from mist_core.scan import associations
    from mist_core.series.lags import lagged

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
    "information_plane",
    "interaction_information",
    "lagged",
    "together",
    "transfer_entropy",
]

# Loaded when asked for: torch takes a second, in which a command could not even be interrupted.
_HOMES = {
    "MISTEstimator": "mist_core.inference.estimator",
    "Posterior": "mist_core.inference.posterior",
    "associations": "mist_core.scan",
    "estimate": "mist_core.inference.estimator",
    "information_plane": "mist_core.relations.layers",
    "interaction_information": "mist_core.relations.synergy",
    "lagged": "mist_core.series.lags",
    "together": "mist_core.relations.synergy",
    "transfer_entropy": "mist_core.relations.transfer",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Information across the layers of a network: the plane of Shwartz-Ziv and Tishby (2017).

The layers of a deterministic network know their input without end: I(X;T) is infinite, or ln of the
number of inputs, whatever the network has learned (Saxe et al., 2018; Goldfeld et al., 2019, arXiv
1810.05728). Here noise of a stated size is added to the activations first, so what is measured is
what the noisy layers know; another size gives other numbers.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mist_core.errors import InputError, ParameterError
from mist_core.inference.estimator import MISTEstimator, general

MOST_DIMS = 16
CAVEAT = (
    "The layers of a deterministic network have infinite information about their input: these are "
    "the numbers for activations with noise of {noise:g} times their spread, in their leading "
    f"{MOST_DIMS} directions."
)


def information_plane(
    activations: Mapping[str, Any],
    inputs: Any,
    labels: Any,
    *,
    noise: float = 0.1,
    rng: np.random.Generator,
    estimator: MISTEstimator | None = None,
) -> pd.DataFrame:
    """What each layer, with noise, knows about the input and about the label.

    Args:
        activations: for each layer by its name (n, units), in the order of the layers.
        inputs: (n, d) what went in.
        labels: (n,) what was to be said, classes or numbers.
        noise: standard deviation added, over that of a layer's activations; above 0.
        rng: of the noise.
        estimator: the general one if None.

    Returns:
        A row for each layer: layer, dims, and of both the mean and the ends of the 90 % interval,
        nats. `attrs["caveat"]` says what the numbers are of.

    Raises:
        InputError: activations are not finite numbers (n, units).
        ParameterError: `noise` is not above 0: then there is nothing finite to measure.
    """
    if not (np.isscalar(noise) and np.isfinite(noise) and noise > 0):
        raise ParameterError(
            f"noise: expected a number above 0, got {noise!r:.80}: without noise the information "
            "of a layer about its input is infinite."
        )
    estimator = estimator or general()
    shown = _leading(np.asarray(inputs, dtype=float).reshape(len(inputs), -1))
    rows = []
    for name, values in activations.items():
        layer = _noisy(name, values, noise, rng)
        about = {"input": estimator.posterior(layer, shown)}
        about["label"] = estimator.posterior(layer, labels)
        row: dict[str, Any] = {"layer": name, "dims": layer.shape[1]}
        for what, posterior in about.items():
            low, high = posterior.interval()
            row |= {what: posterior.mean, f"{what}_low": low, f"{what}_high": high}
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame.attrs["caveat"] = CAVEAT.format(noise=noise)
    return frame


def _noisy(name: str, values: Any, noise: float, rng: np.random.Generator) -> np.ndarray:
    """(n, dims) leading directions of a layer's activations plus noise."""
    layer = np.asarray(values, dtype=float)
    if layer.ndim != 2 or not np.isfinite(layer).all():
        raise InputError(f"{name}: expected finite activations (n, units), got {layer.shape}.")
    spread = layer.std() or 1.0
    return _leading(layer + noise * spread * rng.standard_normal(layer.shape))


def _leading(rows: np.ndarray) -> np.ndarray:
    """(n, at most 16) principal components of rows (n, d)."""
    if rows.shape[1] <= MOST_DIMS:
        return rows
    centred = rows - rows.mean(0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return centred @ vectors[:, ::-1][:, :MOST_DIMS]

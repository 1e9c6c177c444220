"""Distributions from which the parameters of random laws are drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from mist_core.priors.paper import Source

LEAST_GAMMA = 1e-200  # a gamma draw with a small shape may be 0 in float64


def normal(source: Source, *shape: int) -> Tensor:
    """Standard normal draws, float64."""
    generator = source.generator
    return torch.randn(shape, generator=generator, dtype=torch.float64, device=generator.device)


def log_uniform(source: Source, low: float, high: float, *shape: int) -> Tensor:
    """Draws between low and high whose logarithm is uniform, float64."""
    return source.uniform(math.log(low), math.log(high), *shape).exp()


def dirichlet(source: Source, concentration: Tensor) -> Tensor:
    """Probabilities that sum to 1 along the last dimension, of the concentrations' shape."""
    gamma = torch._standard_gamma(concentration, source.generator).clamp_min(LEAST_GAMMA)
    return gamma / gamma.sum(-1, keepdim=True)


def coin(source: Source, probability: float, *shape: int) -> Tensor:
    """True with this probability."""
    return source.uniform(0, 1, *shape) < probability


def random_covariance(source: Source, spread: Tensor, dim: int) -> Tensor:
    """Random covariances of unit mean variance, positive definite.

    Args:
        source: of all randomness.
        spread: shape (*batch,), at least 0; 0 gives the identity, large ones strong correlations.
        dim: columns.

    Returns:
        Shape (*batch, dim, dim).
    """
    mixing = spread[..., None, None] * normal(source, *spread.shape, dim, dim)
    covariance = mixing @ mixing.mT + torch.eye(dim, dtype=spread.dtype, device=spread.device)
    trace = covariance.diagonal(dim1=-2, dim2=-1).mean(-1)
    return covariance / trace[..., None, None]

"""Gaussian mixtures with random parameters, up to several components in many columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from mist_core.distributions.mixtures import GaussianMixture
from mist_core.distributions.numerics.randomness import (
    coin,
    dirichlet,
    log_uniform,
    normal,
    random_covariance,
)

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source

RAREST_COMPONENT = 0.02  # added to the share of each random component


def random_mixtures(
    count: int,
    source: Source,
    dim_x: int,
    dim_y: int,
    components: int,
    *,
    tolerance: float = 0.005,
) -> GaussianMixture:
    """Mixtures from one blurred cloud to well-separated clusters, round or elongated.

    A fifth of the laws have all means at 0 (only the shapes of the clouds differ), and the
    components of a law share one covariance in a third of them.

    Args:
        count: laws in the batch.
        source: of all randomness.
        dim_x: columns of X.
        dim_y: columns of Y.
        components: of each mixture.
        tolerance: standard error of the truth to reach, nats.
    """
    dim = dim_x + dim_y
    weights = dirichlet(source, log_uniform(source, 0.5, 20, count, 1).expand(count, components))
    distance = log_uniform(source, 0.5, 12, count, 1, 1) * ~coin(source, 0.2, count, 1, 1)
    # Distances between two means are then about `distance`, whatever the dimension.
    means = distance * (2 * dim) ** -0.5 * normal(source, count, components, dim)
    spread = log_uniform(source, 0.1, 4, count, 1).expand(count, components)
    covariances = random_covariance(source, spread, dim)
    sizes = torch.exp(source.uniform(0, 0.7, count, 1) * normal(source, count, components))
    common = coin(source, 1 / 3, count, 1, 1, 1)
    covariances = torch.where(common, covariances[:, :1], sizes[..., None, None] * covariances)
    seed = int(source.integers(0, 2**31 - 1, 1))
    return GaussianMixture(
        weights + RAREST_COMPONENT, means, covariances, dim_x, tolerance=tolerance, seed=seed
    )

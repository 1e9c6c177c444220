"""Mixtures of Gaussians: the density is known, the mutual information by Monte Carlo."""

import torch
from torch import Tensor

from mist_core.distributions import Law
from mist_core.errors import ParameterError
from mist_core.parameters import as_tensor, require, require_dim
from mist_core.positive_definite import (
    half_log_det,
    positive_definite_factor,
    squared_norm,
    symmetric_matrix,
)

ELEMENTS_A_ROUND = 2**22  # numbers held at once by a Monte Carlo round: 32 MB in float64


class GaussianMixture(Law):
    """Mixture of K jointly normal components.

    The truth is the Monte Carlo mean of the pointwise mutual information, drawn from the law's
    own seeded stream until its standard error is below the tolerance, and kept.

    Args:
        weights: shape (*batch, K), positive; scaled to sum to 1.
        means: shape (*batch, K, D), D = dim_x + dim_y.
        covariances: shape (*batch, K, D, D), symmetric positive definite.
        dim_x: how many of the leading columns are X.
        tolerance: standard error to reach, nats.
        max_draws: draws a law after which the truth is taken as it is, with its error.
        seed: of the stream that only the truth uses.

    Raises:
        ParameterError: wrong shapes, weights not positive, or a matrix not positive definite.
    """

    def __init__(
        self,
        weights: Tensor,
        means: Tensor,
        covariances: Tensor,
        dim_x: int,
        *,
        tolerance: float = 0.005,
        max_draws: int = 2**20,
        seed: int = 0,
    ) -> None:
        covariances = symmetric_matrix(as_tensor(covariances, "covariances"))
        self.device = covariances.device
        means = as_tensor(means, "means", self.device)
        weights = as_tensor(weights, "weights", self.device)
        if means.shape != covariances.shape[:-1] or weights.shape != means.shape[:-1]:
            raise ParameterError(
                "weights, means and covariances must have shapes (*batch, K), (*batch, K, D) and "
                f"(*batch, K, D, D); got {tuple(weights.shape)}, {tuple(means.shape)} and "
                f"{tuple(covariances.shape)}."
            )
        require((weights > 0) & weights.isfinite(), weights, "weights must be positive and finite")
        self.batch_shape = weights.shape[:-1]
        self.dim_x = require_dim(dim_x, "dim_x", most=means.shape[-1] - 1)
        self.dim_y = means.shape[-1] - dim_x
        self.weights, self.means = weights / weights.sum(-1, keepdim=True), means
        self._factor = positive_definite_factor(covariances)
        self._factor_y = positive_definite_factor(covariances[..., dim_x:, dim_x:])
        self._tolerance, self._max_draws, self._seed = tolerance, max_draws, seed
        self._truth: tuple[Tensor, Tensor] | None = None

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        count, dim = self.weights.shape[-1], self.dim_x + self.dim_y
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        component = torch.multinomial(
            self.weights.reshape(-1, count), n_samples, replacement=True, generator=generator
        ).reshape(shape)
        noise = torch.randn((*shape, dim), generator=generator, dtype=dtype, device=self.device)
        xy = torch.empty_like(noise)
        for k in range(count):
            mean, factor = self.means[..., k, None, :], self._factor[..., k, :, :]
            drawn = mean.to(dtype) + noise @ factor.mT.to(dtype)
            xy = torch.where((component == k)[..., None], drawn, xy)
        return xy[..., : self.dim_x], xy[..., self.dim_x :]

    def pointwise_mutual_information(self, x, y):
        d = self.dim_x
        return (
            self._log_density(self._factor, self.means, torch.cat([x, y], dim=-1))
            - self._log_density(self._factor[..., :d, :d], self.means[..., :d], x)
            - self._log_density(self._factor_y, self.means[..., d:], y)
        )

    def mutual_information(self):
        return self._monte_carlo_truth()[0]

    def standard_error(self):
        return self._monte_carlo_truth()[1]

    def _log_density(self, factor: Tensor, means: Tensor, points: Tensor) -> Tensor:
        """ln p up to (D / 2) ln(2 pi), which cancels between the joint and the sides."""
        centred = points.double()[..., None, :, :] - means[..., :, None, :]  # (*batch, K, n, D)
        components = -squared_norm(factor, centred) / 2 - half_log_det(factor)[..., None]
        return torch.logsumexp(self.weights.log()[..., None] + components, dim=-2)

    def _monte_carlo_truth(self) -> tuple[Tensor, Tensor]:
        if self._truth is None:
            self._truth = self._estimate()
        return self._truth

    def _estimate(self) -> tuple[Tensor, Tensor]:
        """Mean of the pointwise information and its standard error, each (*batch,)."""
        generator = torch.Generator(self.device).manual_seed(self._seed)
        n_round = max(256, min(16384, ELEMENTS_A_ROUND // self.means.numel()))
        total = torch.zeros(self.batch_shape, dtype=torch.float64, device=self.device)
        squares, n = total.clone(), 0
        while True:
            x, y = self.sample(n_round, generator=generator)
            values = self.pointwise_mutual_information(x, y)
            total, squares = total + values.sum(-1), squares + values.square().sum(-1)
            n += n_round
            mean = total / n
            error = ((squares / n - mean.square()).clamp_min(0) / n).sqrt()
            if n >= self._max_draws or (n >= 1024 and error.amax() < self._tolerance):
                return mean, error

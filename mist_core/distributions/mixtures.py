"""Mixtures of Gaussians: the density is known, the mutual information by Monte Carlo."""

import copy

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.monte_carlo import monte_carlo_mean
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.positive_definite import (
    half_log_det,
    positive_definite_factor,
    squared_norm,
    symmetric_matrix,
)
from mist_core.distributions.numerics.randomness import (
    Source,
    coin,
    dirichlet,
    log_uniform,
    normal,
    random_covariance,
)
from mist_core.errors import ParameterError

FEWEST_DRAWS = 1024  # before a standard error is believed
RAREST_COMPONENT = 0.02  # added to the share of each random component


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
        xy, _ = self._draw(require_dim(n_samples, "n_samples"), generator, dtype)
        return xy[..., : self.dim_x], xy[..., self.dim_x :]

    def pointwise_mutual_information(self, x, y):
        joint, only_x, only_y = self._log_components(torch.cat([x, y], dim=-1))
        return joint.logsumexp(-2) - only_x.logsumexp(-2) - only_y.logsumexp(-2)

    def mutual_information(self):
        return self._monte_carlo_truth()[0]

    def standard_error(self):
        return self._monte_carlo_truth()[1]

    def _draw(
        self, n: int, generator: torch.Generator, dtype: torch.dtype
    ) -> tuple[Tensor, Tensor]:
        """Rows (*batch, n, D) and the component of each, (*batch, n)."""
        count = self.weights.shape[-1]
        component = torch.multinomial(
            self.weights.reshape(-1, count), n, replacement=True, generator=generator
        ).reshape(*self.batch_shape, n)
        shape = (*self.batch_shape, n, self.dim_x + self.dim_y)
        noise = torch.randn(shape, generator=generator, dtype=dtype, device=self.device)
        xy = torch.empty_like(noise)
        for k in range(count):
            mean, factor = self.means[..., k, None, :], self._factor[..., k, :, :]
            drawn = mean.to(dtype) + noise @ factor.mT.to(dtype)
            xy = torch.where((component == k)[..., None], drawn, xy)
        return xy, component

    def _log_components(self, xy: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """ln w_k p_k of (x, y), of x and of y, each (*batch, K, n), up to powers of 2 pi."""
        d = self.dim_x
        centred = xy.double()[..., None, :, :] - self.means[..., :, None, :]  # (*batch, K, n, D)
        sides = (
            (self._factor, centred),
            (self._factor[..., :d, :d], centred[..., :d]),
            (self._factor_y, centred[..., d:]),
        )
        return tuple(
            self.weights.log()[..., None]
            - half_log_det(factor)[..., None]
            - squared_norm(factor, rows) / 2
            for factor, rows in sides
        )

    def _monte_carlo_truth(self) -> tuple[Tensor, Tensor]:
        """Mutual information and its standard error, each (*batch,)."""
        if self._truth is None:
            truth = monte_carlo_mean(
                lambda laws, n, g: self._chosen(laws)._information_and_control(n, g),
                self.batch_shape.numel(),
                tolerance=self._tolerance,
                generator=torch.Generator(self.device).manual_seed(self._seed),
                max_draws=self._max_draws,
                first_round=FEWEST_DRAWS,
            )
            self._truth = tuple(numbers.view(self.batch_shape) for numbers in truth)
        return self._truth

    def _chosen(self, laws: Tensor) -> "GaussianMixture":
        """Laws of the batch by their numbers, (m,), in a batch of one dimension."""
        part, ndim = copy.copy(self), len(self.batch_shape)
        for name in ("weights", "means", "_factor", "_factor_y"):
            tensor = getattr(self, name)
            setattr(part, name, tensor.reshape(-1, *tensor.shape[ndim:])[laws])
        part.batch_shape = laws.shape
        return part

    def _information_and_control(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Pointwise information of n draws, and a control variate of mean 0, each (*batch, n).

        The control is the pointwise information there would be between the sides if each also
        showed the component k; its mean is known, sum_k w_k (I_k - ln w_k).
        """
        xy, component = self._draw(n, generator, torch.float64)
        joint, only_x, only_y = self._log_components(xy)
        information = joint.logsumexp(-2) - only_x.logsumexp(-2) - only_y.logsumexp(-2)
        known = (joint - only_x - only_y).gather(-2, component[..., None, :]).squeeze(-2)
        conditional = self._factor[..., self.dim_x :, self.dim_x :]
        within = half_log_det(self._factor_y) - half_log_det(conditional)  # I_k, (*batch, K)
        mean = (self.weights * (within - self.weights.log())).sum(-1, keepdim=True)
        return information, known - mean


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

"""Classes on one side and numbers on the other: X is a label, Y is normal given the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.contingency import decode, draw_classes, encode, encoded_dim
from mist_core.distributions.numerics.monte_carlo import MAX_DRAWS, monte_carlo_mean
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.positive_definite import (
    half_log_det,
    positive_definite_factor,
    squared_norm,
)
from mist_core.distributions.numerics.randomness import (
    coin,
    dirichlet,
    log_uniform,
    normal,
    random_covariance,
)
from mist_core.errors import ParameterError

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source

RAREST_CLASS = 0.01  # added to the share of each random class
FIRST_ROUND = 128  # a draw of Y from every class counts as one: few of them say much


class ClassConditional(Law):
    """X is one of K classes and Y is normal given the class.

    I = E_Y sum_k p(k | Y) ln(p(k | Y) / w_k), by Monte Carlo with one draw of Y from every class
    at a time; the terms lie between 0 and -ln min w.

    Args:
        weights: w, shape (*batch, K), positive; scaled to sum to 1.
        means: shape (*batch, K, q).
        covariances: shape (*batch, K, q, q), symmetric positive definite.
        encoding: "codes", "onehot" or "uniform", as for `Contingency`.
        tolerance: standard error of the truth to reach, nats.
        max_draws: draws a class after which the truth is taken as it is, with its error.
        seed: of the stream that only the truth uses.

    Raises:
        ParameterError: wrong shapes, weights not positive, a matrix not positive definite, or an
            unknown encoding.
    """

    def __init__(
        self,
        weights: Tensor,
        means: Tensor,
        covariances: Tensor,
        encoding: str = "codes",
        *,
        tolerance: float = 0.005,
        max_draws: int = MAX_DRAWS,
        seed: int = 0,
    ) -> None:
        covariances = as_tensor(covariances, "covariances")
        means = as_tensor(means, "means", covariances.device)
        weights = as_tensor(weights, "weights", covariances.device)
        expected = (*means.shape, means.shape[-1]) if means.ndim > 1 else None
        if covariances.shape != expected or weights.shape != means.shape[:-1]:
            raise ParameterError(
                "weights, means and covariances must have shapes (*batch, K), (*batch, K, q) and "
                f"(*batch, K, q, q); got {tuple(weights.shape)}, {tuple(means.shape)} and "
                f"{tuple(covariances.shape)}."
            )
        require((weights > 0) & weights.isfinite(), weights, "weights must be positive and finite")
        self.weights, self.means = weights / weights.sum(-1, keepdim=True), means
        self.batch_shape, self.device = weights.shape[:-1], weights.device
        self.encoding = encoding
        self.dim_x, self.dim_y = encoded_dim(weights.shape[-1], encoding), means.shape[-1]
        self._factor = positive_definite_factor(covariances)
        self._tolerance, self._max_draws, self._seed = tolerance, max_draws, seed
        self._truth: tuple[Tensor, Tensor] | None = None

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        n = require_dim(n_samples, "n_samples")
        label = draw_classes(self.weights, n, generator)  # (*batch, n)
        shape = (*self.batch_shape, n, self.dim_y)
        noise = torch.randn(shape, generator=generator, dtype=dtype, device=self.device)
        y = torch.empty_like(noise)
        for k in range(self.weights.shape[-1]):
            mean, factor = self.means[..., k, None, :], self._factor[..., k, :, :]
            drawn = mean.to(dtype) + noise @ factor.mT.to(dtype)
            y = torch.where((label == k)[..., None], drawn, y)
        return encode(label, self.weights.shape[-1], self.encoding, generator, dtype), y

    def mutual_information(self):
        return self._monte_carlo()[0].clamp_min(0)  # the terms are not negative, but for rounding

    def standard_error(self):
        return self._monte_carlo()[1]

    def pointwise_mutual_information(self, x, y):
        ratio = _log_class_ratio(self.weights, self.means, self._factor, y.double())
        return ratio.gather(-2, decode(x, self.encoding)[..., None, :]).squeeze(-2)

    def _monte_carlo(self) -> tuple[Tensor, Tensor]:
        if self._truth is None:
            mean, error = monte_carlo_mean(
                self._draw_information,
                self.batch_shape.numel(),
                tolerance=self._tolerance,
                generator=torch.Generator(self.device).manual_seed(self._seed),
                max_draws=self._max_draws,
                first_round=FIRST_ROUND,
            )
            self._truth = mean.reshape(self.batch_shape), error.reshape(self.batch_shape)
        return self._truth

    def _draw_information(self, laws: Tensor, n: int, generator: torch.Generator) -> Tensor:
        """(len(laws), n) draws of mean I: one Y of each class together, weighted as they are."""
        classes, q = self.means.shape[-2:]
        weights = self.weights.reshape(-1, classes)[laws]
        means = self.means.reshape(-1, classes, q)[laws]
        factor = self._factor.reshape(-1, classes, q, q)[laws]
        shape = (len(laws), classes, n, q)
        noise = torch.randn(shape, generator=generator, dtype=means.dtype, device=means.device)
        y = (means[..., None, :] + noise @ factor.mT).reshape(len(laws), classes * n, q)
        ratio = _log_class_ratio(weights, means, factor, y)  # (B, K, K n)
        information = (weights[..., None] * ratio.exp() * ratio).sum(-2)
        return (weights[..., None] * information.reshape(len(laws), classes, n)).sum(-2)


def random_class_conditionals(
    count: int,
    source: Source,
    classes: int,
    dim_y: int,
    encoding: str = "codes",
    *,
    tolerance: float = 0.005,
) -> ClassConditional:
    """Unbalanced classes that differ in mean, in scale, in correlations, or in all of these.

    Args:
        count: laws in the batch.
        source: of all randomness.
        classes: K.
        dim_y: columns of Y.
        encoding: as for `Contingency`.
        tolerance: standard error of the truth to reach, nats.
    """
    weights = dirichlet(source, log_uniform(source, 0.5, 20, count, 1).expand(count, classes))
    distance = log_uniform(source, 0.1, 8, count, 1, 1) * ~coin(source, 0.15, count, 1, 1)
    means = distance / dim_y**0.5 * normal(source, count, classes, dim_y)
    common = coin(source, 0.5, count, 1)  # one covariance for all classes
    spread = log_uniform(source, 0.1, 5, count, 1).expand(count, classes)
    covariances = random_covariance(source, spread, dim_y)
    scales = torch.exp(source.uniform(0, 1, count, 1) * normal(source, count, classes))
    covariances = torch.where(
        common[..., None, None], covariances[:, :1], scales[..., None, None] * covariances
    )
    seed = int(source.integers(0, 2**31 - 1, 1))
    return ClassConditional(
        weights + RAREST_CLASS, means, covariances, encoding, tolerance=tolerance, seed=seed
    )


def _log_class_ratio(weights: Tensor, means: Tensor, factor: Tensor, y: Tensor) -> Tensor:
    """ln p(y | k) / p(y) for each class, shape (*batch, K, n)."""
    centred = y[..., None, :, :] - means[..., :, None, :]
    given = -half_log_det(factor)[..., None] - squared_norm(factor, centred) / 2
    total = (weights.log()[..., None] + given).logsumexp(-2, keepdim=True)
    return given - total

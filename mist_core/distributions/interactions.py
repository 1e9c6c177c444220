"""A class and numbers on one side that act together: in each class another line (Simpson, 1951)."""

import math

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.contingency import decode, draw_classes, encode, encoded_dim
from mist_core.distributions.noisy import LN_2_PI, log_normal, surprise
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.quadrature import legendre_panels
from mist_core.distributions.numerics.randomness import Source, coin, dirichlet, log_uniform, normal

REACH = 8.0  # standard deviations beyond which the density of Y is left out
PANEL = 2.0  # at most so many standard deviations of each class make a panel of 16 nodes
PLACES = torch.arange(-REACH, REACH + PANEL, PANEL, dtype=torch.float64)
RAREST_CLASS = 0.02  # added to the share of each random class


class ClassSlopes(Law):
    """X = (class k, numbers Z), Y = a_k . Z + b_k + s_k E; Z and E are standard normal.

    I = h(Y) - sum w_k ln(s_k sqrt(2 pi e)). Y alone is a mixture of K normals with deviations
    sqrt(|a_k|^2 + s_k^2); its entropy takes Gauss-Legendre panels between the places of all
    classes, to 1e-6 nats.

    Args:
        weights: (*batch, K), positive; scaled to sum to 1.
        slopes: a, (*batch, K, m).
        means: b, (*batch, K).
        noise: s, (*batch, K), positive.
        encoding: of the class, "codes" or "onehot", as for `Contingency`.

    Raises:
        ParameterError: weights or noise that are not positive.
    """

    dim_y = 1

    def __init__(
        self, weights: Tensor, slopes: Tensor, means: Tensor, noise: Tensor, encoding: str = "codes"
    ) -> None:
        weights, noise = as_tensor(weights, "weights"), as_tensor(noise, "noise")
        require(weights > 0, weights, "weights must be positive")
        require(noise > 0, noise, "noise must be positive")
        self.weights = weights / weights.sum(-1, keepdim=True)
        self.slopes, self.means = as_tensor(slopes, "slopes"), as_tensor(means, "means")
        self.noise, self.encoding = noise, encoding
        self.classes, self.numbers = self.slopes.shape[-2:]
        self.dim_x = encoded_dim(self.classes, encoding) + self.numbers
        self.batch_shape, self.device = weights.shape[:-1], weights.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        n = require_dim(n_samples, "n_samples")
        label = draw_classes(self.weights, n, generator)
        shape = (*self.batch_shape, n, self.numbers + 1)
        drawn = torch.randn(shape, generator=generator, dtype=torch.float64, device=self.device)
        z, e = drawn[..., :-1], drawn[..., -1]
        mean, noise = self._given(label, z)
        seen = encode(label, self.classes, self.encoding, generator, dtype)
        y = mean + noise * e
        return torch.cat([seen, z.to(dtype)], -1), y[..., None].to(dtype)

    def mutual_information(self):
        deviation = self._deviation
        places = self.means[..., None] + deviation[..., None] * PLACES.to(self.device)
        ends = places.flatten(-2).sort(-1).values
        y, weight = legendre_panels(ends[..., :-1], ends[..., 1:], 1)
        density = self._log_margin(y.flatten(-2))
        entropy = (weight.flatten(-2) * surprise(density)).sum(-1)
        within = (self.weights * self.noise.log()).sum(-1) + (LN_2_PI + 1) / 2
        return (entropy - within).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        wide = self.dim_x - self.numbers
        label = decode(x[..., :wide], self.encoding)
        mean, noise = self._given(label, x[..., wide:].double())
        y = y[..., 0].double()
        return log_normal(y - mean, noise) - self._log_margin(y)

    @property
    def _deviation(self) -> Tensor:
        """(*batch, K) of Y in each class."""
        return (self.slopes.square().sum(-1) + self.noise.square()).sqrt()

    def _given(self, label: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and noise of Y, (*batch, n) each."""
        lines = z @ self.slopes.mT + self.means[..., None, :]  # (*batch, n, K)
        mean = lines.gather(-1, label[..., None])[..., 0]
        return mean, self.noise.gather(-1, label)

    def _log_margin(self, y: Tensor) -> Tensor:
        """ln p(y), (*batch, n)."""
        given = log_normal(y[..., None] - self.means[..., None, :], self._deviation[..., None, :])
        return (self.weights.log()[..., None, :] + given).logsumexp(-1)


def random_class_slopes(
    count: int, source: Source, classes: int, numbers: int, encoding: str = "codes"
) -> ClassSlopes:
    """Lines that cross, run apart or share a slope, under little noise or much.

    Args:
        count: laws in the batch.
        source: of all randomness.
        classes: K.
        numbers: columns of numbers beside the class.
        encoding: as for `Contingency`.
    """
    weights = dirichlet(source, log_uniform(source, 1, 20, count, 1).expand(count, classes))
    slopes = normal(source, count, classes, numbers) / math.sqrt(numbers)
    shared = coin(source, 0.15, count, 1, 1)
    slopes = torch.where(shared, slopes[:, :1], slopes) * log_uniform(source, 0.3, 2, count, 1, 1)
    means = normal(source, count, classes) * log_uniform(source, 0.2, 3, count, 1)
    means = means * coin(source, 0.75, count, 1)
    uneven = 0.5 * coin(source, 0.3, count, 1) * normal(source, count, classes)
    noise = log_uniform(source, 0.05, 2, count, 1) * uneven.exp()
    return ClassSlopes(weights + RAREST_CLASS, slopes, means, noise, encoding)

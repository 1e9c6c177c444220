"""Classes on one side, and on the other numbers whose noise is not normal: uniform or skewed."""

import math

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.contingency import decode, draw_classes, encode, encoded_dim
from mist_core.distributions.numerics.monte_carlo import monte_carlo_mean
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.randomness import Source, coin, dirichlet, log_uniform, normal
from mist_core.errors import ParameterError

NOISES = ("uniform", "exponential", "laplace", "gamma", "gumbel")
LEAST_UNIFORM = 1e-12  # keeps logarithms finite
RAREST_CLASS = 0.01  # added to the share of each random class


class SkewedClasses(Law):
    """X is one of K classes; given it, Y_j = location_kj + scale_kj E_j, all E_j of one kind.

    I = E ln(p(Y | X) / p(Y)) by Monte Carlo.

    Args:
        weights: (*batch, K), positive; scaled to sum to 1.
        locations, scales: (*batch, K, q); a negative scale turns the noise over.
        noise: of `NOISES`.
        encoding: "codes" or "onehot", as for `Contingency`.
        tolerance: standard error of the truth to reach, nats.
        seed: of the stream that only the truth uses.

    Raises:
        ParameterError: a weight that is not positive, a scale of 0, or an unknown noise.
    """

    def __init__(
        self,
        weights: Tensor,
        locations: Tensor,
        scales: Tensor,
        noise: str,
        encoding: str = "codes",
        *,
        tolerance: float = 0.005,
        seed: int = 0,
    ) -> None:
        weights, scales = as_tensor(weights, "weights"), as_tensor(scales, "scales")
        require(weights > 0, weights, "weights must be positive")
        require(scales != 0, scales, "scales must not be 0")
        if noise not in NOISES:
            raise ParameterError(f"noise must be one of {', '.join(NOISES)}; got {noise!r}.")
        self.weights = weights / weights.sum(-1, keepdim=True)
        self.locations, self.scales = as_tensor(locations, "locations"), scales
        self.noise, self.encoding = noise, encoding
        self.batch_shape, self.device = weights.shape[:-1], weights.device
        self.dim_x, self.dim_y = encoded_dim(weights.shape[-1], encoding), scales.shape[-1]
        self._tolerance, self._seed = tolerance, seed
        self._truth: tuple[Tensor, Tensor] | None = None

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        n = require_dim(n_samples, "n_samples")
        laws = torch.arange(self.batch_shape.numel(), device=self.device)
        label, y = self._draw(laws, n, generator)
        label, y = label.reshape(*self.batch_shape, n), y.reshape(*self.batch_shape, n, self.dim_y)
        classes = self.weights.shape[-1]
        return encode(label, classes, self.encoding, generator, dtype), y.to(dtype)

    def mutual_information(self):
        return self._measured()[0].clamp_min(0)

    def standard_error(self):
        return self._measured()[1]

    def pointwise_mutual_information(self, x, y):
        label = decode(x, self.encoding)
        return _log_ratio(self.weights, self.locations, self.scales, self.noise, label, y.double())

    def _measured(self) -> tuple[Tensor, Tensor]:
        if self._truth is None:
            generator = torch.Generator(self.device).manual_seed(self._seed)
            count = self.batch_shape.numel()
            mean, error = monte_carlo_mean(
                self._information, count, tolerance=self._tolerance, generator=generator
            )
            self._truth = mean.reshape(self.batch_shape), error.reshape(self.batch_shape)
        return self._truth

    def _information(self, laws: Tensor, n: int, generator: torch.Generator) -> Tensor:
        label, y = self._draw(laws, n, generator)
        weights, locations, scales = self._of(laws)
        return _log_ratio(weights, locations, scales, self.noise, label, y)

    def _draw(self, laws: Tensor, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Classes (laws, n) and numbers (laws, n, q)."""
        weights, locations, scales = self._of(laws)
        label = draw_classes(weights, n, generator)
        index = label[..., None].expand(-1, -1, self.dim_y)
        noise = _draw_noise(self.noise, tuple(index.shape), generator)
        return label, locations.gather(-2, index) + scales.gather(-2, index) * noise

    def _of(self, laws: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        classes = self.weights.shape[-1]
        shape = (-1, classes, self.dim_y)
        parts = self.weights.reshape(-1, classes), self.locations.reshape(shape)
        return parts[0][laws], parts[1][laws], self.scales.reshape(shape)[laws]


def _log_ratio(
    weights: Tensor, locations: Tensor, scales: Tensor, noise: str, label: Tensor, y: Tensor
) -> Tensor:
    """ln p(y | own class) / p(y), (*batch, n)."""
    score = (y[..., None, :, :] - locations[..., None, :]) / scales[..., None, :]
    given = (_log_density(noise, score) - scales.abs().log()[..., None, :]).sum(-1)  # (*, K, n)
    own = given.gather(-2, label[..., None, :])[..., 0, :]
    return own - (given + weights.log()[..., None]).logsumexp(-2)


def _draw_noise(noise: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    how = {"generator": generator, "dtype": torch.float64, "device": generator.device}
    u = torch.rand(shape, **how).clamp(LEAST_UNIFORM, 1 - LEAST_UNIFORM)
    if noise == "uniform":
        return u
    if noise == "exponential":
        return -u.log()
    if noise == "gumbel":
        return -(-u.log()).log()
    other = torch.rand(shape, **how).clamp_min(LEAST_UNIFORM)
    return other.log() - u.log() if noise == "laplace" else -other.log() - u.log()  # gamma(2)


def _log_density(noise: str, z: Tensor) -> Tensor:
    if noise == "uniform":
        # A draw may round to either end.
        return torch.where((z >= -1e-9) & (z <= 1 + 1e-9), 0.0, -torch.inf)
    if noise == "laplace":
        return -z.abs() - math.log(2)
    if noise == "gumbel":
        return -z - (-z).clamp_max(700).exp()
    edge = z >= -1e-9
    z = z.clamp_min(LEAST_UNIFORM)
    return torch.where(edge, -z if noise == "exponential" else z.log() - z, -torch.inf)


def random_skewed_classes(
    count: int,
    source: Source,
    classes: int,
    dim_y: int,
    encoding: str = "codes",
    *,
    tolerance: float = 0.005,
) -> SkewedClasses:
    """Classes that differ in location, in scale, or in both; some noise is turned over by class."""
    weights = dirichlet(source, log_uniform(source, 0.5, 20, count, 1).expand(count, classes))
    distance = log_uniform(source, 0.1, 6, count, 1, 1) * ~coin(source, 0.15, count, 1, 1)
    locations = distance / dim_y**0.5 * normal(source, count, classes, dim_y)
    spread = source.uniform(0, 1, count, 1, 1) * coin(source, 0.6, count, 1, 1)
    scales = (spread * normal(source, count, classes, 1)).exp().expand(-1, -1, dim_y)
    turned = coin(source, 0.3, count, 1, 1) & coin(source, 0.5, count, classes, 1)
    noise = NOISES[source.rng.integers(len(NOISES))]
    seed = int(source.integers(0, 2**31 - 1, 1))
    return SkewedClasses(
        weights + RAREST_CLASS,
        locations,
        torch.where(turned, -scales, scales),
        noise,
        encoding,
        tolerance=tolerance,
        seed=seed,
    )

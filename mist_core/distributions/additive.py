"""Uniform noise added to a uniform column."""

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim


class AdditiveUniform(Law):
    """Y = X + N, X uniform on (0, 1) and N uniform on (-epsilon, epsilon), per coordinate.

    Each coordinate adds epsilon - ln(2 epsilon) if epsilon <= 1/2, else 1 / (4 epsilon).

    Args:
        epsilon: half-width of the noise, positive, shape (*batch, dim); a number means dim = 1.

    Raises:
        ParameterError: an epsilon that is not positive and finite.
    """

    def __init__(self, epsilon: float | Tensor) -> None:
        epsilon = torch.atleast_1d(as_tensor(epsilon, "epsilon"))
        require((epsilon > 0) & epsilon.isfinite(), epsilon, "epsilon must be positive and finite")
        self.epsilon = epsilon
        self.dim_x = self.dim_y = require_dim(epsilon.shape[-1], "the dimension of epsilon")
        self.batch_shape, self.device = epsilon.shape[:-1], epsilon.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (2, *self.batch_shape, require_dim(n_samples, "n_samples"), self.dim_x)
        x, u = torch.rand(shape, generator=generator, dtype=dtype, device=self.device)
        return x, x + self.epsilon[..., None, :].to(dtype) * (2 * u - 1)

    def mutual_information(self):
        narrow = self.epsilon - torch.log(2 * self.epsilon)
        return torch.where(self.epsilon <= 0.5, narrow, 0.25 / self.epsilon).sum(-1)

    def pointwise_mutual_information(self, x, y):
        y, epsilon = y.double(), self.epsilon[..., None, :]
        # p(y | x) / p(y) = 1 / (length of the x in (0, 1) that can lead to y).
        length = (y + epsilon).clamp_max(1) - (y - epsilon).clamp_min(0)
        return -length.log().sum(-1)

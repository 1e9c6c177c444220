"""What laws with normal noise on a known shape share."""

import math

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.parameters import as_tensor, require

REACH = 7.0  # standard deviations beyond which a normal density is left out
LN_2_PI = math.log(2 * math.pi)


class NoisyLaw(Law):
    """A shape blurred by normal noise.

    Args:
        noise: its standard deviation, positive and finite, shape (*batch,).

    Raises:
        ParameterError: noise outside its range.
    """

    def __init__(self, noise: float | Tensor) -> None:
        noise = as_tensor(noise, "noise")
        require((noise > 0) & noise.isfinite(), noise, "noise must be positive and finite")
        self.noise, self.batch_shape, self.device = noise, noise.shape, noise.device


def standard_normal(
    shape: tuple[int, ...], generator: torch.Generator, dtype: torch.dtype
) -> Tensor:
    """Standard normal draws on the generator's device."""
    return torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)


def log_normal(value: Tensor, scale: Tensor) -> Tensor:
    """ln of the density of N(0, scale^2) at the values."""
    return -(value / scale).square() / 2 - scale.log() - LN_2_PI / 2


def surprise(log_density: Tensor) -> Tensor:
    """-p ln p, 0 where p is: what an entropy integrates."""
    return torch.where(log_density.isinf(), 0.0, -log_density.exp() * log_density)

"""Streams of randomness, and the distributions that parameters of random laws are drawn from."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

STREAMS = {"train": 0, "validation": 1, "test": 2, "strange": 3}
# Children of this entropy are test data of every evaluation, so no other stream may grow from it.
TEST_ENTROPY = 20261121
LEAST_GAMMA = 1e-200  # a gamma draw with a small shape may be 0 in float64


@dataclass(frozen=True)
class Source:
    """One independent source of randomness: NumPy's for shapes, torch's for parameters and data."""

    rng: np.random.Generator
    generator: torch.Generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """float64 uniform draws."""
        noise = torch.rand(
            shape, generator=self.generator, dtype=torch.float64, device=self.generator.device
        )
        return low + (high - low) * noise

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Integers in low..high, both included."""
        device = self.generator.device
        return torch.randint(low, high + 1, shape, generator=self.generator, device=device)


def source(sequence: np.random.SeedSequence, device: str | torch.device = "cpu") -> Source:
    """The randomness of one seed sequence."""
    numbers, tensors = sequence.spawn(2)
    seed = int(tensors.generate_state(1, np.uint64)[0]) % 2**63
    return Source(np.random.default_rng(numbers), torch.Generator(device).manual_seed(seed))


def stream(seed: int, name: str, index: int) -> np.random.SeedSequence:
    """Seed sequence number `index` of a stream, one of `STREAMS`."""
    return np.random.SeedSequence(seed, spawn_key=(STREAMS[name], index))


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

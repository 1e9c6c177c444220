"""Hidden nonlinear directions: Y depends on X through few directions among many, and not linearly.

Single- and multiple-index models (Ichimura, 1993, doi:10.1016/0304-4076(93)90114-K): the index is
a standard normal direction of X, at first a column of its own, then turned among the others.
"""

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.composite import Independent, Noise, Transformed
from mist_core.distributions.curves import NoisyFunction
from mist_core.distributions.numerics.randomness import Source, coin, log_uniform, normal
from mist_core.distributions.transforms.maps import Identity, Linear, Transform, normal_cdf

CELLS = 128  # of a curve over the probabilities of the index
EDGE = 1e-4  # where the curve ends: 3.7 standard deviations
LEAST_INFORMATION, MOST_INFORMATION = 0.05, 2.5  # nats, what the random curves aim at


class Scores(Transform):
    """Phi^-1(x) of the first column, uniform on (0, 1); the others stay."""

    def __call__(self, x):
        first = torch.special.ndtri(x[..., :1].double().clamp(1e-12, 1 - 1e-12))
        return torch.cat([first.to(x), x[..., 1:]], -1)

    def inverse(self, y):
        return torch.cat([normal_cdf(y[..., :1]), y[..., 1:]], -1)


def random_indices(dim_x: int, dim_y: int, count: int, source: Source) -> Law:
    """One or two curves, each of a hidden direction of X into one of Y.

    The directions are dense, or lie among a few columns of a side.

    Args:
        dim_x, dim_y: columns.
        count: laws in the batch.
        source: of all randomness.
    """
    several = min(dim_x, dim_y) > 1 and source.rng.random() < 0.3
    curves = [_index(count, source) for _ in range(2 if several else 1)]
    more = dim_x - len(curves), dim_y - len(curves)
    rest = [Noise(*more, count, source.generator.device)] if max(more) else []
    turns = (Linear(_turn(dim, count, source)) for dim in (dim_x, dim_y))
    return Transformed(Independent([*curves, *rest]), *turns)


def _index(count: int, source: Source) -> Law:
    """Y = f(index) + noise, one column a side."""
    ends = torch.linspace(0, 1, CELLS + 1, dtype=torch.float64, device=source.generator.device)
    z = torch.special.ndtri(ends.clamp(EDGE, 1 - EDGE))
    kinds = torch.stack([draw(count, z, source) for draw in SHAPES])
    curve = kinds[source.integers(0, len(SHAPES) - 1, count), torch.arange(count, device=z.device)]
    curve = (curve - curve.mean(-1, keepdim=True)) / curve.std(-1, keepdim=True).clamp_min(1e-6)
    spread = MOST_INFORMATION - LEAST_INFORMATION
    target = LEAST_INFORMATION + spread * source.uniform(0, 1, count, 1).pow(1.5)
    return Transformed(NoisyFunction(curve, torch.expm1(2 * target).rsqrt()), Scores(), Identity())


def _turn(dim: int, count: int, source: Source) -> Tensor:
    """(count, dim, dim) rotations of all columns, or of a few with the first."""
    few = dim if source.rng.random() < 0.5 else int(source.rng.integers(1, min(dim, 5) + 1))
    turn = torch.eye(dim, dtype=torch.float64, device=source.generator.device).repeat(count, 1, 1)
    turn[:, :few, :few] = torch.linalg.qr(normal(source, count, few, few)).Q
    return turn


def _power(count: int, z: Tensor, source: Source) -> Tensor:
    """A parabola, its vertex at the mean or off it."""
    vertex = source.uniform(-1, 1, count, 1) * coin(source, 0.5, count, 1)
    return (z - vertex).square()


def _bent(count: int, z: Tensor, source: Source) -> Tensor:
    """|z - c|, or a hinge."""
    shifted = z - source.uniform(-0.7, 0.7, count, 1)
    return torch.where(coin(source, 0.5, count, 1), shifted.abs(), shifted.clamp_min(0))


def _wave(count: int, z: Tensor, source: Source) -> Tensor:
    """A sine of the index on a slope."""
    speed = log_uniform(source, 0.8, 4, count, 1)
    wave = (speed * z + source.uniform(0, 6.2832, count, 1)).sin()
    return wave + source.uniform(-0.5, 0.5, count, 1) * coin(source, 0.5, count, 1) * z


def _bump(count: int, z: Tensor, source: Source) -> Tensor:
    """A bump somewhere near the middle."""
    width = log_uniform(source, 0.3, 1.5, count, 1)
    return (-((z - source.uniform(-1, 1, count, 1)) / width).square()).exp()


def _cubic(count: int, z: Tensor, source: Source) -> Tensor:
    """A polynomial of degree four with random coefficients, in Hermite's basis."""
    basis = [z, (z.square() - 1) / 2**0.5, (z**3 - 3 * z) / 6**0.5]
    basis.append((z**4 - 6 * z.square() + 3) / 24**0.5)
    return normal(source, count, 4) @ torch.stack(basis)


SHAPES = (_power, _bent, _wave, _bump, _cubic)

"""Columns shown as more than they are: one rolled up in the plane, or functions beside them.

Tables hold such columns: an angle as sine and cosine, a size beside its square or its logarithm.
They tell nothing more, and lie on a curve or a surface.
"""

import math

import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import Source
from mist_core.distributions.transforms.lifts import random_lift
from mist_core.distributions.transforms.maps import Identity, Transform, exactly

# How often one column more is a function as of `lifts`, and how often it is a coil otherwise.
LIFTED, COILED = 0.5, 0.5


class Coil(Transform):
    """(r cos a, r sin a): angle a and radius r > 0 grow with the value, so that it can be read off.

    Args:
        turns: how often the coil goes round, shape (*batch,).
        inner: least radius; the greatest is 1, shape (*batch,).
        phase: angle where it starts, shape (*batch,).
    """

    def __init__(self, turns: Tensor, inner: Tensor, phase: Tensor) -> None:
        self.turns, self.inner, self.phase = (t[..., None, None] for t in (turns, inner, phase))

    def __call__(self, x):
        share = 0.5 + 0.5 * x / (1 + x.square()).sqrt()  # of the coil's length, in (0, 1)
        angle = self.phase.to(x) + 2 * math.pi * self.turns.to(x) * share
        radius = self.inner.to(x) + (1 - self.inner.to(x)) * share
        return torch.cat([radius * angle.cos(), radius * angle.sin()], -1)

    def inverse(self, y):
        radius = y.square().sum(-1, keepdim=True).sqrt()
        bent = 2 * (radius - self.inner.to(y)) / (1 - self.inner.to(y)) - 1
        return bent / (1 - bent.square()).sqrt()

    def output_dim(self, dim):
        return 2 * exactly(dim, 1, "Coil")


class WithSquare(Transform):
    """(x, (asinh(x) - c)^2): a column beside a parabola of itself.

    Args:
        vertex: c, shape (*batch,).
    """

    def __init__(self, vertex: Tensor) -> None:
        self.vertex = vertex[..., None, None]

    def __call__(self, x):
        return torch.cat([x, (torch.asinh(x) - self.vertex.to(x)).square()], -1)

    def inverse(self, y):
        return y[..., :1]

    def output_dim(self, dim):
        return 2 * exactly(dim, 1, "WithSquare")


class OfFirst(Transform):
    """A transform of the first column; the others stay.

    Args:
        transform: takes one column.
    """

    def __init__(self, transform: Transform) -> None:
        self.transform = transform

    def __call__(self, x):
        return torch.cat([self.transform(x[..., :1]), x[..., 1:]], -1)

    def inverse(self, y):
        width = self.transform.output_dim(1)
        return torch.cat([self.transform.inverse(y[..., :width]), y[..., width:]], -1)

    def output_dim(self, dim):
        return dim - 1 + self.transform.output_dim(1)


def random_redundancy(dim: int, more: int, count: int, source: Source) -> Transform:
    """Shows `dim` columns as `more` than that, in `count` laws."""
    if more == 0:
        return Identity()
    if more > 1 or source.rng.random() < LIFTED:
        return random_lift(dim, more, count, source)
    if source.rng.random() < COILED:
        turns = source.uniform(0.3, 2.0, count)
        coil = Coil(turns, source.uniform(0.05, 0.7, count), source.uniform(0, 2 * math.pi, count))
        return OfFirst(coil)
    return OfFirst(WithSquare(source.uniform(-1.5, 1.5, count)))

"""What every kind of conditional law draws, and how its hidden variables come to be columns."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.signal import lfilter
from torch import Tensor

from mist_core.distributions.numerics.randomness import Source, log_uniform, normal
from mist_core.distributions.transforms.random import random_maps


@dataclass(frozen=True)
class Shape:
    """What is asked for.

    Attributes:
        count: B, laws that share a recipe.
        n: rows.
        p, q, r: columns of X, Y and Z.
        ordered: whether rows follow one another in time, and remember.
        nothing: whether nothing shall be left of the dependence given Z.
    """

    count: int
    n: int
    p: int
    q: int
    r: int
    ordered: bool = False
    nothing: bool = False


@dataclass(frozen=True)
class Triples:
    """B datasets of one shape.

    Attributes:
        x, y, z: (B, n, p), (B, n, q) and (B, n, r) float32.
        information: (B,) true I(X;Y|Z), nats, float64.
        kind: of law.
        ordered: whether rows stand in time order.
    """

    x: Tensor
    y: Tensor
    z: Tensor
    information: Tensor
    kind: str
    ordered: bool = False

    def swapped(self) -> "Triples":
        """X and Y exchanged."""
        return replace(self, x=self.y, y=self.x)


def latents(shape: Shape, columns: int, source: Source) -> Tensor:
    """(B, n, columns) standard normal values; in time order each remembers, some for long."""
    noise = normal(source, shape.count, shape.n, columns)
    if not shape.ordered:
        return noise
    memory = 1 - log_uniform(source, 0.04, 1.0, shape.count)
    sign = torch.where(source.uniform(0, 1, shape.count) < 0.85, 1.0, -1.0)
    series = [remembering(part, float(k)) for part, k in zip(noise, memory * sign, strict=True)]
    return torch.stack(series)


def remembering(noise: Tensor, memory: float) -> Tensor:
    """(n, d) a stationary series x_t = m x_{t-1} + sqrt(1 - m^2) e_t of unit variance."""
    e = noise.numpy()
    drive = np.sqrt(1 - memory**2) * e
    drive[0] = e[0]
    return torch.from_numpy(lfilter([1.0], [1.0, -memory], drive, axis=0))


def shown(
    sides: tuple[Tensor, Tensor, Tensor],
    shape: Shape,
    source: Source,
    *,
    numeric: tuple[bool, bool, bool] = (True, True, True),
    mixing: bool = True,
) -> tuple[Tensor, ...]:
    """Each side with columns of noise beside it up to its size, under a random invertible map.

    Args:
        sides: (B, n, k) each, k at most the columns asked for, else all of them are kept.
        numeric: which sides are numbers, to be bent and mixed; classes only change place.
        mixing: False for maps of single columns alone.
    """
    out = []
    for side, columns, bent in zip(sides, (shape.p, shape.q, shape.r), numeric, strict=True):
        missing = columns - side.shape[-1]
        if missing > 0:
            side = torch.cat([side, latents(shape, missing, source).to(side)], -1)
        dims, count = (side.shape[-1],), shape.count
        change = random_maps(dims, count, source, numeric=bent, mixing=mixing)[0]
        out.append(change(side.double()).float())
    return tuple(out)

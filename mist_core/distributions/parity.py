"""Parities: the sign of a product, which no proper subset of the columns of X tells about."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.noisy import standard_normal
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim

if TYPE_CHECKING:
    from mist_core.distributions.numerics.randomness import Source


class Parity(Law):
    """Y has the sign of X_1 X_2 ... X_p, turned over with a given probability.

    X and |Y| are standard normal and |Y| says nothing, or a side shows only its signs, as 0 and
    1 (then two columns make the noisy exclusive or). I = ln 2 - H(flip), H the binary entropy.

    Args:
        flip: probability that the sign of Y is turned over, in [0, 1], shape (*batch,).
        dim_x: p, at least 1.
        bits_x: whether X shows only its signs.
        bits_y: whether Y shows only its sign.

    Raises:
        ParameterError: flip outside [0, 1], or dim_x < 1.
    """

    dim_y = 1

    def __init__(
        self, flip: float | Tensor, dim_x: int, *, bits_x: bool = False, bits_y: bool = False
    ) -> None:
        flip = as_tensor(flip, "flip")
        require((flip >= 0) & (flip <= 1), flip, "flip must lie in [0, 1]")
        self.flip, self.dim_x = flip, require_dim(dim_x, "dim_x")
        self.bits_x, self.bits_y = bits_x, bits_y
        self.batch_shape, self.device = flip.shape, flip.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        x = standard_normal((*shape, self.dim_x), generator, dtype)
        size = standard_normal((*shape, 1), generator, dtype).abs()
        chance = torch.rand(shape, generator=generator, dtype=torch.float64, device=self.device)
        odd = ((x < 0).sum(-1) % 2 == 1) ^ (chance < self.flip[..., None])
        y = torch.where(odd[..., None], -size, size)
        return _shown(x, self.bits_x), _shown(y, self.bits_y)

    def mutual_information(self):
        keep = 1 - self.flip
        return math.log(2) + torch.xlogy(self.flip, self.flip) + torch.xlogy(keep, keep)

    def pointwise_mutual_information(self, x, y):
        edge_x, edge_y = (0.5 if bits else 0.0 for bits in (self.bits_x, self.bits_y))
        negative = (x < edge_x).sum(-1) + (y < edge_y).sum(-1)
        turned = negative % 2 == 1
        return (
            math.log(2) + torch.where(turned, self.flip[..., None], 1 - self.flip[..., None]).log()
        )


def random_parities(
    count: int, source: Source, dim_x: int, *, bits_x: bool = False, bits_y: bool = False
) -> Parity:
    """Parities of `dim_x` columns whose information is uniform in 0.01..0.69 or nearly so."""
    flip = 0.45 * source.uniform(0, 1, count).square()
    return Parity(flip, dim_x, bits_x=bits_x, bits_y=bits_y)


def _shown(side: Tensor, bits: bool) -> Tensor:
    return (side > 0).to(side.dtype) if bits else side

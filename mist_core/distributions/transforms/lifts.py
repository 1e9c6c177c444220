"""Columns that add nothing: smooth functions of the others beside them.

A table holds an age beside its square, a price with and without tax, a signal at many sensors.
Followed by an invertible linear map this is a smooth surface in more columns than it has
dimensions.
"""

import math

import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import Source, log_uniform, normal
from mist_core.distributions.transforms.maps import Asinh, Transform
from mist_core.errors import ParameterError

FUNCTIONS = (
    lambda t: t,
    torch.square,
    lambda t: t * t.square() / 3,
    lambda t: t.clamp_max(4).exp(),
    torch.abs,
    torch.tanh,
    lambda t: (2 * t).sin(),
    lambda t: (-t.square()).exp(),
)
WAVE = 6  # place of the sine in FUNCTIONS


class Beside(Transform):
    """(x, f_1, ..., f_m), f_j(x) = g_j(a_j . asinh(x) + b_j).

    Args:
        directions: a, shape (*batch, dim, m).
        shifts: b, shape (*batch, m).
        kinds: m places in FUNCTIONS, of g.

    Raises:
        ParameterError: not one function a direction.
    """

    def __init__(self, directions: Tensor, shifts: Tensor, kinds: tuple[int, ...]) -> None:
        if directions.shape[-1] != len(kinds):
            raise ParameterError(
                f"Beside needs one function a direction; got {len(kinds)} functions for "
                f"{directions.shape[-1]} directions."
            )
        self.directions, self.shifts, self.kinds = directions, shifts[..., None, :], kinds

    def __call__(self, x):
        along = Asinh()(x) @ self.directions.to(x) + self.shifts.to(x)
        columns = zip(self.kinds, along.split(1, -1), strict=True)
        return torch.cat([x, *(FUNCTIONS[kind](column) for kind, column in columns)], -1)

    def inverse(self, y):
        return y[..., : self.directions.shape[-2]]

    def output_dim(self, dim):
        return dim + len(self.kinds)


def random_lift(dim: int, more: int, count: int, source: Source) -> Beside:
    """`more` functions beside `dim` columns, in `count` laws: waves alone, or of all kinds.

    In half of the draws each is a function of one column, else of a direction among all of them.
    """
    rng = source.rng
    directions = normal(source, count, dim, more) / math.sqrt(dim)
    if rng.random() < 0.5:
        chosen = torch.as_tensor(rng.integers(dim, size=more), device=directions.device)
        directions = torch.zeros_like(directions)
        directions[:, chosen, torch.arange(more, device=directions.device)] = 1.0
    directions = directions * log_uniform(source, 0.4, 2.5, count, 1, more)
    waves = rng.random() < 0.3
    kinds = [WAVE] * more if waves else rng.integers(len(FUNCTIONS), size=more).tolist()
    return Beside(directions, 2 * normal(source, count, more), tuple(kinds))

"""Transforms by name: what each does to the X side and to the Y side, for pages to stack."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.distributions.transforms.maps import (
    Asinh,
    Compose,
    HalfCube,
    Identity,
    Linear,
    NormalCDF,
    Permutation,
    Transform,
    WigglyX,
    WigglyY,
)
from mist_core.distributions.transforms.spirals import Rotation, Spiral, SwissRoll, plane_generator
from mist_core.errors import ParameterError


@dataclass(frozen=True)
class TransformPair:
    """A named map of both sides.

    Attributes:
        description: one sentence.
        for_x: columns of X to the transform of X.
        for_y: columns of Y to the transform of Y.
    """

    description: str
    for_x: Callable[[int], Transform]
    for_y: Callable[[int], Transform]


def stack_transforms(names: Sequence[str], dim_x: int, dim_y: int) -> tuple[Transform, Transform]:
    """Composes named transforms, the first name applied first.

    Args:
        names: keys of `TRANSFORMS`, any number of them.
        dim_x: columns of X before the first transform.
        dim_y: columns of Y before the first transform.

    Returns:
        The transform of X and the transform of Y.

    Raises:
        ParameterError: an unknown name, or a transform that does not take that many columns.
    """
    stack_x, stack_y = [], []
    for name in names:
        if name not in TRANSFORMS:
            raise ParameterError(f"Unknown transform {name!r}; known are {', '.join(TRANSFORMS)}.")
        transform_x, transform_y = TRANSFORMS[name].for_x(dim_x), TRANSFORMS[name].for_y(dim_y)
        dim_x, dim_y = transform_x.output_dim(dim_x), transform_y.output_dim(dim_y)
        stack_x.append(transform_x)
        stack_y.append(transform_y)
    return Compose(*stack_x), Compose(*stack_y)


def misfits(dim_x: int, dim_y: int) -> dict[str, str]:
    """The transforms that cannot come first for so many columns, each with the reason."""
    reasons = {}
    for name in TRANSFORMS:
        try:
            stack_transforms([name], dim_x, dim_y)
        except ParameterError as error:
            reasons[name] = str(error)
    return reasons


def _spiral_x(dim: int) -> Spiral:
    return Spiral((0, 1), speed=1 / dim)


def _spiral_y(dim: int) -> Spiral:
    # The benchmark turns other columns of Y than of X, where there is a third one.
    return Spiral((1, 2) if dim > 2 else (0, 1), speed=1 / dim)


def _rotation_x(dim: int) -> Rotation:
    return Rotation(_generator(dim, ((0, 1, -2.0), (1, 2, 1.0), (0, 2, 1.0))))


def _rotation_y(dim: int) -> Rotation:
    return Rotation(_generator(dim, ((0, 1, -1.0), (1, 2, -2.0))))


def _generator(dim: int, turns: tuple[tuple[int, int, float], ...]) -> Tensor:
    """Sum of the turns (i, j, angle) that fit into `dim` columns."""
    if dim < 2:
        raise ParameterError(f"A rotation needs at least 2 columns; got {dim}.")
    return sum(angle * plane_generator(dim, i, j) for i, j, angle in turns if j < dim)


def _running_sums(dim: int) -> Linear:
    return Linear(torch.ones(dim, dim, dtype=torch.float64).tril())


def _reversal(dim: int) -> Permutation:
    return Permutation(torch.arange(dim).flip(0))


TRANSFORMS: dict[str, TransformPair] = {
    "base": TransformPair(
        "Leaves both sides as they are.", lambda dim: Identity(), lambda dim: Identity()
    ),
    "half-cube": TransformPair(
        "Lengthens the tails: x times the root of its size.",
        lambda dim: HalfCube(),
        lambda dim: HalfCube(),
    ),
    "asinh": TransformPair(
        "Shortens the tails to logarithms.", lambda dim: Asinh(), lambda dim: Asinh()
    ),
    "normal-cdf": TransformPair(
        "Makes normal columns uniform.", lambda dim: NormalCDF(), lambda dim: NormalCDF()
    ),
    "wiggly": TransformPair(
        "Adds waves, other ones to Y than to X, never so steep that a column turns back.",
        lambda dim: WigglyX(),
        lambda dim: WigglyY(),
    ),
    "spiral": TransformPair(
        "Turns each row in a plane, the further the longer it is.", _spiral_x, _spiral_y
    ),
    "swiss-roll": TransformPair(
        "Rolls one column of X up in the plane; roll after normal-cdf.",
        lambda dim: SwissRoll(),
        lambda dim: Identity(),
    ),
    "rotation": TransformPair("Rotates the first columns.", _rotation_x, _rotation_y),
    "running-sums": TransformPair(
        "Replaces each column by the sum of it and those before it.", _running_sums, _running_sums
    ),
    "reversal": TransformPair("Reverses the order of the columns.", _reversal, _reversal),
}

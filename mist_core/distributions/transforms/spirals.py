"""Maps that turn rows: rotations, spirals (turned further the longer the row), swiss rolls."""

import math

import torch
from torch import Tensor

from mist_core.distributions.numerics.parameters import as_tensor, require_dim
from mist_core.distributions.transforms.maps import Transform, exactly
from mist_core.errors import ParameterError


class Rotation(Transform):
    """exp(G) x for a skew-symmetric generator G.

    Args:
        generator: shape (*batch, dim, dim), skew-symmetric.

    Raises:
        ParameterError: a generator that is not skew-symmetric.
    """

    def __init__(self, generator: Tensor) -> None:
        self.matrix = torch.linalg.matrix_exp(_skew(generator))

    def __call__(self, x):
        return x @ self.matrix.mT.to(x)

    def inverse(self, y):
        return y @ self.matrix.to(y)

    def output_dim(self, dim):
        return exactly(dim, self.matrix.shape[-1], "Rotation")


class Spiral(Transform):
    """Turns columns i and j of each row x by the angle speed |x|^2; invertible as |x| stays.

    Args:
        plane: i and j, two different columns; x_i turns towards x_j.
        speed: radians per squared unit of length, a number or shape (*batch,).

    Raises:
        ParameterError: a plane that is not two different columns, or a speed not finite.
    """

    def __init__(self, plane: tuple[int, int] = (0, 1), speed: float | Tensor = 1.0) -> None:
        i, j = (require_dim(column, "plane", least=0) for column in plane)
        if i == j:
            raise ParameterError(f"plane must be two different columns; got {plane}.")
        self.plane, self.speed = (i, j), as_tensor(speed, "speed")

    def __call__(self, x):
        return self._turn(x, self.speed)

    def inverse(self, y):
        return self._turn(y, -self.speed)

    def output_dim(self, dim):
        if dim <= max(self.plane):
            raise ParameterError(
                f"A spiral in the plane of columns {self.plane} needs at least "
                f"{max(self.plane) + 1} columns; got {dim}."
            )
        return dim

    def _turn(self, x: Tensor, speed: Tensor) -> Tensor:
        i, j = self.plane
        # In float64 because the angle of a long row is many turns.
        angle = speed[..., None].to(x.device) * x.double().square().sum(-1)  # (*batch, n)
        cos, sin = angle.cos().to(x), angle.sin().to(x)
        turned = x.clone()
        turned[..., i] = cos * x[..., i] - sin * x[..., j]
        turned[..., j] = sin * x[..., i] + cos * x[..., j]
        return turned


class SwissRoll(Transform):
    """Rolls one column up in the plane: (t cos t, t sin t) / 21 with t = 3 pi (1/2 + x).

    Injective for x > -1/2, which uniform columns satisfy: roll after `NormalCDF`.
    """

    SCALE = 21.0  # the benchmark's, which keeps the roll about as wide as the column was

    def __call__(self, x):
        t = 3 * math.pi * (0.5 + x)
        return torch.cat([t * t.cos(), t * t.sin()], dim=-1) / self.SCALE

    def inverse(self, y):
        t = self.SCALE * y.square().sum(-1, keepdim=True).sqrt()
        return t / (3 * math.pi) - 0.5

    def output_dim(self, dim):
        return 2 * exactly(dim, 1, "SwissRoll")


def plane_generator(dim: int, i: int, j: int) -> Tensor:
    """The generator that turns axis i towards axis j: G[j, i] = 1, G[i, j] = -1, else 0."""
    if not (0 <= i < dim and 0 <= j < dim and i != j):
        raise ParameterError(f"A plane needs two different columns below {dim}; got {i} and {j}.")
    generator = torch.zeros(dim, dim, dtype=torch.float64)
    generator[j, i], generator[i, j] = 1.0, -1.0
    return generator


def _skew(generator: Tensor) -> Tensor:
    generator = as_tensor(generator, "generator")
    if generator.ndim < 2 or generator.shape[-1] != generator.shape[-2]:
        raise ParameterError(f"generator must be (*batch, dim, dim); got {tuple(generator.shape)}.")
    if not torch.allclose(generator, -generator.mT):
        raise ParameterError("generator must be skew-symmetric: G + G^T = 0.")
    return generator

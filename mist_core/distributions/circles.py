"""Angles: one turns with the other, once or several times, and noise wraps around with it.

Seen as numbers with a seam, as points on a circle, or folded over, as the iterates of chaotic maps
are: the tent map and the logistic map are folded windings. The margins are uniform, so that
I = ln 1 - h(noise) without a fold; with one, the conditional density has two branches and I takes
a trapezoidal rule over one turn, which is exact for smooth periodic functions.
"""

import math

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.parameters import as_tensor, require, require_dim
from mist_core.distributions.numerics.randomness import Source, coin, log_uniform
from mist_core.distributions.transforms.maps import Transform, exactly
from mist_core.errors import ParameterError

NOISES = ("normal", "cauchy")
WRAPS = 3  # turns to either side that a wrapped normal density adds up, for widths up to 0.5
NODES = 512  # of a turn: the narrowest noise is three nodes wide, which leaves errors below 1e-5
NARROWEST, WIDEST = 0.006, 0.5  # of the noise, in turns
MOST_TURNS = 8


class Wound(Law):
    """V = turns U + noise mod 1, U uniform on (0, 1); Y = V, or folded 1 - |1 - 2 V|.

    Args:
        turns: integers that are not 0, shape (*batch,).
        width: of the noise, in turns, from NARROWEST to WIDEST, shape (*batch,): standard deviation
            of a normal, scale of a Cauchy law before they are wrapped.
        noise: "normal" or "cauchy".
        folded: whether Y is folded.

    Raises:
        ParameterError: no turns, a width out of range, or an unknown noise.
    """

    dim_x = dim_y = 1

    def __init__(
        self, turns: Tensor, width: Tensor, noise: str = "normal", folded: bool = False
    ) -> None:
        turns, width = as_tensor(turns, "turns"), as_tensor(width, "width")
        require((turns != 0) & (turns == turns.round()), turns, "turns must be whole and not 0")
        fine = (width >= NARROWEST) & (width <= WIDEST)
        require(fine, width, f"width must lie from {NARROWEST} to {WIDEST}")
        if noise not in NOISES:
            raise ParameterError(f"noise must be one of {', '.join(NOISES)}; got {noise!r}.")
        self.turns, self.width, self.noise, self.folded = turns, width, noise, folded
        self.batch_shape, self.device = turns.shape, turns.device

    def sample(self, n_samples, *, generator, dtype=torch.float64):
        shape = (*self.batch_shape, require_dim(n_samples, "n_samples"))
        how = {"generator": generator, "dtype": torch.float64, "device": self.device}
        u = torch.rand(shape, **how)
        if self.noise == "normal":
            noise = torch.randn(shape, **how)
        else:
            noise = (math.pi * (torch.rand(shape, **how) - 0.5)).tan()
        v = (self.turns[..., None] * u + self.width[..., None] * noise).remainder(1)
        return u[..., None].to(dtype), (_fold(v) if self.folded else v)[..., None].to(dtype)

    def mutual_information(self):
        place = torch.arange(NODES, device=self.device)
        turn = (place.double() / NODES).expand(*self.batch_shape, -1)
        log_noise = self._log_noise(turn)
        if not self.folded:
            return (log_noise.exp() * log_noise).mean(-1).clamp_min(0)
        density = log_noise.exp()  # (*batch, NODES), even around 0
        v, centre = place[:, None], place[None]
        both = (density[..., (v - centre) % NODES] + density[..., (v + centre) % NODES]) / 2
        return torch.xlogy(both, both).mean((-2, -1)).clamp_min(0)

    def pointwise_mutual_information(self, x, y):
        centre = self.turns[..., None] * x[..., 0].double()
        y = y[..., 0].double()
        if not self.folded:
            return self._log_noise(y - centre)
        branches = (self._log_noise(v - centre) for v in (y / 2, 1 - y / 2))
        return torch.logaddexp(*branches) - math.log(2)

    def _log_noise(self, turn: Tensor) -> Tensor:
        """ln of the wrapped density of the noise, per turn, at turns (*batch, n)."""
        width = self.width[..., None]
        if self.noise == "cauchy":
            rho = (-2 * math.pi * width).exp()
            distance = 1 - rho.square()
            return (distance / (1 + rho.square() - 2 * rho * (2 * math.pi * turn).cos())).log()
        turn = turn - turn.round()
        wraps = torch.arange(-WRAPS, WRAPS + 1, dtype=torch.float64, device=self.device)
        score = (turn[..., None] + wraps) / width[..., None]
        scale = width.log() + math.log(2 * math.pi) / 2
        return (-score.square() / 2).logsumexp(-1) - scale


def _fold(v: Tensor) -> Tensor:
    return 1 - (1 - 2 * v).abs()


class OnCircle(Transform):
    """(r cos, r sin) of 2 pi times the value, in (0, 1): a point on a circle.

    Args:
        radius: r, shape (*batch,).
    """

    def __init__(self, radius: Tensor) -> None:
        self.radius = radius[..., None, None]

    def __call__(self, x):
        angle = 2 * math.pi * x
        return self.radius.to(x) * torch.cat([angle.cos(), angle.sin()], -1)

    def inverse(self, y):
        return (torch.atan2(y[..., 1:], y[..., :1]) / (2 * math.pi)).remainder(1)

    def output_dim(self, dim):
        return 2 * exactly(dim, 1, "OnCircle")


class Logistic(Transform):
    """sin^2(pi x / 2): takes the tent map to the logistic map 4 x (1 - x)."""

    def __call__(self, x):
        return (math.pi / 2 * x).sin().square()

    def inverse(self, y):
        return y.sqrt().asin() * (2 / math.pi)


def random_angles(count: int, source: Source) -> Wound:
    """Angles that turn once, twice or three times with another, either way round."""
    turns = source.integers(1, 3, count) * (1 - 2 * source.integers(0, 1, count))
    turns = torch.where(coin(source, 0.6, count), turns.sign(), turns)
    return Wound(turns, log_uniform(source, 0.01, 0.4, count), _random_noise(source))


def random_folds(count: int, source: Source) -> Wound:
    """Sawtooth and tent maps of two to eight branches and their iterates, under little noise."""
    turns = source.integers(1, MOST_TURNS, count)
    width = log_uniform(source, NARROWEST, 0.25, count)
    return Wound(turns, width, _random_noise(source), folded=source.rng.random() < 0.65)


def _random_noise(source: Source) -> str:
    return NOISES[source.rng.integers(len(NOISES))]

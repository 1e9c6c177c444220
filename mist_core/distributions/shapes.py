"""Shapes a class knows by sight, as families of laws: ring, cross, waves, spiral and the like."""

import math

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.class_conditional import ClassConditional
from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.curves import CELLS, NoisyFunction
from mist_core.distributions.families import Family, Parameter
from mist_core.distributions.numerics.parameters import require_dim
from mist_core.distributions.parity import Parity
from mist_core.distributions.planar import PlanarMixture
from mist_core.distributions.rings import NoisySquare, Ring

NOISE = "standard deviation of the noise"
SPIRAL_CLUSTERS = 48  # so many that neighbours overlap at the default noise
TOLERANCE = 0.002  # standard error of truths by Monte Carlo, nats


def _sine(dim_x: int, dim_y: int, periods: float, noise: float) -> Law:
    x = torch.linspace(0, 1, CELLS + 1, dtype=torch.float64)
    return NoisyFunction(torch.sin(2 * math.pi * periods * x), _numbers(noise))


def _growing_noise(dim_x: int, dim_y: int, growth: float) -> Law:
    """Normal noise around 0 whose deviation grows from 1 to e^growth over the range of X."""
    middle = (torch.arange(CELLS, dtype=torch.float64) + 0.5) / CELLS
    return NoisyFunction(torch.zeros(CELLS + 1, dtype=torch.float64), (growth * middle).exp())


def _cross(dim_x: int, dim_y: int, correlation: float) -> Law:
    arms = [bivariate_correlation(sign * correlation) for sign in (1, -1)]
    return PlanarMixture(torch.zeros(2, 2, dtype=torch.float64), torch.stack(arms))


def _simpson(dim_x: int, dim_y: int, correlation: float, distance: float) -> Law:
    """Three groups that step down; within each, Y rises with X (Simpson, 1951)."""
    step = distance * torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    within = bivariate_correlation(correlation).expand(3, 2, 2)
    return PlanarMixture(torch.stack([step, -step], dim=-1), within)


def _spiral(dim_x: int, dim_y: int, turns: float, noise: float) -> Law:
    """Normal clusters on an Archimedean spiral, evenly along it."""
    share = torch.linspace(0.02, 1, SPIRAL_CLUSTERS, dtype=torch.float64).sqrt()
    angle = 2 * math.pi * turns * share
    means = torch.stack([share * angle.cos(), share * angle.sin()], dim=-1)
    blur = noise**2 * torch.eye(2, dtype=torch.float64)
    return PlanarMixture(means, blur.expand(SPIRAL_CLUSTERS, 2, 2))


def _classes(dim_x: int, dim_y: int, n_classes: int, distance: float) -> Law:
    """Equally likely classes with normal Y, their means `distance` apart."""
    count = require_dim(n_classes, "n_classes", 2)
    # Not in the order of the codes, so that no line through the classes tells it all.
    order = (torch.arange(count) * 2) % count if count % 2 else torch.arange(count).roll(1)
    means = distance * order.double()[:, None]
    unit = torch.ones(count, 1, 1, dtype=torch.float64)
    return ClassConditional(torch.ones(count), means, unit, tolerance=TOLERANCE)


def _numbers(value: float) -> Tensor:
    return torch.tensor([value], dtype=torch.float64)


_SHAPES = (
    Family(
        "parabola",
        "Y is the square of a normal X, plus noise.",
        (Parameter("noise", 0.05, 3.0, 0.3, 0.05, NOISE),),
        lambda dim_x, dim_y, noise: NoisySquare(noise, 1),
        fixed_dim=1,
    ),
    Family(
        "ring",
        "A circle of radius 1 with normal noise: no correlation, much information.",
        (Parameter("noise", 0.02, 1.0, 0.1, 0.02, NOISE),),
        lambda dim_x, dim_y, noise: Ring(noise),
        fixed_dim=1,
    ),
    Family(
        "cross",
        "Half of the rows rise, half of them fall: no correlation on the whole.",
        (Parameter("correlation", 0.0, 0.99, 0.95, 0.01, "of each arm"),),
        _cross,
        fixed_dim=1,
    ),
    Family(
        "sine",
        "Y is a sine of a uniform X, plus noise.",
        (
            Parameter("periods", 0.5, 8.0, 2.0, 0.5, "waves over the range of X"),
            Parameter("noise", 0.05, 3.0, 0.3, 0.05, NOISE),
        ),
        _sine,
        fixed_dim=1,
    ),
    Family(
        "simpson",
        "Three groups that step down, and in each of them Y rises with X.",
        (
            Parameter("correlation", 0.0, 0.99, 0.8, 0.01, "within each group"),
            Parameter("distance", 0.0, 6.0, 2.5, 0.5, "from one group to the next, each way"),
        ),
        _simpson,
        fixed_dim=1,
    ),
    Family(
        "xor",
        "Y has the sign of the product of two columns of X: neither of them tells anything alone.",
        (Parameter("flip", 0.0, 0.5, 0.05, 0.01, "chance that the sign is turned over"),),
        lambda dim_x, dim_y, flip: Parity(flip, 2),
        fixed_dim=2,
        fixed_dim_y=1,
    ),
    Family(
        "spiral",
        "Points along a spiral, with noise.",
        (
            Parameter("turns", 0.5, 4.0, 2.0, 0.5, "times around"),
            Parameter("noise", 0.02, 0.5, 0.04, 0.02, NOISE),
        ),
        _spiral,
        fixed_dim=1,
    ),
    Family(
        "growing-noise",
        "Y is noise around 0 that gets wider as X grows: X tells how wide, never which way.",
        (Parameter("growth", 0.0, 5.0, 3.0, 0.5, "logarithm of the widest over the narrowest"),),
        _growing_noise,
        fixed_dim=1,
    ),
    Family(
        "classes",
        "X is a class, and Y is normal around a mean of its class.",
        (
            Parameter("n_classes", 2, 8, 3, 1, "number of classes"),
            Parameter("distance", 0.0, 6.0, 2.0, 0.5, "between the means of two neighbours"),
        ),
        _classes,
        fixed_dim=1,
    ),
)

SHAPES: dict[str, Family] = {family.name: family for family in _SHAPES}

"""Random laws with standard normal sides: what may be hidden in a user's table."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.composite import Independent, Transformed, noise
from mist_core.distributions.copulas import random_copulas
from mist_core.distributions.correlation import bivariate_correlation, canonical_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.randomness import Source, log_uniform, normal
from mist_core.distributions.transforms.maps import Compose, Linear, NormalCDF, Transform
from mist_core.distributions.transforms.spirals import Spiral
from mist_core.priors.synthesis.latent import CutNormal, FoldedCopula, SharedLength

KINDS = {"canonical": 0.5, "folded": 0.25, "length": 0.1, "independent": 0.15}
MOST_FOLDS, MOST_FOLDED = 3, 2
GREATEST_CORRELATION = 0.995
SPIRALS = 0.25


@dataclass(frozen=True)
class Port:
    """What a side offers a law: numeric columns, or one discrete carrier.

    Attributes:
        dim: standard normal columns.
        edges: cuts of the carrier, where there is no numeric column; then dim is 1.
    """

    dim: int
    edges: Tensor | None = None


def random_standard_law(x: Port, y: Port, count: int, source: Source) -> Law:
    """A batch of laws of one kind whose sides are N(0, I), or bins of a standard normal.

    Numeric sides of several columns are turned at random, and sometimes further the longer the
    row: both leave N(0, I) and the information as they are.
    """
    numeric = x.edges is None and y.edges is None
    law = _numeric(x.dim, y.dim, count, source) if numeric else _cut(x, y, count, source)
    return Transformed(law, *(_turn(port.dim, count, source) for port in (x, y)))


def _numeric(dim_x: int, dim_y: int, count: int, source: Source) -> Law:
    kind = source.rng.choice(list(KINDS), p=list(KINDS.values()))
    if kind == "independent":
        return noise(dim_x, dim_y, count, source)
    if kind == "length":
        return SharedLength(_copulas(count, source), dim_x, dim_y)
    if kind == "folded":
        return _folded(dim_x, dim_y, count, source)
    return _canonical(dim_x, dim_y, count, source)


def _canonical(dim_x: int, dim_y: int, count: int, source: Source) -> Law:
    most = min(dim_x, dim_y)
    rank = source.integers(1, most, count, 1)
    rho = _correlations(source, count, most) * (torch.arange(most) < rank)
    return Multinormal(canonical_correlation(dim_x, dim_y, rho), dim_x)


def _folded(dim_x: int, dim_y: int, count: int, source: Source) -> Law:
    """One or two pairs of columns with folded copulas, and canonical correlations or noise."""
    most = min(dim_x, dim_y, MOST_FOLDED)
    pairs = int(source.rng.integers(1, most, endpoint=True))
    laws: list[Law] = []
    for _ in range(pairs):
        folds = (int(k) for k in source.rng.integers(1, MOST_FOLDS, size=2, endpoint=True))
        laws.append(FoldedCopula(_copulas(count, source), *folds))
    left_x, left_y = dim_x - pairs, dim_y - pairs
    if left_x and left_y and source.rng.random() < 0.5:
        laws.append(_canonical(left_x, left_y, count, source))
    elif left_x or left_y:
        laws.append(noise(left_x, left_y, count, source))
    return Independent(laws)


def _cut(x: Port, y: Port, count: int, source: Source) -> Law:
    """A discrete side beside one direction of the other side, or of nothing."""
    rho = _correlations(source, count, 1)[:, 0]
    if source.rng.random() < KINDS["independent"]:
        rho = 0 * rho
    folds = int(source.rng.integers(1, MOST_FOLDS, endpoint=True))
    law = CutNormal(rho, x.edges, y.edges, folds)
    if x.dim + y.dim == 2:
        return law
    return Independent([law, noise(x.dim - 1, y.dim - 1, count, source)])


def _copulas(count: int, source: Source) -> Law:
    if source.rng.random() < 0.5:
        return random_copulas(count, source)
    rho = _correlations(source, count, 1)[:, 0]
    pair = Multinormal(bivariate_correlation(rho), dim_x=1)
    return Transformed(pair, NormalCDF(), NormalCDF())


def _correlations(source: Source, count: int, most: int) -> Tensor:
    """(count, most) in [0, 0.995), strong ones in some laws and weak ones in others."""
    power = log_uniform(source, 0.15, 4, count, 1)
    return GREATEST_CORRELATION * source.uniform(0, 1, count, most).pow(power)


def _turn(dim: int, count: int, source: Source) -> Transform:
    """Maps of N(0, I) onto itself; one column is left alone."""
    if dim == 1:
        return Compose()
    steps: list[Transform] = [Linear(torch.linalg.qr(normal(source, count, dim, dim)).Q)]
    if source.rng.random() < SPIRALS:
        steps += [Spiral((0, 1), source.uniform(-1.5, 1.5, count) / dim)]
        steps += [Linear(torch.linalg.qr(normal(source, count, dim, dim)).Q)]
    return Compose(*steps)

"""Families of laws by name, with the ranges of their parameters, for pages and benchmarks."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from mist_core.distributions.additive import AdditiveUniform
from mist_core.distributions.base import Law
from mist_core.distributions.composite import bimodal_gaussians
from mist_core.distributions.correlation import (
    bivariate_correlation,
    canonical_correlation,
    dense_correlation,
    identity_correlation,
    lvm_correlation,
    sparse_correlation,
    two_pair_correlation,
)
from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.distributions.mixtures import GaussianMixture
from mist_core.distributions.numerics.parameters import require_dim
from mist_core.errors import ParameterError


@dataclass(frozen=True)
class Parameter:
    """One number a family is built from; an integer where `step` and `default` are integers.

    `name` is what code and addresses call it, `label` what a reader sees.
    """

    name: str
    low: float
    high: float
    default: float
    step: float
    description: str

    @property
    def label(self) -> str:
        return _LABELS.get(self.name, self.name.replace("_", " "))


_LABELS = {
    "off_diag": "correlation",
    "n_interacting": "pairs that depend",
    "df": "degrees of freedom",
    "epsilon": "half-width of the noise",
    "alpha": "shared by all",
    "lambd": "shared by a pair",
    "beta": "shared by a side",
    "eta": "own noise",
    "n_components": "clusters",
    "n_classes": "classes",
    "flip": "chance of a wrong sign",
}


@dataclass(frozen=True)
class Family:
    """A named family of laws.

    Attributes:
        name: key of the family in `FAMILIES`.
        description: one sentence.
        parameters: what may be chosen, besides the dimensions.
        construct: (dim_x, dim_y, **parameters) to a law.
        min_dim: fewest columns a side.
        equal_dims: whether X and Y must have as many columns.
        fixed_dim: the only number of columns a side, or None.
        fixed_dim_y: the only number of columns of Y, where it is another than that of X.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    construct: Callable[..., Law]
    min_dim: int = 1
    equal_dims: bool = False
    fixed_dim: int | None = None
    fixed_dim_y: int | None = None

    @property
    def fixed_dims(self) -> tuple[int, int] | None:
        """The only numbers of columns of X and of Y, or None."""
        return self.fixed_dim and (self.fixed_dim, self.fixed_dim_y or self.fixed_dim)

    def build(self, dim_x: int, dim_y: int, **values: float) -> Law:
        """The law with these parameters; those left out take their defaults.

        Raises:
            ParameterError: dimensions the family does not have, an unknown parameter, or a
                value outside the law's range (the parameters' own ranges are only advice).
        """
        for name, dim, only in zip(
            ("dim_x", "dim_y"), (dim_x, dim_y), self.fixed_dims or (None, None), strict=True
        ):
            require_dim(dim, name, only or self.min_dim, only or math.inf)
        if self.equal_dims and dim_x != dim_y:
            raise ParameterError(f"{self.name} needs dim_x = dim_y; got {dim_x} and {dim_y}.")
        defaults = {parameter.name: parameter.default for parameter in self.parameters}
        if unknown := sorted(values.keys() - defaults.keys()):
            raise ParameterError(
                f"{self.name} takes {sorted(defaults) or 'no parameters'}; got {unknown}."
            )
        return self.construct(dim_x, dim_y, **(defaults | values))


OFF_DIAG = Parameter("off_diag", 0.0, 0.95, 0.5, 0.05, "correlation of every two columns")
N_INTERACTING = Parameter("n_interacting", 1, 32, 2, 1, "pairs of columns that depend")
STRENGTH = Parameter("strength", 0.1, 5.0, 2.0, 0.1, "weight of what a pair shares")
CORRELATION = Parameter("correlation", -0.99, 0.99, 0.75, 0.01, "correlation of the normal pair")
DF = Parameter("df", 0.5, 30.0, 3.0, 0.5, "degrees of freedom; few mean heavy tails")
EPSILON = Parameter("epsilon", 0.05, 2.0, 0.25, 0.05, "half-width of the noise")
LVM = (
    N_INTERACTING,
    Parameter("alpha", 0.0, 1.0, 0.5, 0.05, "weight of what all columns share"),
    Parameter("lambd", 0.1, 3.0, 1.0, 0.1, "weight of what a pair shares"),
    Parameter("beta", 0.0, 1.5, 0.5, 0.05, "weight of what the columns of one side share"),
    Parameter("eta", 0.1, 5.0, 1.0, 0.1, "own noise of the columns that are in no pair"),
)
MIXTURE = (
    Parameter("n_components", 2, 8, 3, 1, "number of components"),
    Parameter("separation", 0.0, 6.0, 2.0, 0.5, "distance of the components from the centre"),
    Parameter("correlation", 0.0, 0.99, 0.7, 0.01, "of each pair; its sign alternates"),
)


def _ring_of_gaussians(
    dim_x: int, dim_y: int, n_components: int, separation: float, correlation: float
) -> GaussianMixture:
    """Components on a circle of the first pair, with pairwise correlations of either sign."""
    count = require_dim(n_components, "n_components")
    number = torch.arange(count, dtype=torch.float64)
    means = torch.zeros(count, dim_x + dim_y, dtype=torch.float64)
    means[:, 0] = separation * (2 * math.pi * number / count).cos()
    means[:, dim_x] = separation * (2 * math.pi * number / count).sin()
    rho = correlation * (1 - 2 * (number % 2))  # (K,)
    covariances = canonical_correlation(dim_x, dim_y, rho[:, None].expand(-1, min(dim_x, dim_y)))
    return GaussianMixture(torch.ones(count), means, covariances, dim_x)


_FAMILIES = (
    Family(
        "bivariate-normal",
        "One normal column a side, with a given correlation.",
        (CORRELATION,),
        lambda dim_x, dim_y, correlation: Multinormal(bivariate_correlation(correlation), dim_x),
        fixed_dim=1,
    ),
    Family(
        "normal-dense",
        "Normal columns, every two of them equally correlated.",
        (OFF_DIAG,),
        lambda dim_x, dim_y, off_diag: Multinormal(
            dense_correlation(dim_x, dim_y, off_diag), dim_x
        ),
    ),
    Family(
        "normal-sparse",
        "Normal columns, of which a few pairs depend and all others are noise.",
        (N_INTERACTING, STRENGTH),
        lambda dim_x, dim_y, **pairs: Multinormal(sparse_correlation(dim_x, dim_y, **pairs), dim_x),
    ),
    Family(
        "normal-2pair",
        "Normal columns, of which two pairs depend and all others are noise.",
        (STRENGTH,),
        lambda dim_x, dim_y, strength: Multinormal(
            two_pair_correlation(dim_x, dim_y, strength), dim_x
        ),
        min_dim=2,
    ),
    Family(
        "normal-lvm",
        "Normal columns that share latent variables: all, one side, or one pair of them.",
        LVM,
        lambda dim_x, dim_y, **weights: Multinormal(
            lvm_correlation(dim_x, dim_y, **weights), dim_x
        ),
    ),
    Family(
        "student-identity",
        "Uncorrelated Student columns that depend only through their common scale.",
        (DF,),
        lambda dim_x, dim_y, df: StudentT(identity_correlation(dim_x, dim_y), df, dim_x),
    ),
    Family(
        "student-dense",
        "Student columns, every two of them equally correlated.",
        (OFF_DIAG, DF),
        lambda dim_x, dim_y, off_diag, df: StudentT(
            dense_correlation(dim_x, dim_y, off_diag), df, dim_x
        ),
    ),
    Family(
        "student-sparse",
        "Student columns, of which a few pairs are correlated.",
        (N_INTERACTING, STRENGTH, DF),
        lambda dim_x, dim_y, df, **pairs: StudentT(
            sparse_correlation(dim_x, dim_y, **pairs), df, dim_x
        ),
    ),
    Family(
        "student-2pair",
        "Student columns, of which two pairs are correlated.",
        (STRENGTH, DF),
        lambda dim_x, dim_y, strength, df: StudentT(
            two_pair_correlation(dim_x, dim_y, strength), df, dim_x
        ),
        min_dim=2,
    ),
    Family(
        "additive",
        "Uniform columns X, and Y is X plus uniform noise, column by column.",
        (EPSILON,),
        lambda dim_x, dim_y, epsilon: AdditiveUniform(
            torch.full((dim_x,), epsilon, dtype=torch.float64)
        ),
        equal_dims=True,
    ),
    Family(
        "bimodal",
        "A normal copula under margins with two peaks.",
        (CORRELATION,),
        lambda dim_x, dim_y, correlation: bimodal_gaussians(correlation),
        fixed_dim=1,
    ),
    Family(
        "gaussian-mixture",
        "Normal clusters on a circle, correlated within in turns up and down.",
        MIXTURE,
        _ring_of_gaussians,
    ),
)

FAMILIES: dict[str, Family] = {family.name: family for family in _FAMILIES}

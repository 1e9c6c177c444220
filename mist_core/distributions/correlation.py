"""Correlation matrices of the benchmark laws, batched over their parameters.

A dispersion is not always a covariance: for a Student law with df <= 2 there is none.
Each function returns float64 matrices of shape (*batch, D, D), D = dim_x + dim_y, where batch is
the common shape of the parameters. The vocabulary and the parametrisation are those of Czyż et
al., "Beyond Normal: On the Evaluation of Mutual Information Estimators", 2023 (arXiv 2306.11078).
"""

import torch
from torch import Tensor

from mist_core.distributions.numerics.parameters import (
    as_parameters,
    as_tensor,
    require,
    require_dim,
)
from mist_core.distributions.numerics.randomness import Source, log_uniform
from mist_core.errors import ParameterError


def identity_correlation(dim_x: int, dim_y: int) -> Tensor:
    """The identity: no linear dependence at all, shape (D, D)."""
    return torch.eye(_total_dim(dim_x, dim_y), dtype=torch.float64)


def bivariate_correlation(correlation: float | Tensor) -> Tensor:
    """[[1, rho], [rho, 1]] for rho in (-1, 1), shape (*batch, 2, 2)."""
    return dense_correlation(1, 1, correlation)


def dense_correlation(dim_x: int, dim_y: int, off_diag: float | Tensor) -> Tensor:
    """Every two columns have the same correlation.

    Args:
        dim_x: columns of X, at least 1.
        dim_y: columns of Y, at least 1.
        off_diag: the correlation, shape (*batch,), between -1 / (D - 1) and 1, both excluded.

    Raises:
        ParameterError: a dimension below 1, or a correlation outside its range.
    """
    dim = _total_dim(dim_x, dim_y)
    (rho,) = as_parameters(off_diag=off_diag)
    low = -1 / (dim - 1)
    require((rho > low) & (rho < 1), rho, f"off_diag must lie in ({low:g}, 1) for {dim} columns")
    eye = torch.eye(dim, dtype=rho.dtype, device=rho.device)
    return eye + rho[..., None, None] * (1 - eye)


def lvm_correlation(
    dim_x: int,
    dim_y: int,
    n_interacting: int | Tensor,
    alpha: float | Tensor,
    lambd: float | Tensor,
    beta: float | Tensor = 0.0,
    eta: float | Tensor = 0.0,
) -> Tensor:
    """Correlation of a Gaussian latent-variable model with unit noise on each column.

    X_i = alpha U + beta U_X + E_i + (lambd Z_i if i < n_interacting else eta V_i), and Y_i
    likewise with the same U and Z_i but its own U_Y, F_i, W_i; all latents standard normal.

    Args:
        dim_x: columns of X, at least 1.
        dim_y: columns of Y, at least 1.
        n_interacting: pairs (X_i, Y_i) that share a Z_i, shape (*batch,), integers in
            0..min(dim_x, dim_y).
        alpha: weight of the latent common to all columns, shape (*batch,).
        lambd: weight of the Z_i, shape (*batch,).
        beta: weight of the latents common to one side, shape (*batch,).
        eta: weight of the private latents of the columns that do not interact, shape (*batch,).

    Raises:
        ParameterError: a dimension below 1, or n_interacting outside its range.
    """
    dim = _total_dim(dim_x, dim_y)
    count, alpha, lambd, beta, eta = (
        value[..., None]  # (*batch, 1)
        for value in as_parameters(
            n_interacting=n_interacting, alpha=alpha, lambd=lambd, beta=beta, eta=eta
        )
    )
    _require_pairs(count, min(dim_x, dim_y))
    position = torch.cat([torch.arange(dim_x), torch.arange(dim_y)]).to(count.device)  # (D,)
    side = (torch.arange(dim) >= dim_x).to(count.device)  # (D,)
    same_side = side[:, None] == side  # (D, D)
    interacts = position < count  # (*batch, D)
    partners = (position[:, None] == position) & ~same_side & interacts[..., None]
    private = 1 + torch.where(interacts, lambd.square(), eta.square())  # (*batch, D)
    covariance = (
        alpha.square()[..., None]
        + beta.square()[..., None] * same_side
        + lambd.square()[..., None] * partners
        + torch.diag_embed(private)
    )
    scale = covariance.diagonal(dim1=-2, dim2=-1).rsqrt()
    return covariance * scale[..., :, None] * scale[..., None, :]


def sparse_correlation(
    dim_x: int, dim_y: int, n_interacting: int | Tensor, strength: float | Tensor
) -> Tensor:
    """The first n_interacting pairs have correlation s^2 / (1 + s^2), all others none.

    Args:
        dim_x: columns of X, at least 1.
        dim_y: columns of Y, at least 1.
        n_interacting: number of pairs, shape (*batch,), integers in 0..min(dim_x, dim_y).
        strength: s, shape (*batch,).

    Raises:
        ParameterError: a dimension below 1, or n_interacting outside its range.
    """
    return lvm_correlation(dim_x, dim_y, n_interacting, 0.0, strength, 0.0, strength)


def two_pair_correlation(dim_x: int, dim_y: int, strength: float | Tensor) -> Tensor:
    """The sparse correlation with two interacting pairs; needs two columns on each side."""
    return sparse_correlation(dim_x, dim_y, 2, strength)


def canonical_correlation(dim_x: int, dim_y: int, rho: Tensor) -> Tensor:
    """X_i and Y_i have correlation rho_i, all other pairs none.

    Args:
        dim_x: columns of X, at least 1.
        dim_y: columns of Y, at least 1.
        rho: canonical correlations in (-1, 1), shape (*batch, k), k <= min(dim_x, dim_y).

    Raises:
        ParameterError: a dimension below 1, too many correlations, or one outside (-1, 1).
    """
    dim = _total_dim(dim_x, dim_y)
    rho = torch.atleast_1d(as_tensor(rho, "rho"))
    require(rho.abs() < 1, rho, "rho must lie in (-1, 1)")
    if rho.shape[-1] > min(dim_x, dim_y):
        raise ParameterError(
            f"At most min(dim_x, dim_y) = {min(dim_x, dim_y)} canonical correlations fit; "
            f"got {rho.shape[-1]}."
        )
    pairs = torch.arange(rho.shape[-1], device=rho.device)
    matrix = torch.eye(dim, dtype=rho.dtype, device=rho.device).repeat(*rho.shape[:-1], 1, 1)
    matrix[..., pairs, dim_x + pairs] = rho
    matrix[..., dim_x + pairs, pairs] = rho
    return matrix


def _total_dim(dim_x: int, dim_y: int) -> int:
    return require_dim(dim_x, "dim_x") + require_dim(dim_y, "dim_y")


def _require_pairs(count: Tensor, most: int) -> None:
    fits = (count >= 0) & (count <= most) & (count == count.round())
    require(fits, count, f"n_interacting must be an integer in 0..min(dim_x, dim_y) = {most}")


def random_correlation(dim_x: int, dim_y: int, count: int, source: Source) -> Tensor:
    """A random kind of correlation: canonical, dense, sparse or with latent variables.

    Args:
        dim_x, dim_y: columns.
        count: matrices of one kind.
        source: of all randomness.

    Returns:
        (count, dim_x + dim_y, dim_x + dim_y) float64.
    """
    kind = source.rng.choice(["canonical", "canonical", "dense", "sparse", "lvm"])
    most = min(dim_x, dim_y)
    if kind == "canonical":
        rank = source.integers(1, most, count, 1)
        power = log_uniform(source, 0.15, 4, count, 1)
        rho = 0.995 * source.uniform(0, 1, count, most).pow(power)
        rho = rho * (torch.arange(most, device=rank.device) < rank)
        return canonical_correlation(dim_x, dim_y, rho)
    if kind == "dense":
        return dense_correlation(dim_x, dim_y, source.uniform(0, 0.9, count))
    n_interacting = source.integers(1, most, count)
    if kind == "sparse":
        return sparse_correlation(dim_x, dim_y, n_interacting, log_uniform(source, 0.1, 5, count))
    return lvm_correlation(
        dim_x,
        dim_y,
        n_interacting,
        alpha=source.uniform(0, 1.5, count),
        lambd=source.uniform(0.1, 3, count),
        beta=source.uniform(0, 1.5, count),
        eta=source.uniform(0.1, 5, count),
    )

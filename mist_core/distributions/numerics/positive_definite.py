"""Positive definite matrices through their Cholesky factors, batched, never inverted."""

import torch
from torch import Tensor

from mist_core.errors import ParameterError


def positive_definite_factor(matrix: Tensor) -> Tensor:
    """Lower Cholesky factor of (*batch, D, D) matrices, or ParameterError naming the first bad."""
    factor, failed_at = torch.linalg.cholesky_ex(matrix)
    if failed_at.any():
        where = tuple(torch.nonzero(failed_at)[0].tolist())
        at = f" (law {where} of the batch)" if where else ""
        raise ParameterError(
            f"The covariance or dispersion must be positive definite; the leading minor of order "
            f"{failed_at[where].item()} is not positive{at}."
        )
    return factor


def squared_norm(factor: Tensor, points: Tensor) -> Tensor:
    """|L^-1 p|^2 for factors (*batch, D, D) and points (*batch, n, D); shape (*batch, n)."""
    whitened = torch.linalg.solve_triangular(factor, points.to(factor.dtype).mT, upper=False)
    return torch.linalg.vector_norm(whitened, dim=-2).square()


def symmetric_matrix(matrix: Tensor) -> Tensor:
    """Returns a finite symmetric matrix (*batch, D, D), D >= 2, or raises ParameterError."""
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or matrix.shape[-1] < 2:
        raise ParameterError(
            f"A covariance or dispersion must have shape (*batch, D, D) with D >= 2; "
            f"got {tuple(matrix.shape)}."
        )
    if not matrix.isfinite().all():
        raise ParameterError("A covariance or dispersion must be finite; got an infinite entry.")
    gap = (matrix - matrix.mT).abs().amax()
    if gap > 1e-8 * matrix.abs().amax():
        raise ParameterError(f"A covariance or dispersion must be symmetric; off by {gap:g}.")
    return matrix


def half_log_det(factor: Tensor) -> Tensor:
    """ln det(L L^T) / 2 from Cholesky factors (*batch, D, D), without overflow."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)

"""Symmetric eigen-decomposition whose gradient stays finite where eigenvalues repeat.

Constant columns and balanced classes give a correlation matrix equal eigenvalues. The gradient of
their eigenvectors is infinite, although what the statistics compute from them is smooth.
"""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

# Gaps between eigenvalues well below 1e-5 count as none.
GAP_FLOOR = 1e-10


def eigh(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Ascending eigenvalues (*, d) and eigenvectors in columns (*, d, d) of symmetric (*, d, d)."""
    return _Eigh.apply(matrix)


class _Eigh(torch.autograd.Function):
    """`torch.linalg.eigh` with 1 / gap replaced by gap / (gap^2 + GAP_FLOOR) in its gradient."""

    @staticmethod
    def forward(ctx, matrix):
        values, vectors = torch.linalg.eigh(matrix)
        ctx.save_for_backward(values, vectors)
        return values, vectors

    @staticmethod
    @once_differentiable
    def backward(ctx, of_values, of_vectors):
        values, vectors = ctx.saved_tensors
        gap = values.unsqueeze(-2) - values.unsqueeze(-1)  # (*, d, d), entry ij: value j - value i
        turned = vectors.mT @ of_vectors * (gap / (gap.square() + GAP_FLOOR))
        gradient = vectors @ (turned + torch.diag_embed(of_values)) @ vectors.mT
        return (gradient + gradient.mT) / 2

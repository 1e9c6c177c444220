"""The canonical frame: what an invertible linear map of either side leaves of a joint law.

For Gaussian data the canonical correlations are sufficient for I(X;Y) = -1/2 sum ln(1 - rho^2)
(Hotelling, 1936). A ridge on each side's correlation matrix keeps them finite when n < p + q.
Letters as in `copula`: B datasets, n rows, p columns of X and q of Y, m = min(p, q).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

# Canonical coordinates kept for neighbours, random features and the set encoder.
COORDINATES = 4
# Weight of the higher-moment matrix that breaks ties between directions without correlation.
TIE_BREAK = 0.03
# Ridge at which coordinates and radii are whitened: enough for n < p + q, little for n >> p + q.
WHITENING_RIDGE = 0.03
RHO_SQUARED_MAX = 1 - 1e-7
# Below it a column counts as constant.
LEAST_VARIANCE = 1e-8
# Gaps between eigenvalues well below 1e-5 count as none.
GAP_FLOOR = 1e-10


@dataclass(frozen=True)
class Spectrum:
    """Eigen-decomposed correlation matrices of both sides, and what lies between them.

    Attributes:
        joint: (B, p + q, p + q) correlation matrix of the columns of X and Y.
        values_x, values_y: (B, p), (B, q) eigenvalues of each side's correlation matrix.
        vectors_x, vectors_y: (B, p, p), (B, q, q) their eigenvectors, in columns.
        cross: (B, p, q) cross-correlations in the two eigenbases.
        n_samples: rows the matrices were computed from.
    """

    joint: Tensor
    values_x: Tensor
    values_y: Tensor
    vectors_x: Tensor
    vectors_y: Tensor
    cross: Tensor
    n_samples: int

    @property
    def dim_x(self) -> int:
        return self.values_x.shape[-1]

    @property
    def dim_y(self) -> int:
        return self.values_y.shape[-1]

    @property
    def between(self) -> Tensor:
        """(B, p, q) cross-correlations of the columns."""
        return self.joint[:, : self.dim_x, self.dim_x :]

    @property
    def residual_between(self) -> Tensor:
        """(B, p, q) correlations of what the leading principal component of each side leaves.

        Where all columns of a side share a factor, single pairs show only beside it.
        """
        p = self.dim_x
        x, spread_x = _without_leading(self.joint[:, :p, :p], self.vectors_x, self.values_x)
        y, spread_y = _without_leading(self.joint[:, p:, p:], self.vectors_y, self.values_y)
        return x @ self.between @ y / (spread_x.unsqueeze(-1) * spread_y.unsqueeze(-2))

    def coherence(self, ridge: float) -> Tensor:
        """(B, p, q) cross-correlations after ridge-whitening, in the eigenbases."""
        scale_x = (self.values_x + ridge).rsqrt()
        scale_y = (self.values_y + ridge).rsqrt()
        return scale_x.unsqueeze(-1) * self.cross * scale_y.unsqueeze(-2)

    def squared_correlations(self, ridge: float) -> Tensor:
        """(B, m) ascending squared canonical correlations at a ridge, in [0, 1)."""
        a = self.coherence(ridge)
        gram = a @ a.mT if self.dim_x <= self.dim_y else a.mT @ a
        return torch.linalg.eigvalsh(gram).clamp(0, RHO_SQUARED_MAX)


def spectrum(x: Tensor, y: Tensor) -> Spectrum:
    """Correlations of a frame, decomposed in float64.

    Args:
        x: (B, n, p) and y: (B, n, q) columns of one frame. Constant columns correlate with nothing.
    """
    n, p = x.shape[-2:]
    joint = correlations(torch.cat([x, y], -1))
    values_x, vectors_x = eigh(joint[:, :p, :p])
    values_y, vectors_y = eigh(joint[:, p:, p:])
    cross = vectors_x.mT @ joint[:, :p, p:] @ vectors_y
    return Spectrum(
        joint, values_x.clamp_min(0), values_y.clamp_min(0), vectors_x, vectors_y, cross, n
    )


def spatial_signs(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Both sides with each row at radius 1: columns of elliptical laws keep their correlations.

    A few far rows make the correlations of heavy-tailed columns; spatial signs (Visuri, Koivunen
    and Oja, 2000) weigh all rows alike, which for a Student law with df = 2 halves their error.
    """
    square = torch.cat([x, y], -1).square().mean(-1, keepdim=True)
    scale = square.clamp_min(1e-6).rsqrt()
    return x * scale, y * scale


def whiten(x: Tensor, y: Tensor, frame: Spectrum, ridge: float) -> tuple[Tensor, Tensor]:
    """Both sides in the ridge-whitened eigenbases of their correlation matrices.

    The mean square of a row is its squared Mahalanobis radius over the number of columns.

    Args:
        x: (B, n, p) and y: (B, n, q) standardised columns that `frame` was computed from.
    """
    sides = ((x, frame.vectors_x, frame.values_x), (y, frame.vectors_y, frame.values_y))
    return tuple(
        side @ (vectors * (values + ridge).rsqrt().unsqueeze(-2)).to(side)
        for side, vectors, values in sides
    )


def coordinates(
    white_x: Tensor,
    white_y: Tensor,
    frame: Spectrum,
    ridge: float,
    extra: tuple[Tensor, Tensor] | None = None,
) -> tuple[Tensor, Tensor]:
    """Leading sign-fixed canonical coordinates of both sides, of unit variance.

    The directions are eigenvectors of the squared coherence plus `TIE_BREAK` times a fourth-moment
    matrix of the whitened side (as in FOBI, Cardoso 1989), which orders the directions that do not
    correlate with the other side. Signs are fixed by third moments.

    Args:
        white_x: (B, n, p) and white_y: (B, n, q) of `whiten` with the same frame and ridge.
        extra: (B, p, p) and (B, q, q), added to the squared coherence of either side.

    Returns:
        (B, n, min(p, COORDINATES)) and (B, n, min(q, COORDINATES)), float32.
    """
    coherence = frame.coherence(ridge)
    squared = coherence @ coherence.mT, coherence.mT @ coherence
    if extra is not None:
        squared = squared[0] + extra[0], squared[1] + extra[1]
    a = white_x @ _directions(squared[0], white_x).to(white_x)
    b = white_y @ _directions(squared[1], white_y).to(white_y)
    a, b = standardised(a), standardised(b)
    return _fix_signs(a, b), _fix_signs(b, a)


def standardised(z: Tensor) -> Tensor:
    """Columns of (B, n, d) at mean 0 and variance 1; constant columns at 0.

    What is left of a direction without variance, such as the sum of a class's indicators, is
    rounding: its ranks would differ from machine to machine.
    """
    centred = z - z.mean(-2, keepdim=True)
    variance = centred.square().mean(-2, keepdim=True)
    scale = variance.clamp_min(LEAST_VARIANCE).rsqrt()
    return centred * torch.where(variance < LEAST_VARIANCE, 0.0, scale)


def correlations(z: Tensor) -> Tensor:
    """(B, d, d) float64 correlations of (B, n, d); a constant column has variance 1 with itself."""
    z = z.double()  # in which products of columns near 0 cancel nothing
    mean = z.mean(-2, keepdim=True)
    covariance = z.mT @ z / z.shape[-2] - mean.mT @ mean
    variance = covariance.diagonal(dim1=-2, dim2=-1)
    constant = variance < LEAST_VARIANCE
    scale = torch.where(constant, 0.0, torch.where(constant, 1.0, variance).rsqrt())
    correlations = covariance * scale.unsqueeze(-1) * scale.unsqueeze(-2)
    return correlations + torch.diag_embed(constant.to(correlations))


def _without_leading(block: Tensor, vectors: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Projection off the leading eigenvector, and the spread each column keeps (>= 0.1)."""
    leading = vectors[..., -1:]  # (B, d, 1)
    projection = torch.eye(block.shape[-1]).to(block) - leading @ leading.mT
    kept = block.diagonal(dim1=-2, dim2=-1) - values[..., -1:] * leading.squeeze(-1).square()
    return projection, kept.clamp_min(0.01).sqrt()


def _directions(squared_coherence: Tensor, white: Tensor) -> Tensor:
    """(B, d, k) leading directions of one whitened side, k = min(d, COORDINATES)."""
    n, d = white.shape[-2:]
    norms = white.square().mean(-1, keepdim=True).clamp_max(10.0)
    fourth = (white * norms).mT @ white / n
    target = squared_coherence + TIE_BREAK * fourth.to(squared_coherence) / (1 + 2 / d)
    _, vectors = eigh(target)
    return vectors.flip(-1)[..., : min(d, COORDINATES)]


def _fix_signs(a: Tensor, b: Tensor) -> Tensor:
    """Flip each coordinate of `a` so that its third moments, alone and with |b|^2, sum to >= 0."""
    other = b.square().mean(-1, keepdim=True).clamp_max(10.0)
    moment = (a.clamp(-3, 3).pow(3) + a * other).mean(-2, keepdim=True)
    return torch.where(moment < 0, -a, a)


def eigh(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Ascending eigenvalues (*, d) and eigenvectors in columns (*, d, d) of symmetric (*, d, d).

    The gradient stays finite where eigenvalues repeat. Constant columns and balanced classes give a
    correlation matrix equal eigenvalues; the gradient of their eigenvectors is infinite, although
    what the statistics compute from them is smooth.
    """
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

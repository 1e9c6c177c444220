"""Dependence that a spiral hides: rows turned back before they are compared.

A spiral turns two columns of a row by an angle that grows with the row's squared length, which the
length itself tells. So a side's columns, with their products with the cosine and the sine of such
an angle beside them, span the columns before the spiral, whatever its plane, its direction and its
speed up to about this one: they are as dependent on the other side as those were. Letters as in
`canonical`: B datasets, n rows, p columns of X, q of Y, in the whitened frame; k = 3 p or 3 q.
"""

import torch
from torch import Tensor

from mist_core.statistics.gaussian import plug_in_bias
from mist_core.statistics.scaling import both_sides, gaussian_information, log_information

# Radians per unit of mean square.
SPEED = 1.0
# Rows read, at most.
ROWS = 20_000
LEAST_VARIANCE = 1e-6
# Ridge of a Gram matrix, and what of it falls with the number of rows.
RIDGE, LOADED_RIDGE = 1e-3, 0.2
MOST_LOAD = 3.0
# Places of ln(estimate) among the numbers of `_strength`.
_ESTIMATES, _COUNT = (1, 3), 6
# And among those of `twists`.
ESTIMATES = (*_ESTIMATES, *(2 * _COUNT + place for place in _ESTIMATES))


def twists(x: Tensor, y: Tensor) -> Tensor:
    """Dependence of a side's columns on the other side turned back, and of both turned back.

    Args:
        x: (B, n, p) and y: (B, n, q) whitened columns.
    """
    x, y = _with_turned(x[:, :ROWS]), _with_turned(y[:, :ROWS])  # (B, n, k) each
    n, k, p = x.shape[-2], x.shape[-1], x.shape[-1] // 3
    z = torch.cat([x, y], -1)
    gram = z.mT @ z / n
    load = min(MOST_LOAD, gram.shape[-1] / n)
    # The Gram matrix of the first columns has the first rows of the factor as its factor.
    of_x, of_y = (_factor(g, load) for g in (gram[:, :k, :k], gram[:, k:, k:]))
    half = torch.linalg.solve_triangular(of_x, gram[:, :k, k:], upper=False)
    coherence = torch.linalg.solve_triangular(of_y, half.mT, upper=False).mT
    q = coherence.shape[-1] // 3
    one_side = both_sides(_strength(coherence[:, :p], n), _strength(coherence[..., :q], n))
    return torch.cat([one_side, _strength(coherence, n)], -1)


def _with_turned(x: Tensor) -> Tensor:
    """(B, n, 3 d) columns, then what their products with cosine and sine add to them.

    All columns share one scale, so that a rotation of the columns is one of each third, too.
    """
    # Centred, so that in many columns, where all rows are about as long, the cosine is near 1.
    angle = SPEED * (x.square().mean(-1, keepdim=True) - 1)
    cos = _without(_centred(x * angle.cos()), x)
    sin = _without(_without(_centred(x * angle.sin()), x), cos)
    return torch.cat([x, *(part * _variance(part).rsqrt() for part in (cos, sin))], -1)


def _without(a: Tensor, b: Tensor) -> Tensor:
    """Columns (B, n, d) less what one slope for all of them explains by the columns b."""
    return a - (a * b).mean((-1, -2), keepdim=True) / _variance(b) * b


def _centred(x: Tensor) -> Tensor:
    return x - x.mean(-2, keepdim=True)


def _variance(x: Tensor) -> Tensor:
    return x.square().mean((-1, -2), keepdim=True).clamp_min(LEAST_VARIANCE)


def _factor(gram: Tensor, load: float) -> Tensor:
    """Cholesky factor of a Gram matrix (B, k, k) and its ridge."""
    eye = torch.eye(gram.shape[-1]).to(gram)
    return torch.linalg.cholesky(gram + (RIDGE + LOADED_RIDGE * load) * eye)


def _strength(coherence: Tensor, n: int) -> Tensor:
    """(B, 6) sums of powers of the canonical correlations, all of them down to the greatest.

    Args:
        coherence: (B, j, k) cross-correlations of whitened columns.
        n: rows they were computed from.
    """
    j, k = coherence.shape[-2:]
    gram = coherence @ coherence.mT if j <= k else coherence.mT @ coherence
    square = gram @ gram
    # Independent columns have a mean squared correlation of 1 / n; few rows cannot have so much.
    total = gram.diagonal(dim1=-2, dim2=-1).sum(-1) - j * k / (n + j + k)
    fourth = gram.square().sum((-1, -2)).sqrt()
    greatest = square.square().sum((-1, -2)).sqrt().sqrt()
    remaining = (1 + RIDGE) * torch.eye(gram.shape[-1]).to(gram) - gram
    pivots = torch.linalg.cholesky(remaining).diagonal(dim1=-2, dim2=-1)
    information = -pivots.log().sum(-1) - plug_in_bias(n, j, k)
    return torch.stack(
        [
            total,
            log_information(total / 2),
            information,
            log_information(information),
            log_information(fourth),
            log_information(gaussian_information(greatest.clamp_max(0.999))),
        ],
        -1,
    )

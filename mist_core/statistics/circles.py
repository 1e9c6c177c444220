"""Points on circles: angles as a column, or as the sine and cosine of one.

On a circle nothing has a rank. But where U and V are uniform on it, the difference W = U - V turns
around with neither, and I(U;V) >= -h(W), with equality where V is U plus independent noise: one
histogram of W, whatever its shape, with the error of a one-dimensional estimate (Mardia and Jupp,
"Directional statistics", 2000, chapter 11). Letters as in `marginals`.
"""

import math

import torch
from torch import Tensor

from mist_core.statistics.marginals import Marginals
from mist_core.statistics.ordering import argsort
from mist_core.statistics.scaling import both_sides, log_information

# Columns a side that may hold an angle.
COLUMNS = 4
BINS = (12, 60)
# Rows at least for each bin.
ROWS_A_BIN = 5
# Places of ln(estimate of the MI).
ESTIMATES = tuple(range(2 * len(BINS)))


def circles(x: Marginals, y: Marginals) -> Tensor:
    """Information of the sum and the difference of two angles, coarse and fine.

    Of the best pair of columns, and of the angles of points (x1, x2) and (y1, y2) or of such an
    angle and a column; then how round the sides of two columns are.

    Returns:
        (B, 4 + 2): logarithms of the estimates, and the spread of the radius around its mean, 1
        for a side that has not two columns (mean and difference of both sides).
    """
    columns = [side.exact_ranks[..., :COLUMNS].mT for side in (x, y)]  # (B, k, n) each
    turned = [_angle(side) for side in (x, y)]
    with_angle = [
        column if angle is None else angle[0].unsqueeze(1)
        for column, angle in zip(columns, turned, strict=True)
    ]
    estimates = [_best(*columns, bins) for bins in BINS]
    estimates += [_best(*with_angle, bins) for bins in BINS]
    one = torch.ones_like(estimates[0]).unsqueeze(-1)
    spread = [one if angle is None else angle[1].unsqueeze(-1) for angle in turned]
    return torch.cat([log_information(torch.stack(estimates, -1)), both_sides(*spread)], -1)


def _angle(side: Marginals) -> tuple[Tensor, Tensor] | None:
    """(B, n) rank in (0, 1) of the angle around the mean, and (B,) spread of the radius."""
    if side.columns.shape[-2] != 2:
        return None
    columns = side.columns.detach()
    centred = columns - columns.mean(-1, keepdim=True)
    scale = centred.square().mean(-1, keepdim=True).sqrt()
    a, b = (centred / torch.where(scale > 0, scale, 1.0)).unbind(-2)
    radius = torch.hypot(a, b)
    mean = radius.mean(-1, keepdim=True)
    spread = (radius - mean).square().mean(-1).sqrt() / mean.squeeze(-1).clamp_min(1e-12)
    order = argsort(torch.atan2(a, b))
    place = torch.arange(order.shape[-1], device=order.device).expand(order.shape)
    rank = torch.empty_like(order).scatter_(-1, order, place)
    return (rank + 0.5).to(side.exact_ranks) / order.shape[-1], spread.clamp_max(1).float()


def _best(u: Tensor, v: Tensor, bins: int) -> Tensor:
    """(B,) most nats of any pair of ranks u (B, k, n) and v (B, l, n), either way round."""
    n = u.shape[-1]
    bins = max(2, min(bins, n // ROWS_A_BIN))
    u, v = u.unsqueeze(2), v.unsqueeze(1)
    both = torch.stack([u - v, u + v], 1).flatten(1, 3)  # (B, 2 k l, n)
    # Bins around 0, so that a column turned around fills the same ones.
    number = (both * bins + 0.5).floor().long() % bins
    counts = torch.zeros(*both.shape[:2], bins, device=u.device)
    counts.scatter_add_(-1, number, torch.ones_like(both, dtype=counts.dtype))
    share = counts / n
    entropy = -torch.xlogy(share, share).sum(-1)
    # Miller and Madow (1955): the plug-in entropy is too small by so much.
    nats = math.log(bins) - entropy - (bins - 1) / (2 * n)
    return nats.amax(-1).clamp_min(0)

"""Gauss-Legendre quadrature on batches of intervals."""

from functools import cache

import numpy as np
import torch
from torch import Tensor

NODES = 16  # a panel


def legendre_panels(low: Tensor, high: Tensor, panels: int) -> tuple[Tensor, Tensor]:
    """Nodes and weights on (low, high), cut into equal panels of 16 nodes.

    Args:
        low, high: ends of the intervals, shape (*batch,), float64.
        panels: at least 1.

    Returns:
        Two tensors of shape (*batch, 16 * panels).
    """
    nodes, weights = (part.to(low.device) for part in _unit_panels(panels))
    length = (high - low)[..., None]
    return low[..., None] + length * nodes, length * weights


@cache
def _unit_panels(panels: int) -> tuple[Tensor, Tensor]:
    nodes, weights = (torch.as_tensor(part) for part in np.polynomial.legendre.leggauss(NODES))
    starts = torch.arange(panels, dtype=torch.float64)[:, None]
    return ((starts + (nodes + 1) / 2) / panels).flatten(), (weights / 2 / panels).repeat(panels)

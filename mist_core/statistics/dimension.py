"""Intrinsic dimension: on how many numbers the columns of a side really depend.

By the ratio of the distances to the 2k-th and the k-th neighbour, whose logarithm has mean
(psi(2k) - psi(k)) / D on a D-dimensional set (Denti et al., 2022, "Gride", doi
10.1038/s41598-022-20991-1). A column beside functions of itself has one dimension, and counts once.
Letters as in `marginals`.
"""

import torch
from torch import Tensor

from mist_core.statistics.neighbours import TIE, squared_distances
from mist_core.statistics.scaling import both_sides

QUERIES, REFERENCES = 96, 384
# k: nearer neighbours than the fourth differ by the rounding of a product of matrices.
NEAR = 4
# A set of repeated points has none.
LEAST, MOST = 0.25, 64.0


def dimensions(x: Tensor, y: Tensor) -> Tensor:
    """Intrinsic dimension of either side and of both together, beside the number of columns.

    Args:
        x: (B, n, p) and y: (B, n, q) whitened columns, rows in random order.

    Returns:
        (B, 7): ln of the sides' dimensions (mean, difference), ln of that of both together, what
        the sides' exceed it by, the columns' ln over the dimension's (mean, difference), and the
        share of rows with an equal one.
    """
    sides = tuple(side[:, :REFERENCES].detach().float() for side in (x, y))
    rows = sides[0].shape[1]
    near = min(NEAR, (rows - 1) // 2)
    look = on_cpu if x.device.type == "cpu" else on_any_device
    nearest = look(*sides, min(QUERIES, rows), 2 * near)  # (B, 3, s, 2 near)
    of_x, of_y, joint = _dimensions(nearest, near).log().unbind(-1)
    columns = [
        of.new_tensor(float(s.shape[-1])).log() - of
        for of, s in zip((of_x, of_y), sides, strict=True)
    ]
    equal = (nearest[:, 2, :, 0] < TIE).float().mean(-1)
    excess = (of_x.exp() + of_y.exp()).log() - joint
    both = [both_sides(a.unsqueeze(-1), b.unsqueeze(-1)) for a, b in ((of_x, of_y), columns)]
    rest = torch.stack([joint, excess, equal], -1)
    return torch.cat([*both, rest], -1)


def _dimensions(nearest: Tensor, near: int) -> Tensor:
    """(B, 3) dimensions from squared distances to the nearest rows (B, 3, s, 2 near), in order."""
    ordered = nearest.clamp_min(TIE)
    logs = (ordered[..., -1] / ordered[..., near - 1]).log() / 2  # (B, 3, s)
    one = torch.digamma(torch.tensor([2.0 * near, near], dtype=torch.float64)).diff().abs().item()
    return (one / logs.mean(-1).clamp_min(1e-4)).clamp(LEAST, MOST)


def on_any_device(x: Tensor, y: Tensor, queries: int, count: int) -> Tensor:
    """(B, 3, s, count) smallest squared distances of x, of y and of both, in order."""
    of_x, of_y = (squared_distances(side, queries) for side in (x, y))
    return torch.stack(
        [space.topk(count, -1, largest=False).values for space in (of_x, of_y, of_x + of_y)], 1
    )


def on_cpu(x: Tensor, y: Tensor, queries: int, count: int) -> Tensor:
    """The same by compiled loops."""
    from mist_core.statistics import neighbour_kernel

    sides = (side.mT.contiguous().numpy() for side in (x, y))
    return torch.from_numpy(neighbour_kernel.nearest(*sides, queries, count))

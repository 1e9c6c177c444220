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
    distances = [squared_distances(side, QUERIES) for side in sides]
    of_x, of_y, joint = (_dimension(d).log() for d in (*distances, sum(distances)))
    columns = [
        of.new_tensor(float(s.shape[-1])).log() - of
        for of, s in zip((of_x, of_y), sides, strict=True)
    ]
    equal = (sum(distances).amin(-1) < TIE).float().mean(-1)
    excess = (of_x.exp() + of_y.exp()).log() - joint
    both = [both_sides(a.unsqueeze(-1), b.unsqueeze(-1)) for a, b in ((of_x, of_y), columns)]
    rest = torch.stack([joint, excess, equal], -1)
    return torch.cat([*both, rest], -1)


def _dimension(distances: Tensor) -> Tensor:
    """(B,) dimension from squared distances (B, s, r), infinite from a row to itself."""
    near = min(NEAR, (distances.shape[-1] - 1) // 2)
    ordered = _smallest(distances, 2 * near).clamp_min(TIE)
    logs = (ordered[..., -1] / ordered[..., near - 1]).log() / 2  # (B, s)
    one = torch.digamma(torch.tensor([2.0 * near, near], dtype=torch.float64)).diff().abs().item()
    return (one / logs.mean(-1).clamp_min(1e-4)).clamp(LEAST, MOST)


def _smallest(distances: Tensor, count: int) -> Tensor:
    """(B, s, count) the smallest of (B, s, r), in order; on a CPU ten times as fast as topk."""
    if distances.device.type != "cpu":
        return distances.topk(count, -1, largest=False).values
    from mist_core.statistics import neighbour_kernel

    found = neighbour_kernel.smallest(distances.flatten(0, 1).numpy(), count)
    return torch.from_numpy(found).view(*distances.shape[:2], count)

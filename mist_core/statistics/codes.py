"""Conditional information of tables of counts: classes as they are, numbers in a few cells.

The plug-in with the correction of Miller and Madow (1955) for cells that are occupied,
I(X;Y|Z) = H(X,Z) + H(Y,Z) - H(Z) - H(X,Y,Z). Letters as in `triple`.
"""

import torch
from torch import Tensor

from mist_core.statistics.nonlinear import mid_ranks
from mist_core.statistics.scaling import log_information
from mist_core.statistics.triple import Triple

# More values than this, or than this share of the rows, are no classes but numbers.
MOST_CODES, MOST_SHARE = 64, 0.25
# Cells into which the leading coordinate of a side of numbers is cut.
CELLS = (2, 4, 7)
NUM_ESTIMATES = len(CELLS)


def codes(t: Triple) -> Tensor:
    """(B, 2 * cells + 3): ln of the estimates, how full the tables are, which sides are classes."""
    sides = [_classes(side.columns) for side in (t.x, t.y, t.z)]
    leading = [*(side[..., :1] for side in t.plain.local), t.of_z[..., :1]]
    ranks = torch.cat([mid_ranks(column) for column in leading], 1)  # (B, 3, n)
    n = t.n_samples
    rows = []
    for b in range(len(t.x.columns)):
        known = [side[b] for side in sides]
        nats, full = [], []
        for cells in CELLS:
            labels = [
                ranks[b, k] * cells // n if codes is None else codes
                for k, codes in enumerate(known)
            ]
            found, cell_share = _information(*labels)
            nats.append(found)
            full.append(cell_share)
        is_class = [0.0 if codes is None else 1.0 for codes in known]
        kinds = [is_class[0] + is_class[1], abs(is_class[0] - is_class[1]), is_class[2]]
        rows.append([*nats, *full, *kinds])
    table = t.x.scores.new_tensor(rows)
    return torch.cat([log_information(table[:, : len(CELLS)]), table[:, len(CELLS) :]], -1)


def _classes(columns: Tensor) -> list[Tensor | None]:
    """For each of B sides (B, d, n) the number of each row's value, or None for numbers."""
    n = columns.shape[-1]
    most = min(MOST_CODES, MOST_SHARE * n)
    found: list[Tensor | None] = []
    for side in columns:
        if len(torch.unique(side[0])) > most:
            found.append(None)
            continue
        values, labels = torch.unique(side, dim=1, return_inverse=True)
        found.append(labels if values.shape[1] <= most else None)
    return found


def _information(x: Tensor, y: Tensor, z: Tensor) -> tuple[float, float]:
    """Corrected plug-in of three columns of whole numbers, and occupied cells over rows."""
    xz, yz = (_joined(side, z) for side in (x, y))
    entropies = [_entropy(labels) for labels in (xz, yz, z, _joined(x, yz))]
    nats = entropies[0][0] + entropies[1][0] - entropies[2][0] - entropies[3][0]
    return nats, entropies[3][1] / len(x)


def _joined(a: Tensor, b: Tensor) -> Tensor:
    """(n,) one number for each pair of numbers."""
    return torch.unique(a * (int(b.max()) + 1) + b, return_inverse=True)[1]


def _entropy(labels: Tensor) -> tuple[float, int]:
    """Corrected plug-in entropy, nats, and how many values there are."""
    counts = torch.bincount(labels).double()
    counts = counts[counts > 0]
    n = len(labels)
    share = counts / n
    entropy = -(share * share.log()).sum() + (len(counts) - 1) / (2 * n)
    return float(entropy), len(counts)

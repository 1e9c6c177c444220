"""The order of values: sorting, and mid-ranks with their ties."""

import numpy as np
import torch
from torch import Tensor


def argsort(columns: Tensor) -> Tensor:
    """Order of the last axis; on CPU by NumPy, whose argsort is four times as fast as torch's.

    Not stable: where equal values stand depends on the machine and on NumPy's version.
    """
    if columns.device.type != "cpu":
        return columns.argsort(dim=-1)
    return torch.from_numpy(columns.detach().numpy().argsort(axis=-1))


def sort(columns: Tensor) -> Tensor:
    """The last axis in order, likewise."""
    if columns.device.type != "cpu":
        return columns.sort(dim=-1).values
    return torch.from_numpy(np.sort(columns.detach().numpy(), axis=-1))


def places_of(ordered: Tensor, order: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Twice the 0-based mid-rank of every row, an integer, and the shares of ties and repeats.

    Args:
        ordered: (B, d, n) sorted columns.
        order: (B, d, n) the row of each sorted value.
    """
    position = torch.arange(ordered.shape[-1], device=ordered.device)
    doubled = (2 * position).repeat(*ordered.shape[:-1], 1)
    tie_share = ordered.new_zeros(ordered.shape[:-1], dtype=torch.float32)
    repeat_share = torch.zeros_like(tie_share)
    same = ordered[..., 1:] == ordered[..., :-1]  # (B, d, n - 1)
    tied = same.any(-1)  # (B, d): a few columns even of continuous data, by rounding
    if tied.any():
        doubled[tied], tie_share[tied], repeat_share[tied] = _tie_sums(position, same[tied])
    return torch.empty_like(doubled).scatter_(-1, order, doubled), tie_share, repeat_share


def _tie_sums(position: Tensor, same: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """First plus last position of each run of equal sorted values, shares of ties and of repeats.

    Args:
        position: (n,) from 0.
        same: (k, n - 1) whether a sorted value is equal to the next, for each of k columns.
    """
    edge = torch.ones_like(same[..., :1])
    starts = torch.cat([edge, ~same], -1)
    ends = torch.cat([~same, edge], -1)
    beyond = position.shape[-1]
    first = torch.where(starts, position, 0).cummax(-1).values
    last = torch.where(ends, position, beyond).flip(-1).cummin(-1).values.flip(-1)
    others = (last - first).float()  # rows of the same value
    return first + last, (others > 0).float().mean(-1), others.mean(-1) / same.shape[-1]

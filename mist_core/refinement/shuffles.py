"""Pairs of rows: as they are, and shifted against each other so that they tell nothing."""

import torch
from torch import Tensor


def rolled(values: Tensor, shifts: list[int]) -> Tensor:
    """(G, 1 + shifts, m, c): values (G, m, c) as they are and shifted along their rows."""
    return torch.stack([values, *(values.roll(shift, 1) for shift in shifts)], 1)

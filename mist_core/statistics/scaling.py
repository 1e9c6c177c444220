"""Small maps every statistic passes through: symmetric in X and Y, on the scale of information."""

import torch
from torch import Tensor

# Floor inside logarithms of information, nats: differences below it carry nothing at n <= 1e6.
LOG_FLOOR = 0.01


def interpolated_quantiles(values: Tensor, levels: tuple[float, ...]) -> Tensor:
    """(B, len(levels)) linear quantiles of the last axis of `values` (B, k)."""
    ordered = values.sort(-1).values
    place = torch.tensor(levels, device=values.device, dtype=values.dtype) * (values.shape[-1] - 1)
    low, high = place.floor().long(), place.ceil().long()
    return ordered[..., low] + (place - low) * (ordered[..., high] - ordered[..., low])


def both_sides(of_x: Tensor, of_y: Tensor) -> Tensor:
    """Mean and absolute difference: what an exchange of X with Y leaves of a pair of statistics."""
    return torch.cat([(of_x + of_y) / 2, (of_x - of_y).abs()], -1)


def gaussian_information(rho_squared: Tensor) -> Tensor:
    """-1/2 ln(1 - rho^2), nats, elementwise."""
    return -0.5 * torch.log1p(-rho_squared)


def log_information(nats: Tensor) -> Tensor:
    """ln(I + LOG_FLOOR): the scale on which the network reads information."""
    return (nats.clamp_min(0) + LOG_FLOOR).log()

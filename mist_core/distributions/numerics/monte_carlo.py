"""Means by Monte Carlo, law by law, until the standard error is as small as asked for."""

from collections.abc import Callable

import torch
from torch import Tensor

FIRST_ROUND = 512
LARGEST_ROUND = 8192
MAX_DRAWS = 2**20
TINY = 1e-300  # instead of dividing by the variance of a control that does not vary


def monte_carlo_mean(
    draw: Callable[[Tensor, int, torch.Generator], Tensor | tuple[Tensor, Tensor]],
    count: int,
    *,
    tolerance: float,
    generator: torch.Generator,
    max_draws: int = MAX_DRAWS,
    first_round: int = FIRST_ROUND,
) -> tuple[Tensor, Tensor]:
    """Mean of what `draw` returns and its standard error for each of `count` laws.

    Only laws whose error is still too large draw on: the worst of a batch may need a hundred
    times the draws of the others.

    Args:
        draw: (laws, n, generator) to float64 values (len(laws), n), independent along n, or to
            values and a control variate of mean 0, of the same shape, whose best multiple is taken
            off; `laws` holds numbers in 0..count-1.
        count: laws.
        tolerance: standard error to reach, in the unit of the values.
        generator: the randomness, on the device of the values.
        max_draws: draws a law after which the mean is taken as it is, with its error.
        first_round: draws before a standard error is believed.

    Returns:
        Means and standard errors, each (count,), float64.
    """
    moments = _Moments(count, generator.device)
    laws, n = torch.arange(count, device=generator.device), first_round
    while len(laws):
        drawn = draw(laws, n, generator)
        values, control = drawn if isinstance(drawn, tuple) else (drawn, torch.zeros_like(drawn))
        moments.add(laws, values, control)
        mean, variance = moments.controlled()
        error = (variance / moments.count).sqrt()
        laws = torch.nonzero((error >= tolerance) & (moments.count < max_draws))[:, 0]
        missing = (variance / tolerance**2 - moments.count)[laws].clamp(first_round, LARGEST_ROUND)
        n = int(missing.mean()) if len(laws) else 0
    return mean, error


class _Moments:
    """Running first and second moments of values and of their control variates, law by law."""

    def __init__(self, count: int, device: torch.device) -> None:
        self.count = torch.zeros(count, dtype=torch.float64, device=device)
        self._first = torch.zeros(count, 2, dtype=torch.float64, device=device)
        self._second = torch.zeros(count, 2, 2, dtype=torch.float64, device=device)

    def add(self, laws: Tensor, value: Tensor, control: Tensor) -> None:
        """Adds draws (m, n) of the m laws of these numbers."""
        both = torch.stack([value, control], dim=-1)  # (m, n, 2)
        self.count[laws] += value.shape[-1]
        self._first[laws] += both.sum(-2)
        self._second[laws] += both.mT @ both

    def controlled(self) -> tuple[Tensor, Tensor]:
        """Mean and variance of value - b control, with the b of least variance."""
        mean = self._first / self.count[:, None]
        square = self._second / self.count[:, None, None]
        covariance = square - mean[:, :, None] * mean[:, None, :]
        b = covariance[:, 0, 1] / covariance[:, 1, 1].clamp_min(TINY)
        variance = covariance[:, 0, 0] - b * covariance[:, 0, 1]
        return mean[:, 0] - b * mean[:, 1], variance.clamp_min(0)

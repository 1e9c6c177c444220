"""Means by Monte Carlo, law by law, until the standard error is as small as asked for."""

from collections.abc import Callable

import torch
from torch import Tensor

FIRST_ROUND = 512
LARGEST_ROUND = 8192
MAX_DRAWS = 2**20


def monte_carlo_mean(
    draw: Callable[[Tensor, int, torch.Generator], Tensor],
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
        draw: (laws, n, generator) to float64 values (len(laws), n), independent along n; `laws`
            holds numbers in 0..count-1.
        count: laws.
        tolerance: standard error to reach, in the unit of the values.
        generator: the randomness, on the device of the values.
        max_draws: draws a law after which the mean is taken as it is, with its error.
        first_round: draws before a standard error is believed.

    Returns:
        Means and standard errors, each (count,), float64.
    """
    first, second, drawn = torch.zeros(3, count, dtype=torch.float64, device=generator.device)
    laws, n = torch.arange(count, device=generator.device), first_round
    while len(laws):
        values = draw(laws, n, generator)
        first[laws] += values.sum(-1)
        second[laws] += values.square().sum(-1)
        drawn[laws] += n
        mean = first / drawn
        variance = (second / drawn - mean.square()).clamp_min(0)
        error = (variance / drawn).sqrt()
        laws = torch.nonzero((error >= tolerance) & (drawn < max_draws))[:, 0]
        missing = (variance / tolerance**2 - drawn)[laws].clamp(first_round, LARGEST_ROUND)
        n = int(missing.mean()) if len(laws) else 0
    return mean, error

"""Proper scores of quantile predictions, and the loss the networks are trained with.

The pinball loss (Koenker and Bassett, 1978) of a level is minimised by that quantile; its mean over
levels is the weighted interval score up to a factor (Bracher et al., 2021). Letters: B datasets,
L quantile levels.
"""

import torch
from torch import Tensor

from mist_core.networks.quantiles import LEVELS, MEDIAN, OFFSET, Prediction

# Weight of the squared error of the mean beside the pinball loss.
MEAN_WEIGHT = 0.1
# Spread, nats, below which all errors of the mean weigh the same.
SPREAD_FLOOR = 0.05
# Places in LEVELS of the lower end of each central interval, by its coverage in percent.
CENTRAL = {round(100 - 200 * level): k for k, level in enumerate(LEVELS[:MEDIAN].tolist())}


def pinball_loss(quantiles: Tensor, truth: Tensor, levels: Tensor) -> Tensor:
    """(..., L) pinball losses of quantiles (..., L) at levels (L,) for truths (...)."""
    error = truth.unsqueeze(-1) - quantiles
    return torch.maximum(levels * error, (levels - 1) * error)


def training_loss(prediction: Prediction, truth: Tensor) -> Tensor:
    """Scalar: pinball loss on ln(MI + OFFSET) plus the squared error of the mean, per spread.

    The squared error is divided by the predicted spread, which the gradient does not see: a weight
    that depends on the inputs only leaves the optimum at the conditional mean.

    Args:
        prediction: of B datasets.
        truth: (B,) MI, nats.
    """
    pinball = pinball_loss(
        prediction.log_quantiles, (truth + OFFSET).log(), LEVELS.to(truth.device)
    )
    quantiles = prediction.quantiles.detach()
    spread = (quantiles[:, -4] - quantiles[:, 3]) / 3.29  # 5 % to 95 % of a Gaussian
    error = (prediction.mean - truth) / (spread + SPREAD_FLOOR)
    bounded = torch.where(error.abs() < 5, error.square() / 2, 5 * error.abs() - 12.5)
    return pinball.mean() + MEAN_WEIGHT * bounded.mean()


def witness_loss(prediction: Prediction, truth: Tensor) -> Tensor:
    """Scalar: the sum of the witnesses' pinball losses; 0 where there are none.

    Args:
        prediction: of B datasets, by a network that learns.
        truth: (B,) MI, nats.
    """
    if prediction.witnesses is None:
        return truth.new_zeros(())
    target = (truth + OFFSET).log()[:, None]
    each = pinball_loss(prediction.witnesses, target, LEVELS.to(truth.device))
    return each.mean((0, 2)).sum()


def interval_score(low: Tensor, high: Tensor, truth: Tensor, coverage: float) -> Tensor:
    """(B,) width plus 2 / (1 - coverage) times the miss (Gneiting and Raftery, 2007), nats."""
    miss = (low - truth).clamp_min(0) + (truth - high).clamp_min(0)
    return (high - low) + 2 / (1 - coverage) * miss


def weighted_interval_score(quantiles: Tensor, truth: Tensor, levels: Tensor) -> Tensor:
    """(B,) nats, twice the mean pinball loss over levels (L,): CRPS as the levels fill (0, 1)."""
    return 2 * pinball_loss(quantiles, truth, levels).mean(-1)


def covered(low: Tensor, high: Tensor, truth: Tensor) -> Tensor:
    """(B,) whether the truth lies in the closed interval."""
    return (low <= truth) & (truth <= high)


def validation_scores(prediction: Prediction, truth: Tensor) -> dict[str, float]:
    """Loss, errors of the mean in nats, and how often each central interval holds the truth.

    Args:
        prediction: of B datasets.
        truth: (B,) MI, nats.

    Returns:
        `loss`, `mse`, `mae`, `wis` (the weighted interval score, nats), and `coverage_10` to
        `coverage_99`, shares in [0, 1].
    """
    levels = LEVELS.to(truth.device)
    q, error = prediction.quantiles, prediction.mean - truth
    inside = {percent: covered(q[:, k], q[:, -1 - k], truth) for percent, k in CENTRAL.items()}
    return {
        "loss": training_loss(prediction, truth).item(),
        "mse": error.square().mean().item(),
        "mae": error.abs().mean().item(),
        "wis": weighted_interval_score(prediction.quantiles, truth, levels).mean().item(),
        **{f"coverage_{p}": hits.float().mean().item() for p, hits in inside.items()},
    }

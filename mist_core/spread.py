"""How wide quantiles lie: stretched about the median until fresh draws are held as promised.

A network that has seen its training draws a dozen times is a little too sure of new ones, more so
at some shapes than at others, and a little off to one side; and on data unlike all of them it
should be less sure still. All that is three numbers a dataset: a factor below the median, one
above it, both log-linear in a few features, and a shift, linear in them. Letters: B datasets, K
features, L levels.
"""

import math
from dataclasses import replace

import torch
from torch import Tensor

from mist_core.quantiles import CENTRAL_90, LEVELS, MEDIAN, OFFSET, Prediction
from mist_core.scoring import pinball_loss

# `in_family` below about this much counts as unfamiliar.
UNFAMILIAR = 0.1
# Pulls coefficients towards 0: beside the summed loss of all datasets, so much of their squares.
PULL = 0.5
STEPS = 80
# Independent draws count so much more: information where there is none is the worse error.
INDEPENDENT = 1.5
# Of the central 90 %'s half, at most.
MOST_SHIFT = 0.5
ROWS, NUM_FEATURES = 3, 7


def features(sizes: Tensor, in_family: Tensor, log_median: Tensor) -> Tensor:
    """(B, K) a constant, rows, columns, the answer itself, and how unfamiliar the data are.

    Args:
        sizes: (B, 3) logarithms of n and of the columns of the narrower and the wider side.
        in_family: (B,) in [0, 1].
        log_median: (B,) ln(median + OFFSET).
    """
    rows, wider = (sizes[:, 0] - 6) / 2.5, sizes[:, 2] / 2
    answer = (log_median - math.log(OFFSET)) / 4
    unfamiliar = (-in_family / UNFAMILIAR).exp()
    one = torch.ones_like(rows)
    return torch.stack([one, rows, rows.square(), wider, answer, answer.square(), unfamiliar], -1)


def stretched(prediction: Prediction, phi: Tensor, coefficients: Tensor) -> Prediction:
    """The prediction with its quantiles moved away from the median, then all to one side.

    Args:
        prediction: of B datasets.
        phi: (B, K) their features.
        coefficients: (3, K) of the factor below, of the one above, and of the shift in units of
            half the central 90 %.
    """
    q, (low, high) = prediction.log_quantiles, CENTRAL_90
    middle, factors = q[:, MEDIAN : MEDIAN + 1], factors_of(phi, coefficients[:2])
    below = factors[:, :1] * (q[:, :MEDIAN] - middle)
    above = factors[:, 1:] * (q[:, MEDIAN + 1 :] - middle)
    around = torch.cat([below, torch.zeros_like(middle), above], -1)
    half = (around[:, high] - around[:, low]) / 2
    shift = half * (phi @ coefficients[2]).clamp(-MOST_SHIFT, MOST_SHIFT)
    return replace(prediction, log_quantiles=middle + around + shift.unsqueeze(-1))


def factors_of(phi: Tensor, coefficients: Tensor) -> Tensor:
    """(B, 2) factors for features (B, K) and coefficients (2, K), between 1/3 and 3."""
    return (phi @ coefficients.T).clamp(-math.log(3), math.log(3)).exp()


def fit(prediction: Prediction, phi: Tensor, truth: Tensor) -> Tensor:
    """(3, K) coefficients with the least pinball loss of ln(MI + OFFSET).

    Args:
        prediction: of B fresh datasets, not stretched.
        phi: (B, K) their features.
        truth: (B,) MI, nats.
    """
    coefficients = phi.new_zeros(ROWS, phi.shape[-1]).requires_grad_()
    target, levels = (truth + OFFSET).log(), LEVELS.to(truth.device)
    weights = torch.where(truth > 0, 1.0, INDEPENDENT)
    optimiser = torch.optim.LBFGS(
        [coefficients], max_iter=STEPS, line_search_fn="strong_wolfe", tolerance_change=1e-9
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        quantiles = stretched(prediction, phi, coefficients).log_quantiles
        # What lies below no information at all says no information.
        each = pinball_loss(quantiles.clamp_min(math.log(OFFSET)), target, levels).mean(-1)
        value = (weights * each).mean() + PULL / len(truth) * coefficients.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return coefficients.detach()

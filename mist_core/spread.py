"""How wide quantiles lie: stretched about the median until fresh draws are held as promised.

A network that has seen its training draws a dozen times is a little too sure of new ones, more so
at some shapes than at others, and a little off to one side; and on data unlike all of them it
should be less sure still, by a factor that is given. All that is three numbers a dataset: a factor
below the median, one above it, both log-linear in a few features, and a shift, linear in them.
Letters: B datasets, K features, L levels.
"""

import math
from dataclasses import replace

import torch
from torch import Tensor

from mist_core.quantiles import CENTRAL_90, LEVELS, MEDIAN, OFFSET, Prediction
from mist_core.scoring import covered, pinball_loss

# `in_family` below about this much counts as unfamiliar.
UNFAMILIAR = 0.3
# What there is no familiarity with at all is stretched by exp of it. Known laws cannot tell how far
# off the answers on others are: chosen on families left out, by coverage and interval score.
CAUTION = 0.3
# Pulls coefficients towards 0: beside the summed loss of all datasets, so much of their squares.
PULL = 0.5
STEPS = 80
# Of the central 90 %'s half, at most.
MOST_SHIFT = 0.5
# Central intervals that fresh draws are to hold as promised, on average: the outer ones err less.
HELD = (0.5, 0.8)
# Greatest change of the logarithm of all widths to that end, and how often its range is halved.
MOST_CHANGE, HALVINGS = 0.5, 12
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

    At last all widths change by one factor, so that the intervals `HELD` hold as many as they
    promise; the least loss, which wide answers dominate, leaves them a little narrow.

    Args:
        prediction: of B fresh datasets, not stretched.
        phi: (B, K) their features.
        truth: (B,) MI, nats.
    """
    free = phi.new_zeros(ROWS, phi.shape[-1]).requires_grad_()
    # What the last feature does to both factors is given, not fitted.
    given, fitted = torch.zeros_like(free), torch.ones_like(free)
    given[:2, -1], fitted[:2, -1] = CAUTION, 0.0
    target, levels = (truth + OFFSET).log(), LEVELS.to(truth.device)
    optimiser = torch.optim.LBFGS(
        [free], max_iter=STEPS, line_search_fn="strong_wolfe", tolerance_change=1e-9
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        quantiles = stretched(prediction, phi, given + fitted * free).log_quantiles
        # What lies below no information at all says no information.
        quantiles = quantiles.clamp_min(math.log(OFFSET))
        value = pinball_loss(quantiles, target, levels).mean()
        value = value + PULL / len(truth) * free.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return _until_held(prediction, phi, (given + fitted * free).detach(), truth)


def _until_held(prediction: Prediction, phi: Tensor, coefficients: Tensor, truth: Tensor) -> Tensor:
    """The coefficients with all widths changed by the one factor that leaves no shortfall."""
    constant = torch.zeros_like(coefficients)
    constant[:2, 0] = 1.0
    low, high = -MOST_CHANGE, MOST_CHANGE
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        wider = stretched(prediction, phi, coefficients + middle * constant)
        low, high = (middle, high) if shortfall(wider, truth) > 0 else (low, middle)
    return coefficients + high * constant


def shortfall(prediction: Prediction, truth: Tensor) -> float:
    """By how much fewer truths the intervals `HELD` hold than they promise, on average.

    By the randomised PIT (see `calibration.pit`), in expectation: where the truth is 0 it is
    uniform below the probability of no information.

    Args:
        prediction: of B datasets.
        truth: (B,) MI, nats.
    """
    quantiles, levels = prediction.quantiles, LEVELS.to(truth.device)
    none = torch.where(quantiles <= 0, levels, levels[0]).amax(-1)  # (B,)
    gaps = []
    for nominal in HELD:
        low, high = 0.5 - nominal / 2, 0.5 + nominal / 2
        ends = (quantiles[:, (levels - end).abs().argmin()] for end in (low, high))
        of_none = (none.clamp_max(high) - low).clamp_min(0) / none
        inside = covered(*ends, truth).to(of_none)
        gaps.append(nominal - torch.where(truth > 0, inside, of_none).mean().item())
    return sum(gaps) / len(gaps)

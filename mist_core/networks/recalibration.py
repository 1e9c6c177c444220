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

from mist_core.networks.quantiles import CENTRAL_90, LEVELS, MEDIAN, OFFSET, Prediction
from mist_core.networks.scoring import covered, pinball_loss

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
# Greatest change of the logarithm of widths to that end, and how often its range is halved.
MOST_CHANGE, HALVINGS = 0.5, 12
# Neighbours share datasets, so each is changed in turn, several times.
ROUNDS = 4
# Of fewer datasets the share that an interval holds says too little.
FEWEST = 100
# ln n between which the effect of the rows is linear, and beyond which it is constant.
KNOTS = (2.8, 4.0, 5.3, 6.8, 9.0)
ROWS, NUM_FEATURES = 3, len(KNOTS) + 5
# Places of the features whose coefficients leave no shortfall: of some rows, of one column a side.
EVEN = len(KNOTS) + 1


def features(sizes: Tensor, in_family: Tensor, log_median: Tensor) -> Tensor:
    """(B, K) how near n is to each of `KNOTS`, columns, the answer, how unfamiliar the data are.

    Args:
        sizes: (B, 3) logarithms of n and of the columns of the narrower and the wider side.
        in_family: (B,) in [0, 1].
        log_median: (B,) ln(median + OFFSET).
    """
    wider = sizes[:, 2] / 2
    single = (wider <= 0).to(wider)
    answer = (log_median - math.log(OFFSET)) / 4
    unfamiliar = (-in_family / UNFAMILIAR).exp()
    others = torch.stack([single, wider, answer, answer.square(), unfamiliar], -1)
    return torch.cat([_tents(sizes[:, 0]), others], -1)


def _tents(log_rows: Tensor) -> Tensor:
    """(B, len(KNOTS)) how near each is to each knot: 1 on it, 0 at the next; they sum to 1."""
    knots = log_rows.new_tensor(KNOTS)
    inside = log_rows.clamp(knots[0], knots[-1]).unsqueeze(-1)
    rising = ((inside - knots[:-1]) / knots.diff()).clamp(0, 1)  # (B, knots - 1)
    ones = torch.ones_like(inside)
    return torch.cat([ones, rising], -1) - torch.cat([rising, 0 * ones], -1)


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

    At last widths change by a factor about each of `KNOTS` and by one at one column a side, so that
    the intervals `HELD` hold as many as they promise there; the least loss, which wide answers
    dominate, leaves some of them a little narrow or wide.

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
    coefficients = (given + fitted * free).detach()
    for _ in range(ROUNDS):
        for place in range(EVEN):
            if phi[:, place].sum() >= FEWEST:
                coefficients = _until_held(prediction, phi, coefficients, truth, place)
    return coefficients


def _until_held(
    prediction: Prediction, phi: Tensor, coefficients: Tensor, truth: Tensor, place: int
) -> Tensor:
    """The coefficients with that of one feature changed until no shortfall is left where it is."""
    change = torch.zeros_like(coefficients)
    change[:2, place] = 1.0
    low, high = -MOST_CHANGE, MOST_CHANGE
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        wider = stretched(prediction, phi, coefficients + middle * change)
        missed = shortfall(wider, truth, phi[:, place])
        low, high = (middle, high) if missed > 0 else (low, middle)
    return coefficients + high * change


def shortfall(prediction: Prediction, truth: Tensor, weight: Tensor) -> float:
    """By how much fewer truths the intervals `HELD` hold than they promise, on average.

    By the randomised PIT (see `calibration.pit`), in expectation: where the truth is 0 it is
    uniform below the probability of no information.

    Args:
        prediction: of B datasets.
        truth: (B,) MI, nats.
        weight: (B,) of each dataset.
    """
    quantiles, levels = prediction.quantiles, LEVELS.to(truth.device)
    none = torch.where(quantiles <= 0, levels, levels[0]).amax(-1)  # (B,)
    gaps = []
    for nominal in HELD:
        low, high = 0.5 - nominal / 2, 0.5 + nominal / 2
        ends = (quantiles[:, (levels - end).abs().argmin()] for end in (low, high))
        of_none = (none.clamp_max(high) - low).clamp_min(0) / none
        inside = covered(*ends, truth).to(of_none)
        held = torch.where(truth > 0, inside, of_none)
        gaps.append(nominal - (weight * held).sum().item() / weight.sum().item())
    return sum(gaps) / len(gaps)

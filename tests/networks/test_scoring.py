"""Scores are proper: the truth's own distribution has the best of them."""

import math

import pytest
import torch

from mist_core.networks.quantiles import LEVELS, OFFSET, Prediction
from mist_core.networks.scoring import (
    CENTRAL,
    covered,
    interval_score,
    pinball_loss,
    training_loss,
    validation_scores,
    weighted_interval_score,
)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.9])
def test_the_pinball_loss_of_a_level_is_least_at_its_quantile(level, generator):
    truth = torch.randn(20_001, generator=generator, dtype=torch.float64).exp()
    candidates = torch.linspace(0.01, 8, 1600, dtype=torch.float64)
    losses = torch.stack(
        [
            pinball_loss(c.expand(len(truth), 1), truth, torch.tensor([level])).mean()
            for c in candidates
        ]
    )
    assert candidates[losses.argmin()].item() == pytest.approx(
        truth.quantile(level).item(), abs=0.006
    )


def test_a_miss_costs_the_level_from_below_and_the_rest_from_above():
    quantiles, truth = torch.tensor([[1.0], [3.0]]), torch.tensor([2.0, 2.0])
    assert pinball_loss(quantiles, truth, torch.tensor([0.9])).flatten().tolist() == pytest.approx(
        [0.9, 0.1]
    )


def test_an_interval_pays_its_width_and_each_miss_in_proportion():
    low, high = torch.tensor([0.0, 0.0, 0.0]), torch.tensor([1.0, 1.0, 1.0])
    truth = torch.tensor([0.5, 1.2, -0.1])
    scores = interval_score(low, high, truth, coverage=0.9)
    assert scores.tolist() == pytest.approx([1.0, 1 + 20 * 0.2, 1 + 20 * 0.1])


def test_the_interval_score_is_least_for_the_central_interval(generator):
    truth = torch.randn(50_000, generator=generator)
    scores = {
        width: interval_score(-width * torch.ones(1), width * torch.ones(1), truth, 0.9).mean()
        for width in (1.2, 1.645, 2.2)
    }
    assert scores[1.645] == min(scores.values())


def test_wis_is_the_weighted_mean_of_interval_scores_and_the_error_of_the_median(generator):
    """Bracher et al. (2021), equation 1, with weights (1 - coverage) / 2 and 1/2."""
    quantiles = torch.rand(5, 25, generator=generator).cumsum(-1)
    truth = 12 * torch.rand(5, generator=generator)
    total = (truth - quantiles[:, 12]).abs() / 2
    for k in range(12):
        outside = 2 * LEVELS[k].item()
        score = interval_score(quantiles[:, k], quantiles[:, 24 - k], truth, 1 - outside)
        total = total + outside / 2 * score
    found = weighted_interval_score(quantiles, truth, LEVELS)
    torch.testing.assert_close(found, total / 12.5)


def test_wis_tends_to_the_crps_of_a_normal_law():
    """CRPS of a standard normal at 0 is (sqrt(2) - 1) / sqrt(pi) (Gneiting and Raftery, 2007)."""
    levels = (torch.arange(4000, dtype=torch.float64) + 0.5) / 4000
    quantiles = torch.special.ndtri(levels).unsqueeze(0)
    found = weighted_interval_score(quantiles, torch.zeros(1, dtype=torch.float64), levels)
    assert found.item() == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi), rel=1e-3)


def test_the_ends_of_an_interval_are_covered():
    low, high = torch.zeros(4), torch.ones(4)
    truth = torch.tensor([0.0, 1.0, -0.01, 1.01])
    assert covered(low, high, truth).tolist() == [True, True, False, False]


def prediction(truth, shift=0.0, mean_shift=0.0, spread=0.3):
    """Log-normal quantiles about the truth."""
    median = (truth + OFFSET).log().unsqueeze(-1) + shift
    return Prediction(truth + mean_shift, median + spread * torch.special.ndtri(LEVELS))


def test_the_training_loss_is_least_at_the_truth():
    truth = torch.tensor([0.0, 0.3, 2.0])
    best = training_loss(prediction(truth), truth)
    for worse in ({"shift": 0.3}, {"shift": -0.3}, {"mean_shift": 0.3}, {"mean_shift": -0.3}):
        assert training_loss(prediction(truth, **worse), truth) > best + 1e-3


def test_the_spread_weighs_the_error_of_the_mean_without_being_moved_by_it():
    truth = torch.tensor([1.0])
    log_quantiles = prediction(truth).log_quantiles.requires_grad_()
    losses = [training_loss(Prediction(truth + e, log_quantiles), truth) for e in (0.0, 0.4)]
    gradients = [torch.autograd.grad(loss, log_quantiles)[0] for loss in losses]
    assert losses[1] > losses[0]
    assert torch.equal(*gradients)


def test_the_loss_grows_with_the_error_of_the_mean_and_never_jumps():
    truth = torch.tensor([1.0])
    shifts = torch.linspace(0, 6, 400)
    losses = torch.stack([training_loss(prediction(truth, mean_shift=e), truth) for e in shifts])
    assert (losses.diff() > 0).all()
    assert losses.diff().max() < 0.05


def test_huge_errors_of_the_mean_count_in_proportion_not_squared():
    truth = torch.tensor([1.0])
    losses = [training_loss(prediction(truth, mean_shift=e), truth) for e in (10.0, 20.0, 30.0)]
    assert (losses[2] - losses[1]).item() == pytest.approx((losses[1] - losses[0]).item(), rel=1e-4)


def test_validation_scores_count_the_truths_inside_each_central_interval():
    """Quantiles at the levels themselves and truths on a fine grid of (0, 1): calibrated."""
    truth = (torch.arange(1000) + 0.5) / 1000
    log_quantiles = (LEVELS + OFFSET).log().expand(1000, -1)
    scores = validation_scores(Prediction(torch.full((1000,), 0.5), log_quantiles), truth)
    for percent in CENTRAL:
        assert scores[f"coverage_{percent}"] == pytest.approx(percent / 100, abs=1e-6)
    assert scores["mae"] == pytest.approx(0.25, abs=1e-6)
    assert scores["mse"] == pytest.approx(1 / 12, abs=1e-5)

"""Widths of quantiles: honest after the fit, and as they were where they were honest."""

import functools
import math
from pathlib import Path

import pytest
import torch

from mist_core.checkpoint import save_checkpoint
from mist_core.errors import WeightsError
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.quantiles import LEVELS, OFFSET, Prediction
from mist_core.networks.recalibration import (
    CAUTION,
    KNOTS,
    NUM_FEATURES,
    ROWS,
    factors_of,
    features,
    fit,
    shortfall,
    stretched,
)
from mist_core.networks.registry import config_dict, load_network

B = 6000
SMALL = functools.partial(
    MIST, MISTConfig(blocks=("sizes", "spectra-scores"), hidden_dim=8, num_layers=1, encoder_dim=0)
)


def normal_quantiles(width):
    """A prediction of ln(MI + OFFSET) as N(0, width^2)."""
    scores = torch.special.ndtri(LEVELS.double()).float()
    return Prediction(torch.ones(len(width)), width[:, None] * scores)


def fitted(width, truth, in_family=None, rows=None):
    """The stretched prediction, and its features."""
    rows = torch.full((B,), 6.0) if rows is None else rows
    familiar = torch.full((B,), 0.9) if in_family is None else in_family
    sizes = torch.stack([rows, 0 * rows, 0 * rows], -1)
    phi = features(sizes, familiar, torch.zeros(B))
    prediction = normal_quantiles(width)
    return stretched(prediction, phi, fit(prediction, phi, truth))


def coverage(prediction, log_truth):
    low, high = prediction.log_quantiles[:, 3], prediction.log_quantiles[:, -4]
    return (low <= log_truth) & (log_truth <= high)


def draws(seed=0):
    return torch.randn(B, generator=torch.Generator().manual_seed(seed))


def test_quantiles_that_are_too_narrow_are_stretched_until_they_hold():
    width = torch.full((B,), 0.1)
    log_truth = 0.16 * draws()
    assert coverage(normal_quantiles(width), log_truth).float().mean() < 0.75
    wider = fitted(width, log_truth.exp() - OFFSET)
    assert coverage(wider, log_truth).float().mean().item() == pytest.approx(0.9, abs=0.015)
    assert (wider.log_quantiles.diff(dim=-1) > 0).all()


def test_honest_quantiles_stay_as_they_are():
    width = torch.full((B,), 0.1)
    same = fitted(width, (0.1 * draws()).exp() - OFFSET)
    torch.testing.assert_close(
        same.log_quantiles, normal_quantiles(width).log_quantiles, rtol=0.05, atol=0.005
    )


def test_one_column_a_side_has_a_factor_of_its_own():
    """What errs there alone is no trend over the number of columns."""
    columns = torch.tensor([0.0, 0.0, 1.0, 2.0, 4.0]).repeat(B // 5)
    sizes = torch.stack([torch.full((B,), 6.0), 0 * columns, columns], -1)
    width = torch.full((B,), 0.1)
    log_truth = 0.1 * torch.where(columns == 0, 1.4, 1.0) * draws()
    prediction, phi = normal_quantiles(width), features(sizes, 0 * width + 0.9, 0 * width)
    wider = stretched(prediction, phi, fit(prediction, phi, log_truth.exp() - OFFSET))
    for few in (columns == 0, columns == 1):
        held = coverage(wider, log_truth)[few].float().mean().item()
        assert held == pytest.approx(0.9, abs=0.02)


def test_what_is_unfamiliar_is_stretched_by_a_given_factor_and_the_rest_still_holds():
    """Known laws do not say how far to trust the answer on others."""
    width, familiar = torch.full((B,), 0.1), (torch.arange(B) % 10 > 0).float()
    log_truth = 0.1 * draws()
    found = fitted(width, log_truth.exp() - OFFSET, in_family=familiar)
    spans = found.log_quantiles[:, -4] - found.log_quantiles[:, 3]
    ratio = spans[familiar == 0].mean() / spans[familiar > 0].mean()
    assert math.log(ratio) == pytest.approx(CAUTION, abs=0.05)
    held = coverage(found, log_truth)[familiar > 0].float().mean().item()
    assert held == pytest.approx(0.9, abs=0.03)


def test_quantiles_that_lie_to_one_side_are_shifted():
    width = torch.full((B,), 0.1)
    log_truth = 0.05 + 0.1 * draws()
    found = fitted(width, log_truth.exp() - OFFSET)
    middle = found.log_quantiles[:, len(LEVELS) // 2]
    torch.testing.assert_close(middle, torch.full((B,), 0.05), atol=0.01, rtol=0)
    assert coverage(found, log_truth).float().mean().item() == pytest.approx(0.9, abs=0.015)


def test_each_side_has_its_own_factor_and_the_mean_stays():
    prediction = normal_quantiles(torch.tensor([0.1, 0.3]))
    phi = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    factors = torch.tensor([[2.0, 0.5], [1.5, 1.0], [1.0, 1.0]])
    coefficients = torch.cat([factors[:2].log(), torch.tensor([[0.0, 0.2]])])
    wider, q = stretched(prediction, phi, coefficients), prediction.log_quantiles
    middle = len(LEVELS) // 2
    assert torch.equal(wider.log_quantiles[0, middle], q[0, middle])
    torch.testing.assert_close(wider.log_quantiles[0, 0], 2 * q[0, 0])
    torch.testing.assert_close(wider.log_quantiles[0, -1], 1.5 * q[0, -1])
    half = (q[1, -4] - 0.5 * q[1, 3]) / 2
    torch.testing.assert_close(wider.log_quantiles[1, middle], q[1, middle] + 0.2 * half)
    assert torch.equal(wider.mean, prediction.mean)


def test_honest_quantiles_fall_short_of_nothing_and_narrow_ones_do():
    log_truth = 0.1 * draws()
    truth = log_truth.exp() - OFFSET
    honest, narrow = (normal_quantiles(torch.full((B,), width)) for width in (0.1, 0.07))
    assert shortfall(honest, truth, torch.ones(B)) == pytest.approx(0, abs=0.01)
    assert shortfall(narrow, truth, torch.ones(B)) > 0.1


def test_a_shortfall_is_of_the_datasets_that_carry_weight():
    width = torch.tensor([0.1, 0.07]).repeat(B // 2)
    truth, second = (0.1 * draws()).exp() - OFFSET, torch.tensor([0.0, 1.0]).repeat(B // 2)
    prediction = normal_quantiles(width)
    assert shortfall(prediction, truth, 1 - second) == pytest.approx(0, abs=0.015)
    assert shortfall(prediction, truth, second) > 0.1


def test_rows_lie_between_two_knots_or_beyond_all():
    log_rows = torch.tensor([0.0, *KNOTS, (KNOTS[1] + KNOTS[2]) / 2, 20.0])
    sizes = torch.stack([log_rows, 0 * log_rows, 0 * log_rows], -1)
    near = features(sizes, 0 * log_rows, 0 * log_rows)[:, : len(KNOTS)]
    eye = torch.eye(len(KNOTS))
    between = (eye[1] + eye[2]) / 2
    expected = torch.cat([eye[:1], eye, between[None], eye[-1:]])
    torch.testing.assert_close(near, expected)


def test_few_rows_and_many_have_factors_of_their_own():
    """Widths that err one way at the ends and the other way between are no parabola."""
    log_rows = torch.tensor(KNOTS).repeat(B // len(KNOTS))
    wrong = torch.tensor([1.3, 0.8, 1.0, 1.3, 0.8]).repeat(B // len(KNOTS))
    found = fitted(torch.full((B,), 0.1), (0.1 * wrong * draws()).exp() - OFFSET, rows=log_rows)
    for knot in KNOTS:
        held = coverage(found, 0.1 * wrong * draws())[log_rows == knot].float().mean().item()
        assert held == pytest.approx(0.9, abs=0.025)


def test_draws_without_information_are_held_as_often_as_their_probability_says():
    """Of an honest half chance of no information, half of the draws have none."""
    levels = LEVELS[None].repeat(B, 1)
    above = (levels - 0.5).clamp_min(0)  # uniform on (0, 1/2) where there is any
    prediction = Prediction(torch.ones(B), (above + OFFSET).log())
    honest = (torch.rand(B, generator=torch.Generator().manual_seed(0)) - 0.5).clamp_min(0)
    assert shortfall(prediction, honest, torch.ones(B)) == pytest.approx(0, abs=0.02)


def test_after_the_fit_half_of_fresh_draws_lie_in_the_middle_half():
    """Also where heavy tails pull the outer quantiles the other way."""
    heavy = torch.distributions.StudentT(2.0)
    torch.manual_seed(0)
    truth = (0.1 * heavy.sample((B,)).clamp(-20, 20)).exp() - OFFSET
    found = fitted(torch.full((B,), 0.1), truth.clamp_min(0))
    assert abs(shortfall(found, truth.clamp_min(0), torch.ones(B))) < 0.005


def test_no_features_no_change_and_factors_are_bounded():
    phi = features(torch.zeros(2, 3), torch.ones(2), torch.full((2,), math.log(OFFSET)))
    assert torch.equal(factors_of(phi, torch.zeros(2, NUM_FEATURES)), torch.ones(2, 2))
    assert factors_of(phi, torch.full((2, NUM_FEATURES), 100.0)).max() <= 3.001


def earlier_file(folder, network: MIST, spread: list) -> Path:
    """Weights as earlier versions wrote them: with the coefficients in the config."""
    tensors = {name: t for name, t in network.state_dict().items() if name != "spread"}
    path = folder / "weights.safetensors"
    save_checkpoint(path, tensors, {"config": config_dict(network) | {"spread": spread}})
    return path


@pytest.mark.parametrize("spread", [[0.1, 0.2], ["text"]])
def test_weights_with_other_coefficients_are_refused(tmp_path, spread):
    with pytest.raises(WeightsError, match="spread"):
        load_network(earlier_file(tmp_path, SMALL(), spread))


def test_coefficients_in_the_config_of_an_earlier_file_are_those_in_a_buffer(tmp_path):
    network = SMALL().eval()
    network.spread.copy_(0.1 * torch.randn(ROWS, NUM_FEATURES))
    found, _ = load_network(earlier_file(tmp_path, network, network.spread.flatten().tolist()))
    inputs = network.prepare(*torch.randn(2, 3, 40, 2))
    assert torch.equal(found(inputs).log_quantiles, network(inputs).log_quantiles)
    assert "spread" not in config_dict(found)


def test_without_coefficients_quantiles_stay_as_they_are(tmp_path):
    network = SMALL().eval()
    inputs = network.prepare(*torch.randn(2, 3, 40, 2))
    before = network(inputs).log_quantiles
    network.spread.fill_(0.05)
    assert not torch.allclose(network(inputs).log_quantiles, before, atol=1e-3)
    network.forget_fresh()
    assert torch.allclose(network(inputs).log_quantiles, before, atol=1e-6)

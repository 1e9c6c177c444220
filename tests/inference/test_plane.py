"""In the plane answers converge under any law, also where the network is astray."""

import math

import numpy as np
import pytest
import torch

from mist_core import MISTEstimator
from mist_core.checkpoint import save_checkpoint
from mist_core.errors import WeightsError
from mist_core.inference.plane import located
from mist_core.networks.plane import Located, PlaneConfig, load_plane, weighed
from mist_core.networks.quantiles import LEVELS, MEDIAN, OFFSET, Prediction, level_weights
from mist_core.paths import PLANE, SECOND_OPINION
from mist_core.statistics.plane import COUNT, LEAST_ROWS, fits, read
from mist_core.statistics.summary import Pair
from mist_core.training.plane import drawn, fit

HEARD = {"new": PlaneConfig().new, "shared": PlaneConfig().shared}


def told(median: float, spread: float) -> Prediction:
    """One answer whose ln(MI + OFFSET) is normal."""
    quantiles = math.log(median + OFFSET) + spread * torch.special.ndtri(LEVELS)[None]
    mean = ((quantiles.exp() - OFFSET) * level_weights()).sum(-1)
    return Prediction(mean, quantiles, torch.tensor([0.8]))


def about(centre: float, scale: float) -> Located:
    return Located(torch.tensor([centre]).double(), torch.tensor([scale]).double())


def width(prediction: Prediction) -> float:
    return (prediction.quantiles[0, -4] - prediction.quantiles[0, 3]).item()


def normal(rows: int, rho: float = 0.8, seed: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    x, e = torch.randn(2, 1, rows, 1, generator=torch.Generator().manual_seed(seed)).double()
    return x, rho * x + math.sqrt(1 - rho * rho) * e


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_the_estimate_is_the_truth_within_its_error(rho):
    found = read(Pair(*normal(6000, rho)).views)
    truth = -math.log(1 - rho * rho) / 2
    assert abs(found.value.item() - truth) < 4 * found.error.item()
    assert found.holds.item() and found.statistics.shape == (1, COUNT)


def test_fine_structure_shows_in_the_change_with_the_number_of_neighbours():
    x, _ = normal(3000)
    fine = read(Pair(x, (40 * x).sin()).views)
    coarse = read(Pair(*normal(3000)).views)
    assert fine.change.item() > 10 * fine.error.item() and not fine.holds.item()
    assert abs(coarse.change.item()) < 5 * coarse.error.item()


def test_of_a_function_of_a_column_rows_are_too_few_to_tell_anything():
    x, _ = normal(3000)
    assert not read(Pair(x, -x).views).holds.item()


def test_neither_increasing_maps_nor_an_exchange_nor_the_order_of_rows_change_it():
    x, y = normal(2000)
    order = torch.randperm(2000, generator=torch.Generator().manual_seed(3))
    found = read(Pair(x, y).views)
    for pair in (Pair(x.exp(), y.pow(3)), Pair(y, x), Pair(x[:, order], y[:, order])):
        again = read(pair.views)
        torch.testing.assert_close(again.value, found.value, rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(again.statistics, found.statistics)


def test_neighbours_that_know_little_hardly_move_an_answer():
    own = told(0.5, 0.05)
    both = weighed(own, about(0.9, 3.0), **HEARD)
    assert both.quantiles[0, MEDIAN].item() == pytest.approx(0.5, abs=0.02)


def test_where_both_agree_the_answer_is_as_narrow_as_the_narrower():
    both = weighed(told(0.5, 0.05), about(0.51, 0.002), **HEARD)
    assert both.quantiles[0, MEDIAN].item() == pytest.approx(0.51, abs=0.001)
    assert width(both) == pytest.approx(2 * 2.13 * 0.002, rel=0.3)
    assert both.in_family.item() > 0.7


def test_where_the_network_is_astray_neighbours_alone_hold_and_the_law_counts_as_new():
    both = weighed(told(0.2, 0.02), about(0.9, 0.01), **HEARD)
    assert both.quantiles[0, MEDIAN].item() == pytest.approx(0.9, abs=0.002)
    assert both.mean.item() == pytest.approx(0.9, abs=0.01)
    assert both.in_family.item() < 0.05


def test_quantiles_ascend():
    generator = torch.Generator().manual_seed(0)
    own = torch.randn(100, len(LEVELS), generator=generator).sort(-1).values
    prediction = Prediction(own.exp().mean(-1), own, torch.rand(100, generator=generator))
    centre, scale = torch.rand(2, 100, generator=generator).double()
    both = weighed(prediction, Located(2 * centre - 0.1, scale), **HEARD)
    assert (both.log_quantiles.diff(dim=-1) >= 0).all() and both.mean.isfinite().all()


def test_of_few_rows_more_columns_and_tied_values_the_answer_stays():
    assert not fits(LEAST_ROWS - 1, 2) and not fits(LEAST_ROWS, 3)
    x, y = normal(3000)
    own = told(0.2, 0.03)
    tied = located(own, Pair(x.round(decimals=1), y))
    torch.testing.assert_close(tied.log_quantiles, own.log_quantiles)


def test_a_hundred_thousand_equal_rows_are_not_searched():
    x = (torch.arange(100_000) % 2).double().view(1, -1, 1)
    found = read(Pair(x, x).views)
    assert not found.holds.item() and found.value.item() == 0


def test_answers_come_nearer_and_narrower_under_a_law_that_no_prior_holds():
    """X is Cauchy, and so is the noise: h(Y) - h(noise) = ln(8 pi) - ln(4 pi) nats."""
    rng = np.random.default_rng(7)
    x, e = rng.standard_cauchy((2, 60_000))
    estimator, widths = MISTEstimator.load(device="cpu"), []
    for rows in (3000, 60_000):
        posterior = estimator.posterior(x[:rows], (x + e)[:rows])
        low, high = posterior.interval(0.9)
        widths.append(high - low)
    assert posterior.mean == pytest.approx(math.log(2), abs=0.02)
    assert widths[1] < widths[0] / 2.5


def test_a_damaged_file_or_that_of_another_subject_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_checkpoint(path, {"x": torch.zeros(1)}, {"config": {"architecture": "plane"}})
    with pytest.raises(WeightsError, match="train it anew"):
        load_plane(path)
    with pytest.raises(WeightsError, match="expected plane weights"):
        load_plane(SECOND_OPINION)
    assert load_plane(PLANE).config == PlaneConfig()


@pytest.mark.slow
def test_it_is_trained_alike_whoever_draws():
    told = [fit(drawn(12, 5, jobs, lambda done: None), PlaneConfig(), 5)[0] for jobs in (1, 2)]
    for one, other in zip(*(network.state_dict().values() for network in told), strict=True):
        torch.testing.assert_close(one, other)

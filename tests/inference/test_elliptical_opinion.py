"""Copulas that fit make answers converge; those that do not fit change nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from mist_core import MISTEstimator
from mist_core.checkpoint import save_checkpoint
from mist_core.distributions.elliptical import Multinormal
from mist_core.errors import WeightsError
from mist_core.inference.elliptical_opinion import converged, converged_given
from mist_core.networks.elliptical_opinion import (
    GIVEN,
    OF_PAIRS,
    EllipticalConfig,
    EllipticalOpinion,
    Trust,
    load_elliptical,
    log_density,
    mixed,
)
from mist_core.networks.quantiles import LEVELS, MEDIAN, OFFSET, Prediction, level_weights
from mist_core.paths import ELLIPTICAL, ELLIPTICAL_GIVEN
from mist_core.statistics.elliptical import LEAST_ROWS, LEAST_ROWS_OF_TWO
from mist_core.statistics.summary import Pair
from mist_core.statistics.triple import triple
from mist_core.training.elliptical_draws import LESSONS, drawn
from mist_core.training.elliptical_fit import fit, kinds_of


def told(median: float, spread: float) -> Prediction:
    """One answer whose ln(MI + OFFSET) is normal."""
    quantiles = math.log(median + OFFSET) + spread * torch.special.ndtri(LEVELS)[None]
    mean = ((quantiles.exp() - OFFSET) * level_weights()).sum(-1)
    return Prediction(mean, quantiles, torch.tensor([0.8]))


def test_the_density_of_quantiles_integrates_to_one():
    truths = torch.linspace(math.log(0.1), math.log(3), 20001).exp()
    own = told(0.5, 0.1)
    many = Prediction(own.mean, own.log_quantiles.expand(20001, -1), own.in_family)
    density = log_density(many, truths - OFFSET).exp()
    assert torch.trapezoid(density, truths.log()).item() == pytest.approx(1, abs=0.01)


def test_a_copula_that_is_trusted_puts_the_answer_where_its_estimate_lies():
    own = told(0.5, 0.1)
    trust = Trust(
        torch.tensor([[0.05, 0.95, 0.0]]), torch.tensor([[0.55, 9.0]]), torch.full((1, 2), 0.01)
    )
    both = mixed(own, trust)
    assert both.quantiles[0, MEDIAN].item() == pytest.approx(0.55, abs=0.005)
    assert (both.quantiles[0, -4] - both.quantiles[0, 3]).item() < 0.05
    assert (both.log_quantiles.diff() >= 0).all()


def test_one_that_is_not_changes_nothing():
    own = told(0.5, 0.1)
    both = mixed(
        own, Trust(torch.tensor([[1.0, 0.0, 0.0]]), torch.full((1, 2), 9.0), torch.ones(1, 2))
    )
    torch.testing.assert_close(both.quantiles, own.quantiles)


def test_of_few_rows_and_of_tied_values_the_answer_stays():
    x, y = torch.randn(2, 1, 3000, 2, generator=torch.Generator().manual_seed(1)).double()
    own = told(0.2, 0.03)
    assert converged(own, Pair(x[:, : LEAST_ROWS - 1], y[:, : LEAST_ROWS - 1])) is own
    short = slice(LEAST_ROWS_OF_TWO - 1)
    assert converged(own, Pair(x[:, short, :1], y[:, short, :1])) is own
    tied = converged(own, Pair(x.round(decimals=1), y))
    torch.testing.assert_close(tied.log_quantiles, own.log_quantiles)


def test_given_z_of_rows_in_time_the_answer_stays():
    x, y, z = torch.randn(3, 1, 600, 1, generator=torch.Generator().manual_seed(1)).double()
    own = told(0.2, 0.03)
    assert converged_given(own, triple(x, y, z, ordered=True)) is own


@pytest.mark.parametrize("columns", [1, 3])
def test_of_a_side_and_itself_the_answer_is_finite_and_large(columns):
    x = np.random.default_rng(2).standard_normal((3000, columns))
    posterior = MISTEstimator.load(device="cpu").posterior(x, -x)
    low, high = posterior.interval(0.9)
    assert 3 < posterior.mean < 100 and high - low > 0.5


def test_normal_answers_come_nearer_and_narrower_with_every_row():
    """From 2,000 rows to 50,000 an efficient interval becomes five times narrower."""
    covariance = torch.full((8, 8), 0.4, dtype=torch.float64) + 0.6 * torch.eye(8)
    law, estimator = Multinormal(covariance.double(), 4), MISTEstimator.load(device="cpu")
    truth, generator = law.mutual_information().item(), torch.Generator().manual_seed(5)
    widths = {}
    for rows in (2000, 50_000):
        posterior = estimator.posterior(*law.sample(rows, generator=generator))
        low, high = posterior.interval(0.9)
        widths[rows] = high - low
        assert posterior.mean == pytest.approx(truth, abs=4 * 0.6 / math.sqrt(rows) + 0.003)
    assert widths[50_000] < widths[2000] / 2.5


def test_what_no_copula_fits_is_left_to_the_network():
    rng = np.random.default_rng(6)
    x, e = rng.standard_normal((2, 4000))
    y = np.cos(3 * x) + 0.3 * e  # nothing to a normal copula
    estimator = MISTEstimator.load(device="cpu")
    sides = (torch.from_numpy(side).reshape(1, -1, 1) for side in (x, y))
    with torch.inference_mode():
        alone = estimator.predict(Pair(*sides)).quantiles[0]
    posterior = estimator.posterior(x, y)
    assert posterior.median == pytest.approx(alone[MEDIAN].item(), rel=0.03)


def test_given_z_normal_answers_are_as_good_as_partial_correlations():
    rng = np.random.default_rng(8)
    z, e, f = rng.standard_normal((3, 4000, 3))
    x, y = z + e, 0.8 * e + 0.6 * f - 0.5 * z.sum(1, keepdims=True)
    truth = -3 * math.log(0.6)
    posterior = MISTEstimator.load(device="cpu").conditional(x, y, z)
    assert posterior.mean == pytest.approx(truth, rel=0.05)


def test_a_damaged_file_or_that_of_another_subject_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_checkpoint(path, {"a": torch.zeros(1)}, {"config": {"architecture": "mist"}})
    for wrong in (path, ELLIPTICAL_GIVEN):
        with pytest.raises(WeightsError, match="expected elliptical weights"):
            load_elliptical(wrong, OF_PAIRS)
    assert isinstance(load_elliptical(ELLIPTICAL, OF_PAIRS), EllipticalOpinion)
    assert isinstance(load_elliptical(ELLIPTICAL_GIVEN, GIVEN), EllipticalOpinion)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_an_opinion_is_trained_alike_whoever_draws(lesson):
    draws = [drawn(lesson, "general", 4, 3, jobs, lambda one: None) for jobs in (1, 2)]
    torch.testing.assert_close(draws[0].statistics, draws[1].statistics)
    assert set(sum(draws[0].kinds, ())) <= {*lesson.kinds, *lesson.elliptical}
    many = draws[0].part(np.resize(np.arange(len(draws[0].truth)), 400))
    kinds = (lesson.elliptical[:1], lesson.kinds[-1:]) * 200
    network, scores = fit(
        lesson, replace(many, kinds=kinds), EllipticalConfig(members=1, hidden_dim=8), 1
    )
    assert network.subject == lesson.subject
    assert {*lesson.elliptical} <= kinds_of(lesson, 1, 0)
    assert scores["elliptical laws"]["draws"] == 40

"""Resampled intervals: bmi's statistics, schemes that cover a mean, and the bootstrap's flaw."""

import re

import numpy as np
import pytest
import torch

from mist_core.benchmarks.base import Dataset
from mist_core.benchmarks.baselines.estimators import BASELINES
from mist_core.benchmarks.baselines.resampling import RESAMPLED, bootstrap, cca, ksg, subsampling


def correlated(n: int, dim: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(n, dim, generator=generator, dtype=torch.float64)
    return x, x + torch.randn(n, dim, generator=generator, dtype=torch.float64)


@pytest.mark.bmi
@pytest.mark.parametrize(("name", "statistic"), [("ksg", ksg), ("cca", cca)])
def test_on_all_rows_the_statistics_are_those_of_bmi(name, statistic, generator):
    x, y = correlated(100, 2, generator)
    ours = statistic(x, y)(torch.arange(100))
    assert ours == pytest.approx(BASELINES[name].ask(x, y).estimate, abs=1e-4)


@pytest.mark.parametrize("statistic", [ksg, cca])
def test_a_statistic_of_some_rows_is_that_of_the_data_cut_down_to_them(statistic, generator):
    x, y = correlated(120, 2, generator)
    rows = torch.randperm(120, generator=generator)[:80]
    cut = statistic(x[rows], y[rows])(torch.arange(80))
    assert statistic(x, y)(rows) == pytest.approx(cut, abs=0.05)  # KSG's scales are of all rows


@pytest.mark.parametrize("scheme", [bootstrap, subsampling])
def test_either_scheme_covers_a_mean_as_often_as_it_says(scheme):
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(150):
        values = torch.from_numpy(rng.normal(size=60))
        spread = scheme(lambda rows, v=values: float(v[rows].mean()), 60, rng)
        low, high = np.quantile(spread, [0.05, 0.95])
        held += low <= 0 <= high
    assert 0.84 < held / 150 < 0.96


def test_the_copies_that_a_bootstrap_makes_look_like_dependence_to_ksg(generator):
    x, y = (torch.randn(200, 2, generator=generator, dtype=torch.float64) for _ in "xy")
    statistic = ksg(x, y)
    low = np.quantile(bootstrap(statistic, 200, np.random.default_rng(0)), 0.05)
    assert low > statistic(torch.arange(200)) + 0.05
    spread = subsampling(statistic, 200, np.random.default_rng(0))
    below, above = np.quantile(spread, [0.05, 0.95])
    assert below < 0.05 and above > -0.05


@pytest.mark.parametrize("name", RESAMPLED)
def test_resampled_estimators_answer_with_quantiles_that_rise_from_0(name, generator):
    x, y = (torch.randn(60, 2, generator=generator) for _ in "xy")
    (answer,) = RESAMPLED[name].answer([Dataset(x, y)])
    assert answer.quantiles[0] >= 0 and (np.diff(answer.quantiles) >= 0).all()


@pytest.mark.parametrize("name", RESAMPLED)
def test_the_same_seed_draws_the_same_rows(name, generator):
    x, y = correlated(60, 1, generator)
    first, again, other = (
        RESAMPLED[name].answer([Dataset(x, y, seed=seed)])[0].quantiles for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize("name", RESAMPLED)
def test_too_few_or_too_many_rows_are_refused_in_a_sentence(name, generator):
    (few,) = RESAMPLED[name].answer([Dataset(*correlated(10, 3, generator))])
    assert re.search(r"needs \d+ rows in half a sample, got 5\.", few.failure)
    (many,) = RESAMPLED[name].answer([Dataset(*correlated(5001, 1, generator))])
    assert "at most 5,000 rows, got 5,001" in many.failure

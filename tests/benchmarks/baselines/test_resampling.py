"""Resampled intervals: bmi's statistics, schemes that cover a mean, and the bootstrap's flaw."""

import numpy as np
import pytest
import torch

from mist_core.benchmarks.baselines.estimators import estimate_baseline
from mist_core.benchmarks.baselines.resampling import PEERS, bootstrap, cca, ksg, subsampling
from mist_core.errors import BaselineError


def correlated(n: int, dim: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(n, dim, generator=generator, dtype=torch.float64)
    return x, x + torch.randn(n, dim, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("name", "statistic"), [("ksg", ksg), ("cca", cca)])
def test_on_all_rows_the_statistics_are_those_of_bmi(name, statistic, generator):
    x, y = correlated(100, 2, generator)
    ours = statistic(x, y)(torch.arange(100))
    assert ours == pytest.approx(estimate_baseline(name, x, y).mutual_information, abs=1e-4)


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
        low, high = scheme(lambda rows, v=values: float(v[rows].mean()), 60, 0.9, rng)
        held += low <= 0 <= high
    assert 0.84 < held / 150 < 0.96


def test_the_copies_that_a_bootstrap_makes_look_like_dependence_to_ksg(generator):
    x, y = (torch.randn(200, 2, generator=generator, dtype=torch.float64) for _ in "xy")
    statistic = ksg(x, y)
    low, _ = bootstrap(statistic, 200, 0.9, np.random.default_rng(0))
    assert low > statistic(torch.arange(200)) + 0.05
    below, above = subsampling(statistic, 200, 0.9, np.random.default_rng(0))
    assert below < 0.05 and above > -0.05


@pytest.mark.parametrize("name", PEERS)
def test_peers_answer_with_two_ends_that_are_not_negative(name, generator):
    x, y = (torch.randn(60, 2, generator=generator) for _ in "xy")
    low, high = PEERS[name].interval(x, y, rng=np.random.default_rng(0))
    assert 0 <= low <= high


@pytest.mark.parametrize("name", PEERS)
def test_too_few_rows_are_refused_in_a_sentence(name, generator):
    x, y = correlated(10, 3, generator)
    with pytest.raises(BaselineError, match=r"needs \d+ rows in half a sample, got 5\."):
        PEERS[name].interval(x, y, rng=np.random.default_rng(0))

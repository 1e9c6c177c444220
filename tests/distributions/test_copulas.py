"""Archimedean copulas: closed forms against quadrature, textbook taus and the sampler."""

import math

import numpy as np
import pytest
import torch
from scipy import special, stats

from mist_core.distributions.copulas import (
    COPULAS,
    Clayton,
    Copula,
    Frank,
    Gumbel,
    random_copulas,
    scaled_exponential_integral,
)
from mist_core.distributions.numerics.randomness import source
from mist_core.errors import ParameterError

LAWS: dict[str, Copula] = {
    "clayton": Clayton(torch.tensor([0.1, 1.0, 5.0, 15.0])),
    "gumbel": Gumbel(torch.tensor([1.0, 1.3, 3.0, 8.0])),
    "frank": Frank(torch.tensor([0.0, 3.0, -12.0, 40.0])),
}


@pytest.fixture(params=LAWS)
def law(request) -> Copula:
    return LAWS[request.param]


def test_the_truth_is_the_integral_of_c_ln_c(law):
    # Logistic coordinates spread the corners, where the densities have their peaks.
    t = torch.linspace(-34, 34, 1201, dtype=torch.float64)
    u, weight = torch.sigmoid(t), torch.sigmoid(t) * torch.sigmoid(-t) * (t[1] - t[0])
    total, information = torch.zeros(2, 4, dtype=torch.float64)
    for x, w in zip(u, weight, strict=True):
        x = x.expand(4, len(u), 1)
        log_density = law.pointwise_mutual_information(x, u[:, None].expand_as(x))
        mass = log_density.exp() * weight * w
        total += mass.sum(-1)
        information += (mass * log_density).sum(-1)
    torch.testing.assert_close(total, torch.ones_like(total), atol=1e-6, rtol=0)
    torch.testing.assert_close(information, law.mutual_information(), atol=1e-5, rtol=0)


def test_the_mean_pointwise_information_is_the_mutual_information(law, generator):
    n = 40_000
    pointwise = law.pointwise_mutual_information(*law.sample(n, generator=generator))
    assert pointwise.std(-1).max() < 3  # or the next line would excuse any error
    gap = (pointwise.mean(-1) - law.mutual_information()).abs()
    assert (gap <= 4 * pointwise.std(-1) / math.sqrt(n) + 1e-9).all()


def test_margins_are_uniform(law, generator):
    for side in law.sample(5_000, generator=generator):
        for column in side[..., 0]:
            assert column.min() > 0 and column.max() < 1
            assert stats.kstest(column.numpy(), "uniform").pvalue > 1e-4


@pytest.mark.parametrize(
    ("copula", "tau"),
    [
        (Clayton(2.0), 2 / (2 + 2)),
        (Gumbel(2.5), 1 - 1 / 2.5),
        (Frank(5.0), 0.4567),
        (Frank(-5.0), -0.4567),
    ],
)
def test_samples_have_the_textbook_tau(copula, tau, generator):
    x, y = copula.sample(10_000, generator=generator)
    assert stats.kendalltau(x[:, 0], y[:, 0]).statistic == pytest.approx(tau, abs=0.03)


def test_tails_depend_where_they_should(generator):
    def corners(copula: Copula) -> tuple[float, float]:
        x, y = copula.sample(100_000, generator=generator)
        low, high = (x < 0.01) & (y < 0.01), (x > 0.99) & (y > 0.99)
        return low.double().mean().item() * 100, high.double().mean().item() * 100

    low, high = corners(Clayton(2.0))
    assert low == pytest.approx(2 ** (-1 / 2), abs=0.1) and high < 0.1
    low, high = corners(Gumbel(2.0))
    assert high == pytest.approx(2 - math.sqrt(2), abs=0.1) and low < 0.2
    assert max(corners(Frank(6.0))) < 0.15


def test_limits_are_independence():
    for copula in (Clayton(1e-6), Gumbel(1.0), Gumbel(1 + 1e-9), Frank(0.0), Frank(1e-4)):
        assert 0 <= copula.mutual_information().item() < 1e-8


def test_turning_a_frank_copula_over_changes_the_sign_of_theta():
    x, y = torch.rand(2, 3, 50, 1, generator=torch.Generator().manual_seed(1)).double()
    theta = torch.tensor([0.5, 4.0, 40.0])
    torch.testing.assert_close(
        Frank(theta).pointwise_mutual_information(x, y),
        Frank(-theta).pointwise_mutual_information(x, 1 - y),
    )
    assert torch.equal(Frank(theta).mutual_information(), Frank(-theta).mutual_information())


def test_extreme_parameters_give_finite_samples_and_truths(generator):
    for copula in (Clayton(1e4), Gumbel(1e4), Frank(1e4), Frank(-1e4), Clayton(1e-8)):
        x, y = copula.sample(1000, generator=generator)
        assert x.isfinite().all() and y.isfinite().all()
        assert 0 <= copula.mutual_information() < 10


def test_the_exponential_integral_is_scipys():
    s = torch.logspace(-12, 2.5, 60, dtype=torch.float64)
    expected = special.exp1(s.numpy()) * np.exp(s.numpy())
    torch.testing.assert_close(
        scaled_exponential_integral(s), torch.as_tensor(expected), rtol=1e-12, atol=0
    )


@pytest.mark.parametrize("name", COPULAS)
def test_random_copulas_span_the_range_from_faint_to_strong(name):
    truth = COPULAS[name](300, source(np.random.SeedSequence(1))).mutual_information()
    assert 0.005 < truth.min() < 0.05 and 2 < truth.max() < 3.5


def test_a_random_batch_is_of_one_family():
    laws = {type(random_copulas(3, source(np.random.SeedSequence(k)))) for k in range(20)}
    assert laws == {Clayton, Gumbel, Frank}


@pytest.mark.parametrize(
    ("family", "theta", "message"),
    [
        (Clayton, 0.0, "theta must be positive and finite; got 0"),
        (Gumbel, 0.5, "theta must be at least 1 and finite; got 0.5"),
        (Frank, math.inf, "theta must be finite; got inf"),
    ],
)
def test_a_bad_parameter_is_named_in_the_error(family, theta, message):
    with pytest.raises(ParameterError, match=message):
        family(theta)

"""Random parameters and Monte Carlo means: moments, limits, and honest standard errors."""

import math

import numpy as np
import pytest
import torch

from mist_core.distributions.mixtures import random_mixtures
from mist_core.distributions.numerics.monte_carlo import monte_carlo_mean
from mist_core.distributions.numerics.randomness import (
    Source,
    coin,
    dirichlet,
    log_uniform,
    random_covariance,
    source,
)


@pytest.fixture
def randomness() -> Source:
    return source(np.random.SeedSequence(1))


def exponentials(scale: torch.Tensor):
    """Draws of mean and standard deviation `scale`."""

    def draw(laws, n, generator):
        u = torch.rand(len(laws), n, generator=generator, dtype=torch.float64)
        return -scale[laws, None] * torch.log1p(-u)

    return draw


def test_a_mean_is_drawn_until_its_error_is_below_the_tolerance(generator):
    scale = torch.tensor([0.01, 1.0, 3.0], dtype=torch.float64)
    mean, error = monte_carlo_mean(exponentials(scale), 3, tolerance=0.02, generator=generator)
    assert (error < 0.02).all() and ((mean - scale).abs() < 4 * error).all()
    # The easy mean stopped after its first round of 512.
    assert error[0].item() == pytest.approx(0.01 / math.sqrt(512), rel=0.2)


def test_drawing_ends_at_the_largest_number_of_draws(generator):
    scale = torch.ones(1, dtype=torch.float64)
    _, error = monte_carlo_mean(
        exponentials(scale), 1, tolerance=1e-9, generator=generator, max_draws=1024
    )
    assert error.item() > 0.005


def test_the_standard_error_is_the_spread_between_streams():
    scale = torch.ones(400, dtype=torch.float64)
    generator = torch.Generator().manual_seed(1)
    mean, error = monte_carlo_mean(exponentials(scale), 400, tolerance=0.03, generator=generator)
    assert mean.std().item() == pytest.approx(error.mean().item(), rel=0.15)


def test_a_dirichlet_sums_to_one_even_where_it_is_nearly_a_corner(randomness):
    for concentration in (1e-3, 1.0, 100.0):
        p = dirichlet(randomness, torch.full((500, 4), concentration, dtype=torch.float64))
        assert p.isfinite().all()
        torch.testing.assert_close(p.sum(-1), torch.ones(500, dtype=torch.float64))
        variance = 3 / 16 / (1 + 4 * concentration)
        assert p.var(0).mean().item() == pytest.approx(variance, rel=0.2)


def test_a_log_uniform_has_a_uniform_logarithm(randomness):
    draws = log_uniform(randomness, 0.1, 10, 4000)
    assert draws.min() > 0.1 and draws.max() < 10
    assert draws.log().mean().abs() < 4 * math.log(100) / math.sqrt(12 * 4000)


def test_a_coin_has_its_probability(randomness):
    assert coin(randomness, 0.2, 10_000).double().mean().item() == pytest.approx(0.2, abs=0.016)


def test_random_covariances_go_from_the_identity_to_strong_correlations(randomness):
    spread = torch.tensor([[0.0], [0.3], [10.0]], dtype=torch.float64).expand(3, 50)
    covariance = random_covariance(randomness, spread, 4)
    assert covariance.shape == (3, 50, 4, 4)
    assert torch.equal(covariance[0], torch.eye(4).double().expand(50, 4, 4))
    least = torch.linalg.eigvalsh(covariance)[..., 0].mean(-1)
    assert (least > 0).all() and least[0] > least[1] > least[2]
    trace = covariance.diagonal(dim1=-2, dim2=-1).sum(-1)
    torch.testing.assert_close(trace, torch.full_like(trace, 4))


@pytest.mark.parametrize(("dim_x", "dim_y", "components"), [(1, 1, 2), (5, 5, 4)])
def test_random_mixtures_are_varied_and_know_their_information(
    randomness, generator, dim_x, dim_y, components
):
    law = random_mixtures(40, randomness, dim_x, dim_y, components, tolerance=0.02)
    truth = law.mutual_information()
    assert (law.standard_error() < 0.02).all()
    assert truth.min() < 0.06 and truth.max() > 0.5
    x, y = law.sample(2_000, generator=generator)
    assert x.shape == (40, 2_000, dim_x) and y.shape == (40, 2_000, dim_y)
    pointwise = law.pointwise_mutual_information(x, y)
    error = (pointwise.var(-1) / 2_000 + law.standard_error().square()).sqrt()
    assert ((pointwise.mean(-1) - truth).abs() < 4.5 * error).all()


def test_a_control_variate_leaves_the_mean_and_takes_its_share_of_the_variance(generator):
    """Of value = 3 control + noise, with control and noise standard normal, noise is left."""

    def draw(laws, n, stream):
        control, noise = torch.randn(2, len(laws), n, generator=stream, dtype=torch.float64)
        return 1.5 + 3 * control + noise, control

    options = {"tolerance": 1e-9, "generator": generator, "max_draws": 512}
    mean, error = monte_carlo_mean(draw, 5, **options)
    plain = monte_carlo_mean(lambda *how: draw(*how)[0], 5, **options)
    assert (mean - 1.5).abs().max() < 5 / 512**0.5
    assert torch.allclose(error, torch.full_like(error, 512**-0.5), rtol=0.2)
    assert torch.allclose(plain[1], 10**0.5 * error, rtol=0.2)

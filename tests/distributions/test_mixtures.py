"""Gaussian mixtures: a truth by Monte Carlo that says how good it is."""

import math

import pytest
import torch

from mist_core.distributions.correlation import (
    bivariate_correlation,
    canonical_correlation,
    dense_correlation,
)
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.mixtures import GaussianMixture
from mist_core.errors import ParameterError


def x_shaped(correlation: float = 0.9, **options: float) -> GaussianMixture:
    """The "X" of bmi: two equal components with correlations of opposite sign."""
    rho = torch.tensor([correlation, -correlation], dtype=torch.float64)
    return GaussianMixture(
        torch.ones(2), torch.zeros(2, 2), bivariate_correlation(rho), 1, **options
    )


def test_one_component_is_the_normal_law(generator):
    covariance = dense_correlation(2, 3, torch.tensor([0.2, 0.7]))
    normal = Multinormal(covariance, 2)
    mixture = GaussianMixture(torch.ones(2, 1), torch.zeros(2, 1, 5), covariance[:, None], 2)
    x, y = normal.sample(20, generator=generator)
    torch.testing.assert_close(
        mixture.pointwise_mutual_information(x, y), normal.pointwise_mutual_information(x, y)
    )
    # The control variate takes all of the variance away.
    torch.testing.assert_close(mixture.mutual_information(), normal.mutual_information())
    assert (mixture.standard_error() < 1e-7).all()


def test_components_far_apart_add_the_entropy_of_their_label():
    rho = torch.tensor([0.8, 0.0, 0.5], dtype=torch.float64)
    weights = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    means = 1000 * torch.arange(3.0)[:, None].expand(3, 4)
    covariances = canonical_correlation(2, 2, rho[:, None])
    mixture = GaussianMixture(weights, means, covariances, 2)

    within = Multinormal(covariances, 2).mutual_information()
    truth = (weights * (within - weights.log())).sum()
    torch.testing.assert_close(mixture.mutual_information(), truth)


def test_the_standard_error_is_the_spread_between_seeds(generator):
    means = 2 * torch.randn(3, 4, generator=generator, dtype=torch.float64)
    covariances = dense_correlation(2, 2, torch.tensor([0.9, -0.2, 0.5]))
    laws = [
        GaussianMixture(torch.ones(3), means, covariances, 2, max_draws=1024, seed=seed)
        for seed in range(60)
    ]
    truths = torch.stack([law.mutual_information() for law in laws])
    errors = torch.stack([law.standard_error() for law in laws])
    # The standard deviation of 60 draws is known to 9 %.
    assert truths.std().item() == pytest.approx(errors.mean().item(), rel=0.35)


def test_the_truth_agrees_with_quadrature_of_the_density():
    mixture = x_shaped()
    grid = torch.linspace(-8, 8, 801, dtype=torch.float64)
    x, y = (side.reshape(-1, 1) for side in torch.meshgrid(grid, grid, indexing="ij"))
    pointwise = mixture.pointwise_mutual_information(x, y)
    log_density = pointwise - (x.square() + y.square()).sum(-1) / 2 - math.log(2 * math.pi)
    cell = (grid[1] - grid[0]) ** 2
    assert (log_density.exp() * cell).sum().item() == pytest.approx(1, abs=1e-8)
    quadrature = (log_density.exp() * pointwise * cell).sum()
    assert (mixture.mutual_information() - quadrature).abs() < 4 * mixture.standard_error()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # from within bmi's dependencies
def test_the_truth_agrees_with_bmi(bmi):
    oracle = bmi.benchmark.tasks.task_x(mi_estimate_sample=20_000).sampler
    theirs = oracle.mutual_information()
    ours = x_shaped()
    error = math.hypot(ours.standard_error().item(), float(oracle._mi_stderr))
    assert abs(ours.mutual_information().item() - float(theirs)) < 4 * error


def test_draws_are_added_until_the_error_is_below_the_tolerance():
    for tolerance in (0.02, 0.003):
        error = x_shaped(tolerance=tolerance).standard_error().item()
        assert tolerance / 10 < error < tolerance
    assert x_shaped(tolerance=1e-9, max_draws=4096).standard_error() > 1e-9


def test_the_truth_is_computed_once_from_its_own_stream():
    mixture, state = x_shaped(seed=3), torch.random.get_rng_state()
    assert mixture.mutual_information() is mixture.mutual_information()
    assert mixture.mutual_information() == x_shaped(seed=3).mutual_information()
    assert mixture.mutual_information() != x_shaped(seed=4).mutual_information()
    assert torch.equal(torch.random.get_rng_state(), state)


def test_weights_are_the_shares_of_the_components(generator):
    weights = torch.tensor([[1.0, 3.0], [9.0, 1.0]])
    means = torch.tensor([[-50.0, 0.0], [50.0, 0.0]]).expand(2, 2, 2)
    mixture = GaussianMixture(weights, means, torch.eye(2).expand(2, 2, 2, 2), 1)
    x, _ = mixture.sample(10_000, generator=generator)
    share = (x < 0).double().mean((1, 2))
    assert (share - torch.tensor([0.25, 0.9])).abs().max() < 4 * 0.5 / 100


@pytest.mark.parametrize(
    ("weights", "means", "message"),
    [
        ([1.0, 0.0], torch.zeros(2, 2), "weights must be positive and finite; got 0 "),
        ([1.0], torch.zeros(2, 2), "weights, means and covariances must have shapes"),
        ([1.0, 1.0], torch.zeros(2, 3), "weights, means and covariances must have shapes"),
    ],
)
def test_a_bad_parameter_is_named_in_the_error(weights, means, message):
    with pytest.raises(ParameterError, match=message):
        GaussianMixture(weights, means, torch.eye(2).expand(2, 2, 2), 1)

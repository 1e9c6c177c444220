"""The benchmark's correlation matrices: bmi's own, in batches, refused outside their range."""

import numpy as np
import pytest
import torch

from mist_core.distributions.correlation import (
    bivariate_correlation,
    canonical_correlation,
    dense_correlation,
    identity_correlation,
    lvm_correlation,
    sparse_correlation,
    two_pair_correlation,
)
from mist_core.errors import ParameterError


def test_the_latent_variable_correlation_is_bmis_for_each_law_of_a_batch(bmi, generator):
    counts = torch.tensor([[0, 1, 2], [3, 1, 0]])
    weights = 2 * torch.rand(4, 2, 3, generator=generator, dtype=torch.float64)

    ours = lvm_correlation(5, 3, counts, *weights)

    for index in np.ndindex(2, 3):
        alpha, lambd, beta, eta = weights[:, *index].tolist()
        oracle = bmi.samplers.GaussianLVMParametrization(
            dim_x=5,
            dim_y=3,
            n_interacting=counts[index].item(),
            alpha=alpha,
            lambd=lambd,
            beta_x=beta,
            eta_x=eta,
        )
        np.testing.assert_allclose(ours[index], oracle.correlation, atol=1e-14)


def test_the_canonical_correlation_is_bmis(bmi):
    ours = canonical_correlation(2, 3, torch.tensor([0.9, -0.3], dtype=torch.float64))
    oracle = bmi.samplers.canonical_correlation([0.9, -0.3], additional_y=1)
    np.testing.assert_array_equal(ours, oracle)


def test_sparse_pairs_have_correlation_s2_over_one_plus_s2_and_no_other_columns_depend():
    expected = torch.eye(7, dtype=torch.float64)
    for i, j in [(0, 4), (4, 0), (1, 5), (5, 1)]:
        expected[i, j] = 4 / 5
    torch.testing.assert_close(sparse_correlation(4, 3, 2, 2.0), expected)
    torch.testing.assert_close(two_pair_correlation(4, 3, 2.0), expected)


def test_dense_columns_are_all_equally_correlated():
    matrix = dense_correlation(1, 2, torch.tensor([0.25, -0.25]))
    assert matrix.shape == (2, 3, 3)
    torch.testing.assert_close(matrix[1], 1.25 * torch.eye(3, dtype=torch.float64) - 0.25)
    torch.testing.assert_close(bivariate_correlation(0.25), matrix[0, :2, :2])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: identity_correlation(0, 2), "dim_x must be an integer of at least 1; got 0."),
        (
            lambda: dense_correlation(2, 2.5, 0.1),
            "dim_y must be an integer of at least 1; got 2.5.",
        ),
        (
            lambda: dense_correlation(2, 1, torch.tensor([0.2, -0.6])),
            "off_diag must lie in (-0.5, 1) for 3 columns; got -0.6 (at index (1,)).",
        ),
        (
            lambda: bivariate_correlation(1.0),
            "off_diag must lie in (-1, 1) for 2 columns; got 1.",
        ),
        (
            lambda: two_pair_correlation(1, 5, 1.0),
            "n_interacting must be an integer in 0..min(dim_x, dim_y) = 1; got 2 (at index (0,)).",
        ),
        (
            lambda: sparse_correlation(2, 2, 1.5, 1.0),
            "n_interacting must be an integer in 0..min(dim_x, dim_y) = 2; got 1.5",
        ),
        (lambda: sparse_correlation(2, 2, 1, float("nan")), "lambd must not be NaN; got nan."),
        (lambda: sparse_correlation(2, 2, 1, "much"), "lambd must be a number or an array"),
        (
            lambda: sparse_correlation(2, 2, torch.ones(2), torch.ones(3)),
            "The parameters must broadcast; got shapes n_interacting (2,), alpha (), lambd (3,)",
        ),
        (
            lambda: canonical_correlation(1, 2, torch.tensor([0.1, 0.2])),
            "At most min(dim_x, dim_y) = 1 canonical correlations fit; got 2.",
        ),
        (lambda: canonical_correlation(1, 2, torch.tensor([1.5])), "rho must lie in (-1, 1)"),
    ],
)
def test_a_parameter_outside_its_range_is_named_in_the_error(build, message):
    with pytest.raises(ParameterError) as caught:
        build()
    assert str(caught.value).startswith(message)

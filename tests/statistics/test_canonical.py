"""Canonical correlations and coordinates: what a linear map of either side cannot change."""

import itertools

import numpy as np
import pytest
import torch
from sklearn.cross_decomposition import CCA

from mist_core.statistics.canonical import (
    COORDINATES,
    WHITENING_RIDGE,
    coordinates,
    eigh,
    spectrum,
    standardised,
    whiten,
)

SHAPES = [(300, 1, 1), (300, 3, 2), (200, 2, 5), (400, 6, 6)]


def dependent(n, dim_x, dim_y, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((1, n, dim_x)) @ rng.standard_normal((dim_x, dim_x))
    noise = rng.standard_normal((1, n, dim_y))
    y = np.exp(0.5 * x @ rng.standard_normal((dim_x, dim_y)) / dim_x) + noise
    return torch.from_numpy(x), torch.from_numpy(y)


def skewed(n, dim_x, dim_y, seed=0):
    """Sides of generic third and fourth moments, whose canonical order and signs are well fixed."""
    rng = np.random.default_rng(seed)
    x = rng.gamma(1.0, size=(1, n, dim_x)) @ rng.standard_normal((dim_x, dim_x))
    y = rng.gamma(1.0, size=(1, n, dim_y))
    k = min(dim_x, dim_y)
    y[..., :k] += x[..., :k] * np.arange(1, k + 1)
    return torch.from_numpy(x), torch.from_numpy(y)


def leading(x, y):
    """The leading canonical coordinates."""
    frame, sides = spectrum(x, y), (standardised(x), standardised(y))
    return coordinates(*whiten(*sides, frame, WHITENING_RIDGE), frame, WHITENING_RIDGE)


@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_ridge_the_correlations_are_those_of_numpy(shape):
    x, y = dependent(*shape)
    bases = [np.linalg.qr((z[0] - z[0].mean(0)).numpy())[0] for z in (x, y)]
    expected = np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)
    found = spectrum(x, y).squared_correlations(0.0)[0].sqrt().flip(0)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_leading_correlation_is_that_of_scikit_learn():
    x, y = dependent(300, 3, 2)
    a, b = CCA(1, max_iter=2000, tol=1e-10).fit_transform(x[0], y[0])
    leading = spectrum(x, y).squared_correlations(0.0)[0, -1].sqrt().item()
    assert leading == pytest.approx(np.corrcoef(a[:, 0], b[:, 0])[0, 1], abs=1e-5)


def test_a_linear_map_of_each_side_changes_no_canonical_correlation(generator):
    x, y = dependent(200, 4, 3)
    maps = [torch.randn(d, d, generator=generator, dtype=torch.float64) for d in (4, 3)]
    before = spectrum(x, y).squared_correlations(0.0)
    after = spectrum(x @ maps[0], y @ maps[1]).squared_correlations(0.0)
    torch.testing.assert_close(after, before, atol=1e-7, rtol=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_exchanging_the_sides_transposes_the_spectrum(shape):
    x, y = dependent(*shape)
    there, back = spectrum(x, y), spectrum(y, x)
    for ridge in (1e-6, 0.2):
        torch.testing.assert_close(
            there.squared_correlations(ridge), back.squared_correlations(ridge)
        )
    torch.testing.assert_close(there.between, back.between.mT)


def test_a_ridge_shrinks_every_correlation_and_keeps_more_columns_than_rows_below_1():
    x, y = (torch.from_numpy(np.random.default_rng(s).standard_normal((1, 8, 12))) for s in (0, 1))
    spectra = [spectrum(x, y).squared_correlations(ridge) for ridge in (0.02, 0.2, 2.0)]
    for weak, strong in itertools.pairwise(spectra):
        assert (weak - strong).min() > -1e-12
        assert weak.max() > strong.max() + 0.1
    assert spectra[1].max() < 1


def test_a_constant_column_correlates_with_nothing_but_itself():
    x, y = dependent(50, 2, 2)
    x[..., 1] = 7.0
    joint = spectrum(x, y).joint[0]
    np.testing.assert_allclose(joint[1], [0, 1, 0, 0], atol=1e-12)


def test_the_joint_matrix_holds_the_correlations_of_numpy():
    x, y = dependent(80, 2, 3)
    expected = np.corrcoef(torch.cat([x, y], -1)[0].T)
    np.testing.assert_allclose(spectrum(x, y).joint[0], expected, atol=1e-10)


@pytest.mark.parametrize("shape", [(300, 1, 1), (300, 3, 2), (300, 2, 7)])
def test_coordinates_come_in_order_of_their_correlation_with_the_other_side(shape):
    x, y = skewed(*shape)
    a, b = leading(x, y)
    assert a.shape[-1] == min(shape[1], COORDINATES) and b.shape[-1] == min(shape[2], COORDINATES)
    cross = (a.mT @ b / shape[0])[0].abs()
    assert cross[0, 0] == cross.max()
    greatest = spectrum(x, y).squared_correlations(0.0)[0, -1].sqrt().item()
    assert cross[0, 0].item() == pytest.approx(greatest, abs=0.03)


def test_coordinates_have_mean_0_and_variance_1():
    x, y = skewed(200, 5, 2)
    for side in leading(x, y):
        torch.testing.assert_close(side.mean(1), torch.zeros_like(side[:, 0]))
        torch.testing.assert_close(side.square().mean(1), torch.ones_like(side[:, 0]))


def test_column_order_and_signs_leave_the_coordinates_alone(generator):
    x, y = skewed(400, 5, 3)
    order = torch.randperm(5, generator=generator)
    signs = torch.tensor([1.0, -1, 1, -1, -1], dtype=torch.float64)
    moved = (x * signs)[..., order]
    before = leading(x, y)
    after = leading(moved, y)
    for left, right in zip(before, after, strict=True):
        torch.testing.assert_close(left, right, atol=1e-6, rtol=0)


def test_exchanging_the_sides_exchanges_the_coordinates():
    x, y = skewed(400, 5, 3)
    a, b = leading(x, y)
    b_too, a_too = leading(y, x)
    torch.testing.assert_close(a, a_too, atol=1e-6, rtol=0)
    torch.testing.assert_close(b, b_too, atol=1e-6, rtol=0)


def test_directions_without_correlation_come_in_order_of_their_fourth_moments(generator):
    """Three independent columns beside noise: the heavy tail first, the two-point column last."""
    shape = (1, 4000, 1)
    normal = torch.randn(shape, generator=generator, dtype=torch.float64)
    heavy = torch.randn(shape, generator=generator, dtype=torch.float64) ** 3
    coin = torch.randn(shape, generator=generator, dtype=torch.float64).sign()
    x, y = torch.cat([normal, coin, heavy], -1), torch.randn(shape, generator=generator).double()
    a, _ = leading(x, y)
    likeness = torch.corrcoef(torch.cat([heavy, coin, a], -1)[0].T).abs()
    assert likeness[0, 2] > 0.9
    assert likeness[1, 4] > 0.9


def test_signs_are_fixed_by_third_moments():
    x, y = skewed(400, 2, 2)
    for side in leading(x, y):
        assert side.clamp(-3, 3).pow(3).mean(1).min() > -0.2
        assert side.clamp(-3, 3).pow(3).mean(1).max() > 0.1


def test_radii_are_mahalanobis_distances_over_the_number_of_columns():
    x, y = dependent(100, 3, 2)
    frame = spectrum(x, y)
    z = standardised(x)[0].numpy()
    precision = np.linalg.inv(np.corrcoef(z.T) + 0.1 * np.eye(3))
    expected = np.einsum("ni,ij,nj->n", z, precision, z) / 3
    white, _ = whiten(standardised(x), standardised(y), frame, 0.1)
    found = white.square().mean(-1)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def symmetric(dim, generator):
    matrix = torch.randn(3, dim, dim, generator=generator, dtype=torch.float64)
    return matrix + matrix.mT


def reconstructed(matrix, function):
    """A smooth function of the matrix through its eigenvalues and eigenvectors."""
    values, vectors = function(matrix)
    return (vectors * values.exp().unsqueeze(-2)) @ vectors.mT


def test_values_and_vectors_are_those_of_torch(generator):
    matrix = symmetric(4, generator)
    for ours, theirs in zip(eigh(matrix), torch.linalg.eigh(matrix), strict=True):
        assert torch.equal(ours, theirs)


def test_the_gradient_of_vectors_is_that_of_torch_where_eigenvalues_differ(generator):
    weights = torch.randn(4, 4, generator=generator, dtype=torch.float64)
    gradients = []
    for function in (eigh, torch.linalg.eigh):
        matrix = symmetric(4, torch.Generator().manual_seed(1)).requires_grad_()
        (
            (reconstructed(matrix, function) + function(matrix)[1].square()) * weights
        ).sum().backward()
        gradients.append((matrix.grad + matrix.grad.mT) / 2)
    torch.testing.assert_close(*gradients, rtol=1e-5, atol=1e-5)


def test_a_smooth_function_of_an_identity_has_a_finite_gradient():
    matrix = torch.eye(3, dtype=torch.float64, requires_grad=True)
    reconstructed(matrix, eigh).diagonal().sum().backward()
    assert torch.isfinite(matrix.grad).all()
    torch.testing.assert_close(matrix.grad.diagonal(), torch.ones(3).double().exp())


def test_what_rounding_leaves_of_a_direction_without_variance_is_no_column():
    """The indicators of a class sum to 1, up to rounding, whose ranks would mean nothing."""
    generator = torch.Generator().manual_seed(0)
    column = torch.randn(1, 600, 1, generator=generator)
    rounding = 1 + 1e-6 * torch.randn(1, 600, 1, generator=generator)
    found = standardised(torch.cat([column, rounding], -1))
    assert (found[..., 1] == 0).all()
    assert found[..., 0].square().mean().item() == pytest.approx(1.0, abs=1e-4)

"""Statistics of dependence beyond correlation, each against a plain second computation."""

import math

import numpy as np
import pytest
import scipy.special
import torch
from scipy.spatial.distance import cdist
from sklearn.metrics import mutual_info_score

from mist_core.statistics import dimension
from mist_core.statistics.canonical import standardised
from mist_core.statistics.marginals import marginals
from mist_core.statistics.neighbours import FEW, MANY, neighbours, on_any_device
from mist_core.statistics.nonlinear import (
    FEATURE_SCALES,
    FEATURES,
    GRID_SIDES,
    HARMONICS,
    _feature_columns,
    cosines,
    grids,
    random_features,
    squares,
)


def sides(count, n, dim_x, dim_y, seed=0, dependence=0.7):
    """float32 sides whose leading columns depend on each other."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, n, dim_x))
    y = rng.standard_normal((count, n, dim_y))
    y[..., 0] += dependence * x[..., 0] ** 2
    return torch.from_numpy(x).float(), torch.from_numpy(y).float()


def plain_ksg(x, y, queries, references):
    """Kraskov's first estimate with one neighbour, Euclidean on each side, by a loop."""
    within_x, within_y = (cdist(side[:queries], side[references]) for side in (x, y))
    terms = []
    for i in range(queries):
        others = references != i
        radius = np.maximum(within_x[i], within_y[i])[others].min()
        closer = [(within[i, others] < radius).sum() for within in (within_x, within_y)]
        terms.append(sum(scipy.special.digamma(c + 1) for c in closer))
    return scipy.special.digamma(1) + scipy.special.digamma(len(references)) - np.mean(terms)


@pytest.mark.parametrize("shape", [(60, 1, 1), (200, 3, 2), (608, 4, 4)])
@pytest.mark.parametrize("search", [FEW, MANY])
def test_neighbour_estimates_are_those_of_a_plain_ksg_averaged_over_folds(shape, search):
    n, dim_x, dim_y = shape
    a, b = sides(2, n, dim_x, dim_y)
    found = neighbours(a, b, search)
    queries, references = search.sizes(n)
    for dataset in range(2):
        expected = [
            np.mean(
                [
                    plain_ksg(a[dataset], b[dataset], queries, fold)
                    for fold in np.split(np.arange(references)[: references // k * k], k)
                ]
            )
            for k in search.folds
        ]
        np.testing.assert_allclose(found[dataset, : len(search.folds)], expected, atol=2e-3)


def test_nearest_neighbours_find_the_information_of_a_correlated_pair_of_normals(generator):
    x, noise = torch.randn(2, 200, 512, 1, generator=generator)
    y = 0.8 * x + 0.6 * noise
    assert neighbours(x, y)[:, 1].mean() == pytest.approx(-0.5 * math.log(0.36), abs=0.02)
    assert neighbours(x, noise)[:, 1].mean() == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize(("n", "p", "q"), [(4, 1, 1), (7, 1, 2), (300, 4, 3), (600, 2, 1)])
@pytest.mark.parametrize("decimals", [0, 6])
def test_compiled_loops_and_whole_tensors_agree(generator, n, p, q, decimals):
    a = torch.randn(5, n, p, generator=generator).round(decimals=decimals)
    b = torch.randn(5, n, q, generator=generator).round(decimals=decimals) + a[..., :1]
    queries, references = FEW.sizes(n)
    whole = on_any_device(a[:, :references], b[:, :references], queries, FEW.folds)
    torch.testing.assert_close(neighbours(a, b)[:, : len(FEW.folds)], whole)


@pytest.mark.parametrize(("n", "p", "q"), [(4, 1, 1), (7, 1, 2), (300, 3, 1), (384, 1, 1)])
@pytest.mark.parametrize("decimals", [0, 6])
def test_distances_to_the_nearest_rows_are_those_of_whole_tensors(generator, n, p, q, decimals):
    sides = [torch.randn(5, n, d, generator=generator).round(decimals=decimals) for d in (p, q)]
    queries, count = min(96, n), min(8, n - 1)
    whole = dimension.on_any_device(*sides, queries, count)
    torch.testing.assert_close(dimension.on_cpu(*sides, queries, count), whole)


def test_where_all_values_tie_the_neighbours_give_the_information_of_the_table(generator):
    """X of three classes and Y equal to it in two thirds of the rows, in two columns each."""
    x = torch.randint(3, (200, 512, 1), generator=generator).float()
    y = torch.where(
        torch.rand(200, 512, 1, generator=generator) < 0.5,
        x,
        x[:, torch.randperm(512, generator=generator)],
    )
    found = neighbours(torch.cat([x, x], -1), torch.cat([y, -y], -1))[:, 0].mean()
    same, other = 2 / 9, 1 / 18
    truth = 3 * same * math.log(9 * same) + 6 * other * math.log(9 * other)
    assert found == pytest.approx(truth, abs=0.03)


@pytest.mark.parametrize("n", [40, 300])
def test_grid_estimates_are_plug_in_information_of_the_ranks_less_miller_madow(n):
    a, b = sides(3, n, 3, 2)
    found = grids(a, b)
    for dataset in range(3):
        for place, wanted in enumerate(GRID_SIDES):
            pairs = [plain_grid(a[dataset, :, k], b[dataset, :, k], wanted) for k in range(2)]
            expected = [pairs[0], sum(pairs), max(pairs)]
            leading_total_best = found[dataset, 3 * place : 3 * place + 3].tolist()
            assert leading_total_best == pytest.approx(expected, abs=1e-5)


def plain_grid(x, y, wanted):
    n = len(x)
    side = max(2, min(wanted, n // 8))
    cells = [z.argsort().argsort().numpy() * side // n for z in (x, y)]
    occupied = len(set(zip(*cells, strict=True)))
    return mutual_info_score(*cells) - (occupied - 2 * side + 1) / (2 * n)


def test_grids_find_nothing_between_independent_columns_on_average(generator):
    a, b = torch.randn(2, 500, 400, 1, generator=generator)
    assert grids(a, b)[:, 0].mean().item() == pytest.approx(0, abs=0.002)


@pytest.mark.parametrize("levels", [1, 2, 5])
def test_grids_find_nothing_between_ties_of_independent_sides_in_any_order(generator, levels):
    """Rows of one cell stand together in hash order: their ties must not rise together."""
    a, b = torch.randint(levels, (2, 50, 400, 1), generator=generator).float()
    rows = (levels * a + b).argsort(1)
    a, b = a.gather(1, rows), b.gather(1, rows)
    assert grids(a, b)[:, 0].mean().item() == pytest.approx(0, abs=0.01)


def plain_cosines(u, v):
    """(p, q, harmonics, harmonics) squared correlations of cosines of the ranks."""
    n, table = len(u), np.empty((u.shape[1], v.shape[1], HARMONICS, HARMONICS))
    for i, j, k, m in np.ndindex(*table.shape):
        waves = np.cos(np.pi * (k + 1) * u[:, i]), np.cos(np.pi * (m + 1) * v[:, j])
        table[i, j, k, m] = np.corrcoef(*waves)[0, 1] ** 2
    return table, table.sum((2, 3)) - HARMONICS**2 / n


def test_cosines_are_squared_correlations_of_cosines_of_the_ranks():
    x, y = sides(1, 120, 3, 2)
    u, v = marginals(x).ranks, marginals(y).ranks
    found = cosines(u, v)[0]
    table, excess = plain_cosines(u[0].numpy(), v[0].numpy())
    curved = excess - table[:, :, 0, 0] + 1 / 120
    assert found[0].item() == pytest.approx(np.log1p(max(excess.sum(), -0.9)), abs=1e-4)
    assert found[1].item() == pytest.approx(np.log1p(max(curved.sum(), -0.9)), abs=1e-4)
    assert found[2].item() == pytest.approx(excess.mean(), abs=1e-4)
    assert found[-1].item() == pytest.approx(table.max((0, 1)).sum(), abs=1e-4)


def test_cosines_have_no_mean_under_independence(generator):
    x, y = torch.randn(2, 800, 100, 2, generator=generator)
    mean_excess = cosines(marginals(x).ranks, marginals(y).ranks)[:, 2].mean().item()
    assert mean_excess == pytest.approx(HARMONICS**2 * (1 / 99 - 1 / 100), abs=0.003)


def test_squares_see_a_parabola_that_correlation_does_not(generator):
    x, noise = torch.randn(2, 1, 4000, 1, generator=generator)
    scores_x, scores_y = (marginals(z).scores for z in (x, x.square() + 0.1 * noise))
    between = scores_x.mT @ scores_y / 4000
    found = squares(scores_x, scores_y, between)[0]
    mixed_mean = found[7]  # after two means and five quantiles: squares of X against Y itself
    assert between.abs() < 0.1
    assert mixed_mean > 0.3


def test_squares_have_no_mean_under_independence(generator):
    x, y = standardised(torch.randn(2, 2000, 20, 1, generator=generator).flatten(0, 1)).chunk(2)
    mixed_mean = squares(x, y, x.mT @ y / 20)[:, 7].mean().item()
    assert mixed_mean == pytest.approx(1 / 19 - 1 / 20, abs=0.006)


def test_squares_of_a_gaussian_pair_correlate_by_rho_squared_and_leave_no_excess(generator):
    x, noise = torch.randn(2, 1, 20_000, 1, generator=generator)
    y = 0.6 * x + 0.8 * noise
    excess, of_squares = squares(x, y, torch.full((1, 1, 1), 0.6))[0, :2].tolist()
    assert excess == pytest.approx(0, abs=0.03)
    assert of_squares == pytest.approx(0.36, abs=0.03)


def test_residuals_on_the_best_partner_are_gaussian_for_a_gaussian_pair(generator):
    """Kurtosis 3, no change of spread; and more spread where it grows with the partner."""
    x, noise = torch.randn(2, 1, 20_000, 1, generator=generator)
    steady, growing = 0.6 * x + 0.8 * noise, 0.6 * x + 0.8 * noise * (0.3 + x.abs())
    shapes = []
    for y in (steady, growing):
        between = standardised(x).mT @ standardised(y) / 20_000
        shapes.append(squares(x, y, between)[0, -10:])
    log_kurtosis, _, change = shapes[0][:3].tolist()
    assert log_kurtosis == pytest.approx(math.log1p(3), abs=0.05)
    assert change == pytest.approx(0, abs=0.03)
    assert shapes[1][2] > 0.1


def test_random_features_see_a_circle_at_every_scale(generator):
    angle = 2 * math.pi * torch.rand(1, 1000, 1, generator=generator)
    ring = standardised(angle.cos()), standardised(angle.sin())
    apart = standardised(torch.randn(2, 1, 1000, 1, generator=generator)[0]), ring[1]
    width = random_features(*ring).shape[1] // len(FEATURE_SCALES)
    totals = [random_features(*pair)[0, ::width][: len(FEATURE_SCALES)] for pair in (ring, apart)]
    assert (totals[0] > totals[1] + 0.5).all()


def test_random_features_hold_ridge_canonical_correlations():
    """Their sum of rho^2, recomputed from the feature columns by inverses."""
    a, b = sides(1, 200, 2, 3)
    fa, fb = (standardised(_feature_columns(z, 1.0))[0].double() for z in (a, b))
    eye = (0.02 + 2 / 200) * torch.eye(FEATURES, dtype=torch.float64)
    inner = [(f.T @ f / 200 + eye).inverse() for f in (fa, fb)]
    cross = fa.T @ fb / 200
    total = (inner[0] @ cross @ inner[1] @ cross.T).trace().item()
    width = random_features(a, b).shape[1] // len(FEATURE_SCALES)
    found = random_features(a, b)[0, 2 * width - 1].item()
    assert found == pytest.approx(total - FEATURES * FEATURES / 200, abs=1e-3)


@pytest.mark.parametrize("block", [grids, neighbours, random_features])
def test_an_exchange_of_the_sides_changes_nothing_local(block):
    a, b = sides(2, 100, 3, 2)
    torch.testing.assert_close(block(a, b), block(b, a), atol=1e-4, rtol=0)

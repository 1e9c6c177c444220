"""Statistics of what correlations hide: directions, functions of columns, circles, strata."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import vonmises

from mist_core.statistics import circles, dimension, directions, strata, summary
from mist_core.statistics.marginals import marginals
from mist_core.statistics.summary import views

FLOOR = 0.01


def seen(x, y):
    """Views of one dataset of arrays (n,) or (n, d)."""
    sides = (torch.as_tensor(np.asarray(side, dtype=float)) for side in (x, y))
    return views(*(side.reshape(1, len(side), -1) for side in sides))


def estimates(block, x, y):
    """Nats of the plug-in estimates of a block."""
    found = summary.BLOCKS[block](seen(x, y))[0, list(summary.ESTIMATES[block])]
    return (found.exp() - FLOOR).numpy()


def even_direction(rng, n, columns):
    x, weights = rng.normal(size=(n, columns)), rng.normal(size=columns)
    return x, (x @ weights) ** 2 / (weights @ weights) + 0.3 * rng.normal(size=n), weights


@pytest.mark.parametrize("columns", [3, 12, 30])
def test_an_even_direction_leads_the_coordinates_whatever_hides_it(columns):
    x, y, weights = even_direction(np.random.default_rng(0), 4000, columns)
    leading = seen(x, y).directed[0 if columns > 1 else 1]
    both = [side[0, :, 0].numpy() for side in seen(x, y).directed if side.shape[-1] > 1]
    cosines = [abs(np.corrcoef(np.sort(side), np.sort(x @ weights))[0, 1]) for side in both]
    assert leading.shape[1] == 4000 and max(cosines) > 0.9
    assert estimates("neighbours-2", x, y)[0] > 0.7


@pytest.mark.parametrize("columns", [1, 5, 20])
def test_directions_found_in_other_rows_see_nothing_where_nothing_is(columns):
    rng = np.random.default_rng(1)
    found = [
        estimates("directions", rng.normal(size=(500, columns)), rng.normal(size=500))[2]
        for _ in range(20)
    ]
    assert np.mean(found) < 0.02


@pytest.mark.parametrize("count", [1, 2, 3])
def test_functions_of_a_column_beside_it_add_no_dimension(count):
    z = np.random.default_rng(2).normal(size=2000)
    columns = np.stack([z, z**2, np.sin(2 * z)][:count], 1)
    log_dimension = dimension.dimensions(*seen(columns, z).white)[0, 0].item()
    assert math.exp(log_dimension) == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("count", [2, 4])
def test_independent_columns_have_a_dimension_each(count):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 2000, count))
    found = dimension.dimensions(*seen(x, y).white)[0]
    assert math.exp(found[0]) == pytest.approx(count, rel=0.2)
    assert math.exp(found[4]) == pytest.approx(2 * count, rel=0.3)


def angles(kappa, n, seed=0):
    rng = np.random.default_rng(seed)
    a = rng.uniform(-np.pi, np.pi, n)
    b = (a + rng.vonmises(0, kappa, n) + np.pi) % (2 * np.pi) - np.pi
    return a, b, math.log(2 * math.pi) - float(vonmises.entropy(kappa))


@pytest.mark.parametrize("kappa", [1, 4, 20])
@pytest.mark.parametrize("turn", [1, -1])
def test_noise_on_a_circle_has_the_information_of_the_difference(kappa, turn):
    a, b, truth = angles(kappa, 20_000)
    assert estimates("circles-raw", a, turn * b)[1] == pytest.approx(truth, abs=0.03)


def test_sine_and_cosine_hold_the_information_of_the_angle():
    a, b, truth = angles(4, 20_000)
    x, y = (np.stack([np.sin(side), np.cos(side)], 1) for side in (a, b))
    assert estimates("circles-raw", x, y)[3] == pytest.approx(truth, abs=0.03)
    assert circles.circles(*(marginals(torch.tensor(s)[None]) for s in (x, y)))[0, 4] < 0.05


@pytest.mark.parametrize(("share", "rho"), [(0.3, 0.8), (0.1, 0.5)])
def test_zeros_that_fall_together_and_a_slope_beside_them_add_up(share, rho):
    rng = np.random.default_rng(4)
    on = rng.random(20_000) < share
    pair = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], len(on))
    x, y = (np.where(on, np.exp(column), 0) for column in pair.T)
    entropy = -share * math.log(share) - (1 - share) * math.log(1 - share)
    truth = entropy - share / 2 * math.log(1 - rho**2)
    assert estimates("strata", x, y)[0] == pytest.approx(truth, abs=0.02)
    assert estimates("grids-2", x, y)[12] == pytest.approx(truth, abs=0.03)


def test_a_group_with_a_slope_of_its_own_is_seen_beside_the_number():
    rng = np.random.default_rng(5)
    group, z = rng.integers(0, 2, 20_000), rng.normal(size=20_000)
    y = np.where(group == 1, 2, -2) * z + rng.normal(size=20_000)
    truth = math.log(5) / 2  # given either group normal with this slope, and no other sign of it
    assert estimates("strata", np.stack([group, z], 1), y)[0] == pytest.approx(truth, abs=0.03)


def test_continuous_columns_have_no_strata():
    rng = np.random.default_rng(6)
    found = strata.strata(*(marginals(torch.tensor(rng.normal(size=(1, 300, 2)))) for _ in "xy"))
    torch.testing.assert_close(found[0, 3:], torch.zeros(4, dtype=found.dtype))


def test_tied_rows_are_picked_as_often_as_they_occur():
    rng = np.random.default_rng(7)
    cell = rng.choice(4, 3000, p=[0.4, 0.1, 0.1, 0.4])
    v = seen(cell // 2, cell % 2)
    first = torch.stack([v.x.places[0, 0, :512], v.y.places[0, 0, :512]], 1)
    _, counts = torch.unique(first, dim=0, return_counts=True)
    assert sorted(counts.tolist()) == pytest.approx([51, 51, 205, 205], abs=35)


def test_directions_do_not_depend_on_which_side_is_which():
    x, y, _ = even_direction(np.random.default_rng(8), 300, 6)
    v = seen(x, y)
    torch.testing.assert_close(
        directions.crossfitted(v.slices), directions.crossfitted(v.slices[::-1])
    )

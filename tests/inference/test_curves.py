"""Columns that are functions of others of their side add nothing, and are left out; noise stays."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from mist_core import MISTEstimator
from mist_core.inference.curves import reduced, without_functions

FUNCTIONS = {
    "powers": lambda z: (z, z**2, np.exp(z)),
    "waves beside": lambda z: (np.cos(2 * z), np.sin(2 * z), z),
    "waves": lambda z: tuple(np.sin(z * f + k) + 0.3 * z for k, f in enumerate((0.6, 1, 1.4, 2))),
    "steep": lambda z: (z**3, np.exp(2 * z), np.tan(z / 3)),
    "bow": lambda z: (z**2, z**2 + z),
}


@pytest.fixture(scope="module")
def estimator():
    return MISTEstimator.load(device="cpu")


def side(*columns):
    return torch.from_numpy(np.stack(columns, 1))


@pytest.mark.parametrize("n", [300, 3000, 20_000])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_of_functions_of_one_number_one_column_is_left(name, n):
    z = np.random.default_rng(n).standard_normal(n)
    left = reduced(side(*FUNCTIONS[name](z)))
    assert left.shape == (n, 1)
    # The two branches of the bow are as good as one number, in another order.
    if name != "bow":
        assert abs(spearmanr(left[:, 0], z).statistic) > 0.999


def test_what_is_no_function_is_kept_beside_what_is():
    z, u = np.random.default_rng(0).standard_normal((2, 1000))
    left = reduced(side(z, u, z**2, u + np.exp(z)))
    assert left.shape == (1000, 3)
    assert torch.equal(left, side(z, u, u + np.exp(z)))


def test_functions_stay_where_many_columns_are_left():
    many = np.random.default_rng(0).standard_normal((5, 1000))
    given = side(*many, many[0] ** 2)
    assert torch.equal(reduced(given), given)


@pytest.mark.parametrize("n", [150, 1000, 10_000])
def test_an_angle_as_sine_and_cosine_is_an_angle(n):
    angle = np.random.default_rng(n).uniform(-np.pi, np.pi, n)
    left = reduced(side(3 + np.sin(angle), 2 * np.cos(angle))).numpy()[:, 0]
    assert left.min() >= 0 and left.max() <= 2 * np.pi
    steps = left[np.argsort(angle)]
    rising = np.diff(np.append(steps, steps[0])) > 0
    assert min(rising.sum(), (~rising).sum()) <= 1 + n // 1000


def test_two_angles_begin_where_they_correspond():
    rng = np.random.default_rng(1)
    a = rng.uniform(-np.pi, np.pi, 2000)
    b = 2 - a + rng.vonmises(0, 20, 2000)
    x, y = without_functions(side(np.cos(a), np.sin(a)), side(np.sin(b), np.cos(b)))
    assert torch.cos(x - y).mean() > 0.9
    assert ((x - y).abs() < 1).float().mean() > 0.85


@pytest.mark.parametrize("n", [100, 300, 3000])
def test_noise_is_never_taken_for_a_function(n):
    rng = np.random.default_rng(n)
    z, u, v = rng.standard_normal((3, n))
    ring = rng.uniform(0, 2 * np.pi, n)
    radius = 1 + 0.05 * u
    for columns in (
        (z, u, v),
        (z, z + 0.02 * u),
        (z, z**2 + 0.05 * u, u),
        (radius * np.cos(ring), radius * np.sin(ring)),
        (z.cumsum(), u.cumsum()),
        (z.round(1), (z**2).round(1)),
        (z > 0, z <= 0),
        (np.where(u > 0, z, 0), np.where(u > 0, z**2, 0)),
    ):
        given = side(*(np.asarray(c, float) for c in columns))
        assert torch.equal(reduced(given), given)


def test_sides_with_a_gradient_and_few_rows_are_left_alone():
    z = np.random.default_rng(2).standard_normal(99)
    given = side(z, z**2)
    assert reduced(given) is given
    given = torch.cat([given, given + 10]).requires_grad_()
    assert reduced(given) is given


@pytest.mark.parametrize("encoded", ["angle", "waves"])
def test_order_of_rows_and_units_change_nothing(encoded, estimator):
    rng = np.random.default_rng(3)
    z = rng.uniform(-2.5, 2.5, 500)
    y = z + rng.standard_normal(500)
    columns = (np.cos(z), np.sin(z)) if encoded == "angle" else FUNCTIONS["waves"](z)
    x, order = np.stack(columns, 1), rng.permutation(500)
    one = estimator.posterior(x, y)
    assert estimator.posterior(x[order], y[order]).quantiles == pytest.approx(one.quantiles)
    other = estimator.posterior(5 - 1e6 * x, y)
    assert other.quantiles == pytest.approx(one.quantiles, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("name", ["powers", "waves beside"])
def test_functions_beside_a_column_leave_its_answer(name, estimator):
    z, noise = np.random.default_rng(4).standard_normal((2, 800))
    w = 0.8 * z + 0.6 * noise
    x, y = (np.stack(FUNCTIONS[name](s), 1) for s in (z, w))
    assert estimator.posterior(x, y).quantiles == pytest.approx(estimator.posterior(z, w).quantiles)
    found = estimator.conditional(x, y, noise)
    assert found.quantiles == pytest.approx(estimator.conditional(z, w, noise).quantiles)


def test_cosine_and_sine_tell_as_much_as_the_angle(estimator):
    rng = np.random.default_rng(5)
    a = rng.uniform(-np.pi, np.pi, 2000)
    b = a + rng.vonmises(0, 4, 2000)
    p = estimator.posterior(np.c_[np.sin(a), np.cos(a)], np.c_[np.sin(b), np.cos(b)])
    low, high = p.interval(0.99)
    truth = 1.029  # ln 2 pi less the entropy of von Mises noise, kappa = 4
    assert low < truth < high and abs(p.mean - truth) < 0.1

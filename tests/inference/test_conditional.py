"""Posteriors of I(X;Y|Z): invariances, identities, known values, and the boundary."""

import time

import numpy as np
import pandas as pd
import pytest

from mist_core import InputError, MISTEstimator, WeightsError
from mist_core.networks.conditional import load_conditional
from mist_core.paths import WEIGHTS


@pytest.fixture(scope="module")
def estimator():
    return MISTEstimator.load()


def fork(n=1000, seed=0, left=0.0):
    """X and Y share Z, and `left` is their correlation where it is known."""
    rng = np.random.default_rng(seed)
    z, e, f = rng.standard_normal((3, n))
    return z + e, left * e + (1 - left**2) ** 0.5 * f + z, z


def test_the_interval_holds_what_is_left_given_z(estimator):
    x, y, z = fork(left=0.8)
    posterior = estimator.conditional(x, y, z)
    low, high = posterior.interval(0.9)
    assert low <= -np.log(1 - 0.8**2) / 2 <= high
    assert high - low < 0.5


def test_a_fork_leaves_nothing(estimator):
    x, y, z = fork()
    assert estimator.posterior(x, y).interval()[0] > 0.05
    assert estimator.conditional(x, y, z).interval()[0] == 0


def test_a_common_effect_explains_away(estimator):
    rng = np.random.default_rng(1)
    x, y, e = rng.standard_normal((3, 1000))
    z = x + y + 0.5 * e
    assert estimator.posterior(x, y).interval()[0] == 0
    assert estimator.conditional(x, y, z).interval()[0] > 0.2


def test_classes_of_which_two_together_tell_the_third(estimator):
    rng = np.random.default_rng(2)
    x, y = rng.choice(["no", "yes"], (2, 800))
    z = np.where(x == y, "same", "other")
    posterior = estimator.conditional(x, y, z)
    assert 0.3 < posterior.mean <= np.log(2) + 1e-9


def test_exchanging_x_and_y_changes_nothing(estimator):
    x, y, z = fork(left=0.5)
    one, other = estimator.conditional(x, y, z), estimator.conditional(y, x, z)
    np.testing.assert_allclose(one.quantiles, other.quantiles, rtol=2e-3, atol=1e-3)


def test_invertible_maps_of_each_side_keep_the_answer_within_its_interval(estimator):
    x, y, z = fork(left=0.6)
    posterior = estimator.conditional(x, y, z)
    low, high = posterior.interval()
    shown = estimator.conditional(np.exp(x), y**3 + y, np.c_[z, -np.sinh(z)])
    assert low < shown.mean < high
    assert shown.mean == pytest.approx(posterior.mean, rel=0.25)


@pytest.mark.parametrize("z", [np.zeros(300), np.full(300, 7.0), ["same"] * 300])
def test_a_constant_z_gives_the_plain_posterior_exactly(estimator, z):
    x, y, _ = fork(300, left=0.5)
    assert estimator.conditional(x, y, z) == estimator.posterior(x, y)


def test_a_constant_x_tells_nothing(estimator):
    _, y, z = fork(100)
    assert estimator.conditional(np.ones(100), y, z).interval() == (0, 0)


def test_the_chain_rule_holds_within_the_intervals(estimator):
    x, y, z = fork(2000, seed=3, left=0.7)
    both = estimator.posterior(np.c_[x, z], y)
    parts = estimator.posterior(z, y), estimator.conditional(x, y, z)
    low = sum(part.interval()[0] for part in parts)
    high = sum(part.interval()[1] for part in parts)
    assert low < both.interval()[1] and both.interval()[0] < high


def test_nothing_is_above_the_entropy_of_a_class(estimator):
    x, _, z = fork(400)
    flag = x > 0
    assert max(estimator.conditional(x, flag, z).quantiles) <= np.log(2) + 1e-9


def test_frames_classes_and_types_are_read_as_everywhere(estimator):
    x, y, z = fork(200, left=0.5)
    frame = pd.DataFrame({"x": x, "y": y, "group": np.where(z > 0, "a", "b")})
    told = estimator.conditional(frame[["x"]], frame.y, frame.group)
    same = estimator.conditional(x, y, (z > 0).astype(int), types={"z": "class"})
    assert told.mean == pytest.approx(same.mean, rel=1e-3)


def test_unequal_lengths_name_the_side(estimator):
    with pytest.raises(InputError, match="x has 20 rows and z has 19"):
        estimator.conditional(np.arange(20.0), np.arange(20.0) ** 2, np.arange(19.0))


@pytest.mark.parametrize("n", [4, 7, 20])
def test_few_rows_give_wide_finite_answers(estimator, n):
    posterior = estimator.conditional(*fork(n))
    assert np.isfinite(posterior.quantiles).all() and posterior.interval()[0] < 0.5


def test_copies_of_rows_change_nothing(estimator):
    sides = fork(300, left=0.5)
    twice = [np.r_[side, side] for side in sides]
    once, again = estimator.conditional(*sides), estimator.conditional(*twice)
    np.testing.assert_allclose(once.quantiles, again.quantiles, atol=1e-3)


def test_an_answer_takes_milliseconds(estimator):
    sides = fork(1000)
    estimator.conditional(*sides)
    start = time.process_time()
    for _ in range(3):
        estimator.conditional(*sides)
    assert (time.process_time() - start) / 3 < 0.5  # a core's time, of all its threads


def test_other_weights_are_refused():
    with pytest.raises(WeightsError, match="head of `conditional`"):
        load_conditional(WEIGHTS / "general.safetensors")

"""What the shipped `general` says of small, constant, copied, coded and independent columns."""

import numpy as np
import pandas as pd
import pytest

from mist_core import MISTEstimator
from mist_core.errors import InputError

N = 400


@pytest.fixture(scope="module")
def mist():
    return MISTEstimator.load("general", device="cpu")


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def related(rng, n=N):
    """(n, 1) each, with 0.15 nats between them."""
    x = rng.normal(size=(n, 1))
    return x, 0.6 * x + rng.normal(size=(n, 1))


def width(posterior):
    low, high = posterior.interval()
    return high - low


def test_ten_rows_give_intervals_that_are_wide_and_hold_the_truth(mist, rng):
    many = mist.posterior(*related(rng))
    few = mist.posteriors(related(rng, 10) for _ in range(100))
    assert np.mean([width(p) for p in few]) > 3 * width(many)
    assert sum(p.quantile(0.05) <= 0.15 <= p.quantile(0.95) for p in few) >= 80


def test_three_rows_are_refused(mist, rng):
    with pytest.raises(InputError, match="at least 4 rows"):
        mist.posterior(*related(rng, 3))


def test_a_constant_column_contributes_nothing(mist, rng):
    x, y = related(rng)
    constant = np.full_like(x, 3.0)
    answer = mist.posterior(x, y)
    assert mist.posterior(np.hstack([constant, x, constant]), np.hstack([y, constant])) == answer
    assert mist.posteriors([(np.hstack([x, constant]), y)]) == [answer]


def test_a_side_that_is_constant_knows_nothing(mist, rng):
    x, y = related(rng)
    posterior = mist.posterior(np.ones_like(x), y)
    assert posterior.mean < 0.02 and posterior.quantile(0.05) == 0


def test_a_copy_has_much_finite_information_and_is_flagged(mist, rng):
    x, _ = related(rng)
    for copy in (x, 2 - 3 * x):
        posterior = mist.posterior(x, copy)
        assert 3 < posterior.mean < 20
        assert posterior.in_family < 0.05


def test_two_columns_that_are_one_say_what_one_says(mist, rng):
    x, y = related(rng)
    one, two = mist.posterior(x, y), mist.posterior(np.hstack([x, 1 - 2 * x]), y)
    assert two.mean == pytest.approx(one.mean, abs=width(one) / 4)


def test_classes_as_codes_as_numbers_and_by_other_names_agree(mist, rng):
    x, y = related(rng)
    codes = np.digitize(y[:, 0], [-1.0, 0.0, 1.0])
    names = pd.Series(codes).map({0: "d", 1: "a", 2: "c", 3: "b"})
    named = mist.posterior(x, names)
    assert mist.posterior(x, codes, types={"y": "class"}) == named
    assert mist.posterior(x, (7 - 2 * codes).astype(str)) == named
    assert mist.posterior(x, codes.astype(float)).mean == pytest.approx(named.mean, abs=0.05)


def test_independent_columns_have_a_lower_end_of_zero_nine_times_in_ten(mist, rng):
    shapes = [(n, p) for n in (50, N) for p in (1, 4)] * 25
    pairs = ((rng.normal(size=(n, p)), rng.normal(size=(n, 1))) for n, p in shapes)
    assert sum(p.quantile(0.05) == 0 for p in mist.posteriors(pairs)) >= 90

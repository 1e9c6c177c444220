"""Lags and transfer: the right lag, the right direction, and honest intervals for slow series."""

import numpy as np
import pytest
import torch

from mist_core import InputError, ParameterError, lagged, transfer_entropy
from mist_core.priors.conditional.batch import remembering
from mist_core.relations.series import LEAST_ROWS


def slow(n, count, seed, memory=0.95):
    noise = torch.from_numpy(np.random.default_rng(seed).standard_normal((n, count)))
    return remembering(noise, memory).numpy()


def driven(n=1000, seed=0):
    """y follows x by two rows."""
    rng = np.random.default_rng(seed)
    x, e = rng.standard_normal((2, n))
    return x, np.r_[0, 0, 0.9 * x[:-2]] + 0.5 * e


def test_the_lag_that_tells_most_is_that_of_the_cause():
    x, y = driven()
    found = lagged(x, y, range(-3, 5))
    assert list(found) == list(range(-3, 5))
    assert max(found, key=lambda lag: found[lag].mean) == 2
    assert found[2].interval()[0] > 0.3
    assert all(found[lag].interval()[0] == 0 for lag in (-3, -1, 0, 4))


def test_negative_lags_are_those_of_the_other_way_around():
    x, y = driven(300)
    assert lagged(x, y, [-2])[-2] == lagged(y, x, [2])[2]


def test_transfer_has_a_direction():
    rng = np.random.default_rng(1)
    x, e = rng.standard_normal((2, 800))
    y = np.zeros(800)
    for t in range(1, 800):
        y[t] = 0.5 * y[t - 1] + 0.6 * x[t - 1] + e[t]
    there, back = transfer_entropy(x, y), transfer_entropy(y, x)
    low, high = there.interval()
    assert 0 < low <= np.log1p(0.36) / 2 <= high
    assert back.interval()[0] == 0


def test_slow_series_that_know_nothing_of_one_another_may_know_nothing():
    lows = [lagged(*slow(1000, 2, seed).T, [0])[0].interval()[0] for seed in range(20)]
    assert np.mean(np.array(lows) == 0) >= 0.9


def test_increasing_maps_of_a_series_keep_the_answer():
    x, y = driven(600)
    plain, bent = transfer_entropy(x, y, 2), transfer_entropy(np.exp(x), np.sinh(y), 2)
    assert bent.mean == pytest.approx(plain.mean, rel=0.3)


def test_constants_tell_nothing():
    x, y = driven(100)
    assert transfer_entropy(np.ones(100), y).interval() == (0, 0)
    assert lagged(x, np.ones(100), [1])[1].mean == 0


def test_what_cannot_be_asked_is_refused():
    x, y = driven(40)
    with pytest.raises(InputError, match=f"at least {LEAST_ROWS}"):
        lagged(x, y, [39])
    with pytest.raises(ParameterError, match="whole numbers"):
        lagged(x, y, [1.5])
    for history in (0, 9, 1.5):
        with pytest.raises(ParameterError, match="1 to 8"):
            transfer_entropy(x, y, history)

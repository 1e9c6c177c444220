"""Transfer of entropy: the right direction, and honest intervals for slow series."""

import numpy as np
import pytest
import torch

from mist_core import InputError, ParameterError, transfer_entropy
from mist_core.priors.conditional.batch import remembering
from mist_core.relations.transfer import LEAST_ROWS


def slow(n, count, seed, memory=0.95):
    noise = torch.from_numpy(np.random.default_rng(seed).standard_normal((n, count)))
    return remembering(noise, memory).numpy()


def driven(n=1000, seed=0):
    """y follows x by two rows."""
    rng = np.random.default_rng(seed)
    x, e = rng.standard_normal((2, n))
    return x, np.r_[0, 0, 0.9 * x[:-2]] + 0.5 * e


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
    lows = [transfer_entropy(*slow(1000, 2, seed).T).interval()[0] for seed in range(20)]
    assert np.mean(np.array(lows) == 0) >= 0.9


def test_increasing_maps_of_a_series_keep_the_answer():
    x, y = driven(600)
    plain, bent = transfer_entropy(x, y, 2), transfer_entropy(np.exp(x), np.sinh(y), 2)
    assert bent.mean == pytest.approx(plain.mean, rel=0.3)


def test_constants_tell_nothing():
    _, y = driven(100)
    assert transfer_entropy(np.ones(100), y).interval() == (0, 0)


def test_what_cannot_be_asked_is_refused():
    x, y = driven(40)
    with pytest.raises(InputError, match=f"at least {LEAST_ROWS}"):
        transfer_entropy(x[:20], y[:20], 5)
    for history in (0, 9, 1.5):
        with pytest.raises(ParameterError, match="1 to 8"):
            transfer_entropy(x, y, history)

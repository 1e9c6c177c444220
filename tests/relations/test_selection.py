"""Forward selection finds the columns that add something, and stops."""

import numpy as np
import pytest
import torch

from mist_core import ParameterError
from mist_core.inference.posterior import Posterior
from mist_core.relations.selection import forward_selection
from mist_core.sklearn import MISTSelector


def blanket(n=600, seed=0):
    """Columns 0 and 1 make the target; 2 is a copy of 0 with noise; 3 and 4 know nothing."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 5))
    X[:, 2] = X[:, 0] + 0.3 * X[:, 2]
    return X, X[:, 0] + 0.5 * X[:, 1] + 0.3 * rng.standard_normal(n)


def test_a_noisy_copy_is_left_out_though_it_tells_more_by_itself():
    X, y = blanket()
    marginal = MISTSelector(k=2).fit(X, y).get_support(indices=True)
    assert marginal.tolist() == [0, 2]
    selector = MISTSelector(method="conditional").fit(X, y)
    assert selector.order_.tolist() == [0, 1]
    assert selector.get_support(indices=True).tolist() == [0, 1]
    assert selector.intervals_[1, 0] > 0 and selector.scores_[3] == 0


def test_of_two_that_only_together_tell_the_second_is_worth_all():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((800, 3))
    y = X[:, 0] + 2 * (X[:, 0] > 0) * X[:, 1] + 0.2 * rng.standard_normal(800)
    assert set(MISTSelector(method="conditional").fit(X, y).order_[:2]) == {0, 1}


def test_of_much_noise_nothing_is_taken_nineteen_times_in_twenty():
    taken = 0
    for seed in range(20):
        rng = np.random.default_rng([2, seed])
        selector = MISTSelector(method="conditional", discrete_target=True)
        selector.fit(rng.standard_normal((300, 30)), rng.integers(0, 3, 300))
        taken += selector.order_.size > 0
    assert taken <= 1


def test_what_shuffled_rows_seem_to_tell_is_not_taken_for_something():
    """An estimator that is .1 too high for everything is believed only above that."""

    class High:
        def __init__(self, real):
            self.answers = [real, 0.1]

        def posteriors(self, pairs):
            mean = self.answers.pop(0)
            return [posterior(mean)] * len(list(pairs))

    def posterior(mean):
        return Posterior(mean, (0.05, 0.5, 0.95), (mean - 0.05, mean, mean + 0.05), 0.5)

    column = torch.arange(5.0)[:, None]
    assert not forward_selection([column], column, High(0.14), most=1)
    assert len(forward_selection([column], column, High(0.16), most=1)) == 1


def test_no_more_are_taken_than_asked_for():
    X, y = blanket()
    assert MISTSelector(k=1, method="conditional").fit(X, y).order_.tolist() == [0]


def test_a_threshold_stops_earlier():
    X, y = blanket()
    assert len(MISTSelector(threshold=5.0, method="conditional").fit(X, y).order_) == 0


def test_an_unknown_method_is_refused():
    with pytest.raises(ParameterError, match="marginal, conditional"):
        MISTSelector(method="both").fit(*blanket(50))

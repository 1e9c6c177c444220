"""Fast classical estimators: closed forms, invariances, and another implementation of each."""

import numpy as np
import pytest
import torch
from sklearn.feature_selection import mutual_info_regression

from mist_core.benchmarks.baselines import resampling
from mist_core.explore.rivals import RIVALS, cca, histogram, ksg
from mist_core.explore.scenario import Scene


def sample(n=400, **options):
    scene = Scene("normal-dense", (("off_diag", 0.6),), 2, 3, **options)
    drawn = scene.draw(n).first(n)
    return drawn.x, drawn.y


def test_ksg_is_scikit_learns_for_single_columns():
    x, y = (side[:, :1] for side in sample())
    theirs = mutual_info_regression(x, y[:, 0], n_neighbors=5, random_state=0)[0]
    assert ksg(x, y) == pytest.approx(theirs, abs=1e-6)


def test_cca_is_that_of_the_benchmark():
    x, y = sample()
    theirs = resampling.cca(torch.tensor(x), torch.tensor(y))(torch.arange(len(x)))
    assert cca(x, y) == pytest.approx(theirs, abs=1e-9)


def test_a_histogram_counts_cells():
    side = np.repeat(np.arange(5.0), 20)[:, None]
    assert histogram(side, side) == pytest.approx(np.log(5))


@pytest.mark.parametrize("name", RIVALS)
def test_swapping_the_sides_changes_nothing(name):
    x, y = sample()
    assert RIVALS[name](x, y) == pytest.approx(RIVALS[name](y, x), abs=1e-9)


def test_what_cannot_be_estimated_is_nan():
    x, y = sample(5)
    assert np.isnan(ksg(x, y)) and np.isnan(cca(x, y))
    assert np.isnan(histogram(np.zeros((9, 4)), np.zeros((9, 4))))

"""The line through a cloud follows it, and is not drawn where it would say nothing."""

import numpy as np
import pytest

from mist_core.tables.smoothing import smooth_line


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_the_line_of_a_line_is_that_line_whatever_the_units(scale):
    x = np.random.default_rng(0).standard_normal(500)
    at, height = smooth_line(scale * x, scale * (3 * x + 1))
    assert np.allclose(height / scale, 3 * at / scale + 1, atol=1e-4)


def test_the_line_bends_with_the_cloud():
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, 3000)
    at, height = smooth_line(x, np.sin(x) + 0.2 * rng.standard_normal(3000))
    assert np.abs(height - np.sin(at)).max() < 0.12


@pytest.mark.parametrize("x", [np.arange(5.0), np.repeat([0.0, 1.0], 50), np.zeros(50)])
def test_few_rows_and_few_values_get_no_line(x):
    assert [len(part) for part in smooth_line(x, x)] == [0, 0]


def test_values_that_recur_leave_the_line_finite():
    x = np.r_[np.zeros(500), np.arange(100.0)]
    assert np.isfinite(smooth_line(x, x)[1]).all()

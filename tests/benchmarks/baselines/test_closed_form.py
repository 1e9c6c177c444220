"""Ratios of neighbours and kernels by FFT come near laws they get right, and say where not."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from mist_core.benchmarks.base import Dataset
from mist_core.benchmarks.baselines.closed_form import (
    CLOSED_FORMS,
    GRID,
    REACH,
    kernel_fft,
    neighbour_ratio,
    smoothed,
)
from mist_core.benchmarks.estimators import estimator

BOTH = pytest.mark.parametrize("estimate", [neighbour_ratio, kernel_fft])


def normal_pair(correlation: float, n: int, dim: int = 1, seed: int = 1):
    x, e = np.random.default_rng(seed).standard_normal((2, n, dim))
    return x, correlation * x + math.sqrt(1 - correlation**2) * e


@BOTH
def test_a_moderate_normal_correlation_is_estimated_nearly(estimate):
    truth = -0.5 * math.log1p(-(0.6**2))
    assert estimate(*normal_pair(0.6, 3000)) == pytest.approx(truth, abs=0.05)


@BOTH
def test_independent_columns_tell_next_to_nothing(estimate):
    assert estimate(*normal_pair(0.0, 3000)) < 0.05


@BOTH
def test_a_parabola_is_seen_though_no_line_fits(estimate):
    x, e = np.random.default_rng(0).standard_normal((2, 2000, 1))
    assert estimate(x, x**2 + 0.5 * e) > 0.3


@BOTH
def test_increasing_maps_change_nothing(estimate):
    x, y = normal_pair(0.7, 400)
    assert estimate(np.exp(x), y**3) == pytest.approx(estimate(x, y), abs=1e-12)


def test_kernels_are_the_same_for_either_order_of_the_sides():
    x, y = normal_pair(0.7, 400)
    assert kernel_fft(y, x) == pytest.approx(kernel_fft(x, y), abs=1e-12)


def test_the_transform_gives_the_sum_of_kernels():
    rows, bandwidth = np.random.default_rng(2).standard_normal((40, 2)), 0.4
    step = 2 * REACH / GRID
    found = smoothed(rows, bandwidth) / step**2
    assert found.sum() * step**2 == pytest.approx(1)
    for i, j in ((128, 128), (140, 120), (100, 150)):
        at = np.array([i, j]) * step - REACH
        kernels = multivariate_normal(at, bandwidth**2 * np.eye(2)).pdf(rows)
        assert found[i, j] == pytest.approx(kernels.mean(), rel=0.01, abs=1e-5)


def test_strong_dependence_in_several_columns_is_read_too_low_as_its_limits_say():
    truth = -3 / 2 * math.log1p(-(0.95**2))
    assert 0 < neighbour_ratio(*normal_pair(0.95, 1000, 3)) < truth


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_each_states_its_source_and_one_sentence_of_limits(name):
    form = CLOSED_FORMS[name]
    assert form.doi.startswith("10.") and estimator(name) is form
    assert form.limits.endswith(".") and form.limits.count(". ") == 0


def test_an_answer_is_an_estimate_or_a_reason():
    x, y = map(torch.from_numpy, normal_pair(0.6, 200, 2))
    (ratio,) = CLOSED_FORMS["neighbour-ratio"].answer([Dataset(x, y)])
    assert ratio.failure is None and ratio.estimate > 0.1
    (kernel,) = CLOSED_FORMS["kernel-fft"].answer([Dataset(x, y)])
    assert kernel.estimate is None and "one column a side" in kernel.failure


@BOTH
def test_four_rows_are_enough_for_a_number(estimate):
    assert math.isfinite(estimate(*normal_pair(0.5, 4)))

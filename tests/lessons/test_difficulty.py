"""Lesson 3: what is said of bias, columns and rows follows from the datasets drawn."""

import math

import pytest

from mist_core.inference.estimator import general
from mist_core.lessons import difficulty


def quietly(share):
    assert 0 < share <= 1


@pytest.fixture(scope="module")
def ask():
    return general().posteriors


def test_the_answer_is_whose_mean_is_furthest_off(ask):
    step = difficulty.chance("five columns", 200, 20, 0, ask, quietly)
    errors = (step.table.estimate - step.numbers["truth"]).groupby(step.table.estimator).mean()
    assert step.question.answer == errors.abs().idxmax() == "KSG"
    assert errors["KSG"] < -0.3
    assert f"{errors['KSG']:+.3f} nats" in step.question.why


def test_one_dataset_has_no_plural(ask):
    assert "over 1 dataset;" in difficulty.chance("line", 50, 1, 0, ask, quietly).takeaway


def test_ksg_falls_and_cca_rises_with_columns_of_noise(ask):
    step = difficulty.growth("columns", 200, 0, ask, quietly)
    assert step.numbers["error KSG"] < -0.3 and step.numbers["error CCA"] > 0.4
    assert abs(step.numbers["error MIST"]) < 0.15
    assert step.question.answer == "CCA"


def test_strong_dependence_is_what_ksg_cannot_see(ask):
    step = difficulty.growth("information", 200, 0, ask, quietly)
    assert step.numbers["error KSG"] < -0.2
    assert abs(step.numbers["error CCA"]) < 0.1  # the law is normal


def test_the_bound_of_a_line_is_in_closed_form_and_mist_comes_near(ask):
    step = difficulty.bound("line", 0, ask, quietly)
    assert step.numbers["one"] == pytest.approx(0.8, rel=0.03)
    assert step.numbers["needed"] == pytest.approx((0.8 / 0.05) ** 2, rel=0.06)
    assert step.question.answer == "200"
    least = step.numbers["one"] / math.sqrt(difficulty.ROWS[-1])
    assert 0.3 * least < step.numbers["error"] < 2.5 * least

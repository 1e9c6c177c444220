"""Lesson 2: maps that can be undone move no truth; rounding loses what quadrature says."""

import numpy as np
import pytest

from mist_core.inference.estimator import general
from mist_core.lessons import invariance
from mist_core.lessons.difficulty import LAWS


@pytest.mark.parametrize("name", invariance.MAPS)
def test_every_map_can_be_undone(name):
    values = np.linspace(-3, 3, 1001) + 1e-4
    assert len(np.unique(invariance.MAPS[name](values))) == len(values)


@pytest.mark.parametrize(("x", "y"), [("cubed", "one over"), ("exponential", "in waves")])
def test_wild_maps_move_ksg_and_pearson_and_hardly_mist(x, y):
    step = invariance.maps(x, y, 500, 0, general().posterior)
    assert step.numbers["moved truth"] == 0
    assert step.numbers["moved MIST"] < 0.03
    assert step.numbers["moved KSG"] > 0.05 and step.numbers["moved Pearson"] > 0.05
    assert f"**{step.numbers['truth']:.2f} nats**" in step.takeaway


def test_the_answer_is_what_moved():
    assert invariance.maps("as it is", "as it is", 200, 0, general().posterior).question.right == 0
    step = invariance.maps("cubed", "cubed", 500, 0, general().posterior)
    assert step.question.answer == "KSG, not MIST"


def test_what_rounding_leaves_grows_with_the_levels_and_never_beyond_the_whole():
    whole = LAWS["line"].law().mutual_information().item()
    left = [invariance.left(k) for k in (2, 3, 4, 8, 64, 512)]
    assert left == sorted(left) and left[-1] < whole
    assert left[-1] == pytest.approx(whole, abs=1e-3)


def test_the_sign_of_y_leaves_what_counting_says():
    rng = np.random.default_rng(0)
    x, noise = rng.standard_normal((2, 400_000))
    y = 0.8 * x + 0.6 * noise
    counts = np.histogram2d(x, y > 0, bins=[np.linspace(-4, 4, 161), 2])[0]
    p = counts / counts.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = p * np.log(p / np.outer(p.sum(1), p.sum(0)))
    assert invariance.left(2) == pytest.approx(np.nansum(terms), abs=0.004)


def test_mist_sees_what_is_left_of_two_levels():
    step = invariance.levels(2, 500, 0, general().posterior)
    assert step.numbers["median"] == pytest.approx(step.numbers["left"], abs=0.08)
    assert step.question.answer == "50 %"

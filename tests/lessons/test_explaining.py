"""Lesson 7: the causes are independent, and dependent where their effect is known."""

import math

import numpy as np
import pytest

from mist_core.benchmarks.conditional_peers import partial_gaussian
from mist_core.explore.scenario import Scene
from mist_core.inference.estimator import general
from mist_core.lessons import explaining


@pytest.mark.parametrize("noise", explaining.NOISES)
def test_the_truth_given_the_effect_is_that_of_partial_correlations(noise):
    x, y, e = np.random.default_rng(0).standard_normal((3, 200_000, 1))
    found = partial_gaussian(x, y, x + y + noise * e)
    assert explaining.effect_truth(noise) == pytest.approx(found, abs=0.01)


@pytest.mark.parametrize("wrong", explaining.WRONG)
def test_the_truth_of_the_coins_is_that_of_their_table(wrong):
    joint = np.full((2, 2, 2), wrong / 4)
    for x, y in np.ndindex(2, 2):
        joint[x, y, x ^ y] = (1 - wrong) / 4
    inside = joint > 0
    given = joint * joint.sum((0, 1)) / (joint.sum(1)[:, None] * joint.sum(0)[None])
    by_hand = (joint[inside] * np.log(given[inside])).sum()
    assert explaining.coins_truth(wrong) == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize("noise", [0.2, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_without_the_effect_and_the_truth_with_it(noise, seed):
    step = explaining.collider(noise, 1000, seed, general())
    numbers = step.numbers
    assert numbers["alone"] < 0.02
    assert numbers["known"] == pytest.approx(numbers["truth"], abs=0.1)
    guesses = np.abs(np.array(explaining.GUESSES) - numbers["truth"])
    assert float(step.question.answer) == explaining.GUESSES[int(guesses.argmin())]
    assert f"**{numbers['truth']:.2f}**" in step.takeaway


def test_coins_tell_all_but_what_the_wrong_rows_cost():
    step = explaining.coins(0.05, 1000, 0, general())
    assert step.numbers["alone"] < 0.02
    assert step.numbers["known"] == pytest.approx(math.log(2) - 0.1985, abs=0.1)
    assert step.question.answer == "0.5"
    senseless = explaining.coins(0.5, 1000, 0, general())
    assert senseless.numbers["truth"] == pytest.approx(0, abs=1e-12)
    assert senseless.question.answer == "0" and senseless.numbers["known"] < 0.05


def test_the_link_to_explore_leads_to_the_same_causes():
    step = explaining.collider(0.5, 200, 3, general())
    scene = Scene(step.explore["law"], (("correlation", 0.0),), seed=3)
    rows = scene.draw(200).first(200)
    assert np.allclose(rows.x[:, 0], step.table.x) and np.allclose(rows.y[:, 0], step.table.y)


def test_figures_can_be_drawn():
    for step in (
        explaining.collider(0.5, 100, 0, general()),
        explaining.coins(0, 100, 0, general()),
    ):
        for figure in (*step.figures, *step.revealed):
            figure.drawn.to_dict()

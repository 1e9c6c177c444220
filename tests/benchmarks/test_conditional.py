"""Questions about I(X;Y|Z) have the truth they say, and its classical estimators find it."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.conditional import channel, dataset, questions
from mist_core.benchmarks.conditional_peers import PEERS, frenzel_pompe, partial_gaussian
from mist_core.benchmarks.conditional_scores import scored

QUESTIONS = questions()
ONE = [q for q in QUESTIONS if q.columns == 1 and q.group in ("Gaussian", "nonlinear", "transfer")]


@pytest.mark.parametrize("question", ONE, ids=lambda q: q.name)
def test_truths_are_what_nearest_neighbours_find_in_one_column(question):
    sides = question.draw(4000, np.random.default_rng(1))
    assert frenzel_pompe(*sides) == pytest.approx(question.truth, abs=0.05 + 0.08 * question.truth)


@pytest.mark.parametrize("group", ["Gaussian", "systems"])
def test_truths_of_normal_laws_are_those_of_partial_correlations(group):
    for question in (q for q in QUESTIONS if q.group == group):
        sides = question.draw(20_000, np.random.default_rng(2))
        assert partial_gaussian(*sides) == pytest.approx(question.truth, abs=0.03), question.name


def test_a_straight_channel_has_its_closed_form():
    assert channel(lambda e: 2 * e, 1.0) == pytest.approx(math.log(5) / 2, abs=1e-3)


def test_questions_are_many_and_their_datasets_are_their_own():
    assert len({q.name for q in QUESTIONS}) == len(QUESTIONS) > 60
    one, same, other = (dataset(3, 50, seed, QUESTIONS[3])[0] for seed in (0, 0, 1))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_nearest_neighbours_know_a_fork_and_what_is_left():
    rng = np.random.default_rng(3)
    z, e, f = rng.standard_normal((3, 3000, 1))
    assert frenzel_pompe(z + e, z + f, z) == pytest.approx(0, abs=0.03)
    assert frenzel_pompe(z + e, e + f, z) == pytest.approx(math.log(2) / 2, abs=0.04)


def test_ours_has_an_interval_and_the_others_have_none():
    sides = QUESTIONS[1].draw(200, np.random.default_rng(4))
    estimate, low, high = PEERS["mist"].answer(*sides, False)
    assert low <= estimate <= high
    assert np.isnan(PEERS["partial-gaussian"].answer(*sides, False)[1])


def test_scores_count_what_is_held_and_what_reaches_zero():
    table = pd.DataFrame(
        {
            "estimator": ["a", "a", "a", "b"],
            "group": "g",
            "n_samples": 10,
            "columns": 1,
            "truth": [0.0, 1.0, 1.0, 1.0],
            "estimate": [0.1, 0.8, 1.0, 2.0],
            "low": [0.0, 0.9, 0.5, np.nan],
            "high": [0.2, 0.95, 1.5, np.nan],
            "seconds": [1.0, 2.0, 3.0, 4.0],
        }
    )
    ours, other = scored(table).to_dict("records")
    assert ours["absolute_error"] == pytest.approx(0.1)
    assert ours["coverage"] == pytest.approx(2 / 3)
    assert ours["low_end_zero"] == 1 and ours["estimates"] == 3 and ours["seconds"] == 2
    assert np.isnan(other["coverage"]) and other["bias"] == 1

"""Lesson 5: scores, coverage and the best width follow from the intervals on screen."""

import numpy as np
import pandas as pd
import pytest
import torch

from mist_core.explore.rivals import cca
from mist_core.inference.estimator import general
from mist_core.lessons import promise
from mist_core.markdown import percent
from mist_core.networks.scoring import interval_score


def test_the_score_is_that_of_the_core():
    table = promise.game(0.1, 30, 0).table
    sides = (torch.tensor(table[name].to_numpy()) for name in ("low", "high", "truth"))
    score = promise.game(0.1, 30, 0).numbers["score"]
    assert score == pytest.approx(interval_score(*sides, 0.9).mean().item())


@pytest.mark.parametrize("seed", [0, 5])
def test_the_answer_is_the_width_with_the_least_score(seed):
    scores = {w: promise.game(w, 60, seed).numbers["score"] for w in promise.WIDTHS}
    step = promise.game(0.05, 60, seed)
    assert float(step.question.answer) == min(scores, key=scores.get)
    assert step.numbers["least"] == pytest.approx(min(scores.values()))
    assert f"**{percent(step.numbers['coverage'])}** of 60" in step.takeaway


def test_wider_intervals_hold_more():
    held = [promise.game(w, 60, 0).numbers["coverage"] for w in promise.WIDTHS]
    assert held == sorted(held) and held[0] < 0.4 < 0.9 < held[-1]


def test_the_link_leads_to_the_worst_miss():
    step = promise.game(0.02, 60, 0)
    missed = (step.table.low - step.table.truth).clip(lower=0) + (
        step.table.truth - step.table.high
    ).clip(lower=0)
    scene = promise.laws(0)[int(missed.idxmax())]
    assert step.explore == scene.address(promise.ROWS)


def test_a_bootstrap_holds_its_estimate_where_there_is_no_bias():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((400, 1))
    y = 0.8 * x + 0.6 * rng.standard_normal((400, 1))
    low, high = promise.bootstrapped(cca, x, y, rng)
    assert low < cca(x, y) < high and high - low == pytest.approx(3.29 * 0.8 / 20, rel=0.4)


def test_mist_keeps_its_promise_and_bootstrapped_ksg_does_not():
    told = []
    tables = promise.intervals(0, general().posteriors, told.append)
    assert told[-1] == pytest.approx(1)
    step = promise.habits(tables, "MIST", 0)
    assert step.numbers["coverage MIST"] >= 0.8
    assert step.question.answer == "KSG, bootstrap"
    assert step.numbers["coverage KSG, bootstrap"] < 0.6
    held = pd.Series(step.table.low <= step.table.truth) & (step.table.truth <= step.table.high)
    assert held[step.table.method == "MIST"].mean() == step.numbers["coverage MIST"]

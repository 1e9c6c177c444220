"""The laws have the blankets they claim, and scores of selectors are what they say."""

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.conditional_peers import frenzel_pompe
from mist_core.benchmarks.selection import IRRELEVANT, LAWS
from mist_core.benchmarks.selection_scores import LAW, TABLE, by_columns, by_law, of_blanket
from mist_core.benchmarks.selectors import SELECTORS, mrmr


@pytest.mark.parametrize("name", [name for name, law in LAWS.items() if law.blanket])
def test_given_the_blanket_nothing_else_tells_and_each_of_it_does(name):
    """By nearest neighbours, which know nothing of the recipes."""
    law = LAWS[name]
    columns, target = law.dataset(0, 4000, 0)
    spread = 1e-6 * np.random.default_rng(0).standard_normal((len(target), 1))
    target = target[:, None] + spread  # neighbours know no ties
    inside = sorted(law.blanket)
    for place in range(columns.shape[1] - IRRELEVANT + 1):
        given = [k for k in inside if k != place]
        left = frenzel_pompe(columns[:, [place]], target, columns[:, given])
        assert (left > 0.05) == (place in inside), (place, left)


def test_where_nothing_tells_no_column_does():
    columns, target = LAWS["nothing"].dataset(0, 4000, 0)
    assert np.abs(np.corrcoef(columns.T, target)[-1, :-1]).max() < 0.05


def test_datasets_are_the_same_again_and_others_by_another_seed():
    law = LAWS["chain"]
    (one, _), (again, _), (other, _) = (law.dataset(1, 50, seed) for seed in (0, 0, 1))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_mrmr_takes_the_weak_cause_before_a_copy_of_the_strong_one():
    columns, target = LAWS["noisy copies"].dataset(0, 500, 0)
    assert mrmr(columns, target, False, 2) == [0, 1]
    assert len(set(mrmr(columns[:, :4], target, False, 9))) == 4


@pytest.mark.parametrize("name", SELECTORS)
def test_every_selector_takes_the_strong_cause_first_and_no_more_than_asked(name):
    columns, target = LAWS["noisy copies"].dataset(0, 500, 0)
    taken = SELECTORS[name].order(columns, target, False, 2)
    assert taken[0] == 0 and len(taken) == 2


def test_only_what_is_conditional_finds_the_other_cause_that_alone_tells_nothing():
    law = LAWS["explaining away"]
    columns, target = law.dataset(0, 500, 0)
    found = {
        name: set(selector.order(columns, target, False, 2)) for name, selector in SELECTORS.items()
    }
    assert found["conditional"] == law.blanket
    assert all(taken != law.blanket for name, taken in found.items() if name != "conditional")


def test_precision_and_recall_by_hand():
    assert of_blanket([0, 3], frozenset({0, 1})) == {"precision": 0.5, "recall": 0.5, "exact": 0}
    assert of_blanket([], frozenset({0}))["precision"] == 1
    assert of_blanket([2], frozenset()) == {"precision": 0, "recall": 1, "exact": 0}
    assert of_blanket([], frozenset())["exact"] == 1


def test_lengths_that_some_fold_did_not_reach_are_left_out():
    rows = [
        {"kind": TABLE, "name": "t", "selector": "s", "columns": k, "seed": fold, "accuracy": a}
        for k, fold, a in ((1, 0, 0.5), (1, 1, 0.7), (2, 0, 0.9))
    ]
    law = {"kind": LAW, "name": "l", "selector": "s", "n_samples": 9, "columns": 2, "seconds": 1}
    law |= {"precision": 1, "recall": 0.5, "exact": 0, "seed": 0}
    table = pd.DataFrame([*rows, law, law | {"recall": 1.0}])
    assert by_columns(table)[["columns", "accuracy"]].values.tolist() == [[1, 0.6]]
    assert by_law(table).recall.tolist() == [0.75]

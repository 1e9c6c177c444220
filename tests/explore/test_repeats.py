"""The same law again and again: what its estimates scatter around."""

import numpy as np
import pytest

from mist_core.explore.repeats import MIST, draws, efficiency_bound, repeat, scattered, summary
from mist_core.explore.scenario import Scene
from mist_core.inference.estimator import general

LINE = Scene("bivariate-normal", (("correlation", 0.8),))


def test_datasets_differ_from_each_other_and_come_again_with_the_seed():
    first, second = draws(LINE, 50, 2)
    assert not np.array_equal(first[0], second[0])
    np.testing.assert_array_equal(draws(LINE, 50, 2)[1][1], second[1])


def test_the_bound_of_a_normal_pair_is_its_correlation_over_the_root_of_n():
    assert efficiency_bound(LINE, 100) == pytest.approx(0.8 / 10, rel=0.03)


def test_every_estimator_answers_every_dataset_and_is_summed_up():
    shares = []
    table = repeat(LINE, 100, 25, general().posteriors, shares.append)
    assert shares == [0.8, 1.0]
    assert set(table.groupby("estimator").size()) == {25}
    truth = LINE.law().mutual_information().item()
    found = summary(table, truth)
    mine = table[table.estimator == MIST].estimate
    assert found.bias[MIST] == pytest.approx(mine.mean() - truth)
    assert found.rmse[MIST] == pytest.approx(np.sqrt(((mine - truth) ** 2).mean()))
    assert "25 datasets" in scattered(table, truth, "bits").to_json()


def test_estimators_that_cannot_answer_are_left_out():
    wide = Scene("normal-dense", (), 10, 10)
    assert set(repeat(wide, 20, 2, general().posteriors).estimator) == {MIST, "KSG"}

"""Classes with many rows a cell: the counts answer, with the error that theory gives them."""

import math

import numpy as np
import pytest
import torch

from mist_core import MISTEstimator
from mist_core.errors import ParameterError
from mist_core.inference.ceiling import labels
from mist_core.inference.counts import COUNTED, counted

# Shares of the cells of a table of 3 by 4 whose sides tell .22 nats of one another.
TABLE = np.array([[16, 3, 1, 5], [2, 14, 4, 5], [5, 5, 15, 25]]) / 100
LEVELS = (0.05, 0.5, 0.95)


def information(table):
    occupied = table > 0
    expected = table.sum(1, keepdims=True) * table.sum(0)
    return float((table[occupied] * np.log(table[occupied] / expected[occupied])).sum())


def draw(table, n, seed):
    cells = np.random.default_rng(seed).choice(table.size, n, p=table.ravel())
    return np.divmod(cells, table.shape[1])


def told(x, y):
    return counted(*(labels(torch.as_tensor(np.c_[side]).double()[None]) for side in (x, y)))[0]


@pytest.fixture(scope="module")
def estimator():
    return MISTEstimator.load(device="cpu")


@pytest.mark.parametrize("n", [400, 3000])
def test_intervals_hold_the_truth_as_often_as_they_say(n):
    truth = information(TABLE)
    found = [told(*draw(TABLE, n, seed)).quantiles(LEVELS) for seed in range(200)]
    assert 0.85 <= np.mean([low <= truth <= high for low, _, high in found]) <= 0.97


def test_the_error_shrinks_with_the_root_of_the_rows():
    truth = information(TABLE)

    def error(n):
        return np.mean([abs(told(*draw(TABLE, n, seed)).mean - truth) for seed in range(60)])

    assert error(40_000) < 1.5 * error(400) / 10


@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (5, 8)])
def test_the_lower_end_of_independent_classes_is_0(shape):
    table = np.full(shape, 1 / math.prod(shape))
    low = [told(*draw(table, 500, seed)).quantiles(LEVELS)[0] for seed in range(200)]
    assert np.mean(np.equal(low, 0)) >= 0.92
    assert np.mean([told(*draw(table, 500, seed)).mean for seed in range(200)]) < 0.01


def test_names_of_classes_order_of_sides_and_constant_columns_change_nothing(estimator):
    x, y = draw(TABLE, 1000, 0)
    one = estimator.posterior(x, y)
    names = np.array(["rot", "grün", "blau"])[x]
    for other in (
        estimator.posterior(y, x),
        estimator.posterior(names, np.array([7.5, -1, 3, 100])[y]),
        estimator.posterior(np.c_[x, np.zeros(1000)], y),
    ):
        assert other.quantiles == pytest.approx(one.quantiles, rel=1e-9)


def test_two_columns_of_classes_are_counted_together(estimator):
    a, b = np.random.default_rng(0).integers(0, 2, (2, 2000))
    p = estimator.posterior(np.c_[a, b], a ^ b, "class")
    assert p.mean == pytest.approx(math.log(2), abs=0.005)


@pytest.mark.parametrize("n", [1000, 30_000])
def test_a_class_tells_all_of_a_new_name_of_itself(estimator, n):
    code = np.random.default_rng(n).integers(0, 3, n)
    p = estimator.posterior(code, np.array([10, 20, 5])[code], "class")
    low, high = p.interval()
    assert p.mean == pytest.approx(math.log(3), abs=0.01)
    assert 0.95 * math.log(3) < low <= high <= math.log(3) + 1e-9


def test_the_network_answers_where_counts_do_not_suffice():
    rng = np.random.default_rng(1)
    few, number = rng.integers(0, 3, 399), rng.normal(size=1000)
    many = rng.integers(0, 12, (2, 1000))
    assert told(few, few) is None
    assert told(*many) is None  # 121 degrees of freedom
    assert told(number, many[0]) is None and told(many[0], number) is None
    assert told(np.zeros(1000), many[0]) is None


def test_refining_has_nothing_to_add_to_counts_and_says_so(estimator):
    x, y = draw(TABLE, 1000, 0)
    refined, instant = estimator.refine(x, y), estimator.posterior(x, y)
    assert refined.evidence.note == COUNTED and refined.evidence.bound is None
    assert refined.quantiles == instant.quantiles
    with pytest.raises(ParameterError, match="seconds"):
        estimator.refine(x, y, seconds=0)

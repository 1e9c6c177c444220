"""`refine`: the rows at hand make an answer better, and what they prove stands beside it."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core import MISTEstimator, Posterior
from mist_core.errors import ParameterError


@pytest.fixture(scope="module")
def estimator() -> MISTEstimator:
    return MISTEstimator.load()


def normal(n: int, rho: float) -> tuple[np.ndarray, np.ndarray]:
    x, e = np.random.default_rng(0).standard_normal((2, n))
    return x, rho * x + math.sqrt(1 - rho**2) * e


def hidden(n: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """One even direction among many columns; the information is .79 nats."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n, dim))
    return x, (x @ np.full(dim, dim**-0.5)) ** 2 + 0.5 * rng.standard_normal(n)


def test_an_instant_answer_has_no_evidence(estimator):
    assert estimator.posterior(*normal(300, 0.5)).evidence is None


def test_a_refined_answer_holds_a_lower_bound_and_survives_json_and_units(estimator):
    answer = estimator.refine(*normal(1000, 0.7), seconds=2)
    found, truth = answer.evidence, -0.5 * math.log1p(-(0.7**2))
    assert found.bound < truth + 3 * found.standard_error
    assert found.steps > 0 and found.seconds > 0 and not found.cut_short
    assert Posterior(**answer.to_dict()) == answer
    bits = answer.to_bits().evidence
    assert bits.bound == pytest.approx(found.bound / math.log(2))
    assert bits.standard_error == pytest.approx(found.standard_error / math.log(2))


def test_a_law_that_the_network_knows_stays_right(estimator):
    truth = -0.5 * math.log1p(-(0.7**2))
    low, high = estimator.refine(*normal(3000, 0.7), seconds=3).interval(0.99)
    assert low <= truth <= high


def test_a_hidden_direction_is_found(estimator):
    answer = estimator.refine(*hidden(4000, 6))
    assert abs(answer.median - 0.79) < 0.12


def test_the_same_rows_give_the_same_answer_and_their_order_does_not_matter(estimator):
    x, y = normal(400, 0.6)
    order = np.random.default_rng(2).permutation(400)
    one = estimator.refine(x, y, seconds=1)
    assert estimator.refine(x, y, seconds=1).quantiles == one.quantiles
    other = estimator.refine(x[order], y[order], seconds=1)
    assert other.median == pytest.approx(one.median, abs=1e-3)


def test_few_rows_change_nothing_and_it_is_said(estimator):
    x, y = normal(60, 0.6)
    answer, instant = estimator.refine(x, y), estimator.posterior(x, y)
    assert answer.median == pytest.approx(instant.median)
    assert answer.evidence.bound is None
    assert "60 different rows are too few" in answer.evidence.note


def test_copies_of_rows_are_no_evidence(estimator):
    x, y = np.random.default_rng(3).standard_normal((2, 300))
    rows = np.repeat(np.arange(300), 4)
    found = estimator.refine(x[rows], y[rows], seconds=2).evidence
    assert found.bound < 0.05


def test_a_run_ended_by_its_report_says_so(estimator):
    answer = estimator.refine(*normal(500, 0.5), progress=lambda share: share < 0.3)
    assert answer.evidence.cut_short
    assert answer.evidence.steps > 0


def test_classes_are_welcome(estimator):
    rng = np.random.default_rng(0)
    code, noise = rng.integers(0, 4, 2000), rng.standard_normal(2000)
    # With so little noise the number tells the class: ln 4, but for .01 nats.
    answer = estimator.refine(pd.Series(code).astype("category"), 6 * code + noise, seconds=2)
    assert abs(answer.median - math.log(4)) < 0.06
    assert math.log(4) - 0.2 < answer.evidence.bound < math.log(4)


@pytest.mark.parametrize("seconds", [0.0, 1e4])
def test_seconds_out_of_range_are_refused(estimator, seconds):
    with pytest.raises(ParameterError, match="expected 1 to 600"):
        estimator.refine(*normal(300, 0.5), seconds=seconds)

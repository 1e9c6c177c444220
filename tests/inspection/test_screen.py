"""The screen's blocked products are the statistics of single pairs; copies of rows are found."""

import numpy as np
import pandas as pd
import pytest

from mist_core import MISTEstimator
from mist_core.inspection import plan, screen, survey
from mist_core.inspection.basis import basis, statistic
from mist_core.inspection.screen import Statistics
from mist_core.inspection.variable import Variable, part, repeated
from mist_core.tables.table import table_from_frame


@pytest.fixture
def sides():
    rng = np.random.default_rng(2)
    columns = [rng.standard_normal(90), rng.integers(0, 2, 90), rng.poisson(1, 90), np.ones(90)]
    sides = [Variable((part(str(k), v * 1.0, is_class=False),)) for k, v in enumerate(columns)]
    letters = rng.integers(0, 4, 90) * 1.0
    return [*sides, Variable((part("c", letters, is_class=True),))]


@pytest.mark.parametrize("block", [1, 1000, 1 << 25])
def test_blocked_products_are_the_statistics_of_pairs(sides, block, monkeypatch):
    monkeypatch.setattr(screen, "BLOCK", block)
    found = Statistics(sides)
    assert sum(found) == 10
    for i in range(5):
        for j in range(i + 1, 5):
            expected = statistic(basis(sides[i]), basis(sides[j]))
            assert found.values[i, j] == pytest.approx(expected, rel=1e-3, abs=1e-3)
    against = Statistics(sides[:3], sides[3:])
    assert sum(against) == 6
    np.testing.assert_allclose(against.values, found.values[:3, 3:], rtol=1e-3, atol=1e-3)


def test_a_gap_counts_as_an_average_row(sides):
    x = sides[0].parts[0].values
    gappy = np.where(np.arange(90) < 30, np.nan, x + 0.3 * sides[2].parts[0].values)
    found = Statistics([sides[0], Variable((part("g", gappy, is_class=False),))])
    assert sum(found) == 1
    rows = np.arange(30, 90)
    complete = [Variable((part("a", v[rows], is_class=False),)) for v in (x, gappy)]
    expected = statistic(*map(basis, complete))
    assert found.values[0, 1] == pytest.approx(expected, rel=0.2)


def test_a_wide_table_is_screened_and_audited(monkeypatch):
    for name, value in (("MOST_ASKED", 50), ("CHOSEN", 8), ("AUDITED", 12)):
        monkeypatch.setattr(plan, name, value)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((300, 20))).rename(columns="c{}".format)
    frame["c1"] = frame.c0**2 + 0.3 * frame.c1
    found = survey(MISTEstimator.load(), table_from_frame(frame))
    assert len(found.pairs) == 20 and found.n_tested == found.screen.screened == 190
    assert (found.pairs.x[0], found.pairs.y[0]) == ("c0", "c1") and found.pairs.q[0] < 0.05
    assert found.pairs.asked.value_counts().to_dict() == {"audit": 12, "screen": 8}
    estimate, low, high = found.screen.missed
    assert found.screen.audited == 12 and low <= estimate <= high <= 182


def _parts(*columns):
    return [part(str(k), np.asarray(c, float), is_class=False) for k, c in enumerate(columns)]


def test_copies_of_whole_rows_are_found_and_rows_that_recur_by_themselves_left_alone():
    rng = np.random.default_rng(0)
    number, grade = rng.standard_normal(200), rng.integers(0, 5, 200)
    rows = np.r_[np.arange(200), np.arange(50)]
    copies = repeated(_parts(number[rows], grade[rows]))
    assert copies.sum() == 50 and not copies[:200].any()
    assert not repeated(_parts(grade, rng.integers(0, 2, 200))).any()
    assert not repeated(_parts(np.maximum(number, 0), grade)).any()
    grades = [rng.integers(0, 5, 200)[rows] for _ in range(12)]
    assert repeated(_parts(*grades)).sum() == 50

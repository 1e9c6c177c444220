"""What one series tells about another: honest about wandering, right about who comes first."""

import numpy as np
import pandas as pd
import pytest

from mist_core import MISTEstimator
from mist_core.errors import ParameterError, TableError
from mist_core.series import in_order, in_time, lagged, time_columns
from mist_core.series.findings import apart, by_lag, told
from mist_core.tables import Table, table_from_frame
from tests.series.test_memory import series, table


@pytest.fixture(scope="module")
def general() -> MISTEstimator:
    return MISTEstimator.load()


def follows(lag: int, n: int = 400) -> Table:
    """A table in which y repeats x, so many rows later, with noise."""
    rng = np.random.default_rng(3)
    x = series(0.5, 0, n)
    y = np.roll(x, lag) + 0.5 * rng.standard_normal(n)
    return table_from_frame(pd.DataFrame({"x": x, "y": y}))


@pytest.mark.parametrize("memory", [0.5, 0.9, 0.98])
def test_independent_series_are_answered_down_to_nothing(general, memory):
    pairs = [pd.DataFrame({"x": series(memory, k), "y": series(memory, k + 50)}) for k in range(8)]
    answers = [in_time(general, table_from_frame(frame), "x", "y") for frame in pairs]
    assert sum(answer.low > 0.005 for answer in answers) <= 1
    assert np.median([answer.p for answer in answers]) > 0.1


def test_dependent_series_are_found_and_the_truth_is_covered(general):
    x, z = series(0.8, 1), series(0.8, 2)
    frame = pd.DataFrame({"x": x, "y": 0.8 * x + 0.6 * z})
    answer = in_time(general, table_from_frame(frame), "x", "y")
    assert answer.low <= -0.5 * np.log(1 - 0.64) <= answer.high
    assert answer.low > 0.1 and answer.p <= 0.01
    assert answer.effective_rows < answer.rows / 2


@pytest.mark.parametrize("lag", [-4, 0, 3])
def test_the_lag_is_found_and_its_sign_says_who_comes_first(general, lag):
    found = lagged(general, follows(lag), "x", "y", np.arange(400), most=6)
    assert found.best["lag"] == lag and found.best["low"] > 0.2
    assert list(found.frame["lag"]) == list(range(-6, 7))
    swapped = lagged(general, follows(lag), "y", "x", np.arange(400), most=6)
    assert swapped.best["lag"] == -lag


def test_a_series_tells_about_its_own_future(general):
    found = lagged(general, table(0.9), "s0", "s0", np.arange(500), most=3)
    assert list(found.frame["lag"]) == [1, 2, 3]
    assert found.best["low"] > 0


def test_answers_are_the_same_again(general):
    one, two = (lagged(general, follows(1), "x", "y", np.arange(400), most=2) for _ in "ab")
    pd.testing.assert_frame_equal(one.frame, two.frame)


def test_dates_put_shuffled_rows_in_order(general):
    frame = follows(2).to_frame().assign(day=pd.date_range("2020-01-01", periods=400))
    shuffled = table_from_frame(frame.sample(frac=1, random_state=0))
    order = in_order(shuffled, "day")
    assert time_columns(shuffled) == ["day"]
    assert np.array_equal(shuffled["x"].numbers[order], frame["x"])
    assert lagged(general, shuffled, "x", "y", order, most=3).best["lag"] == 2


def test_gaps_and_classes_are_read(general):
    frame = follows(1).to_frame()
    frame.loc[frame.index % 7 == 0, "x"] = np.nan
    frame["sign"] = np.where(frame["y"] > 0, "up", "down")
    found = lagged(general, table_from_frame(frame), "x", "sign", np.arange(400), most=2)
    assert found.best["lag"] == 1
    assert found.frame["rows"].max() < 360


def test_what_cannot_be_answered_is_refused(general):
    with pytest.raises(TableError, match="too few"):
        lagged(general, follows(1, 30), "x", "y", np.arange(30), most=10)
    with pytest.raises(ParameterError, match="lag from 0"):
        lagged(general, follows(1), "x", "y", np.arange(400), most=-1)
    frame = follows(1).to_frame().assign(word=["a", "b", "b", "a"] * 100)
    with pytest.raises(TableError, match="no order"):
        in_order(table_from_frame(frame), "word")


def test_findings_say_who_comes_first_and_draw_it(general):
    data = follows(2)
    found = lagged(general, data, "x", "y", np.arange(400), most=3)
    finding = by_lag(found, 2, "bits")
    assert "2 rows earlier, x tells" in finding.sentence
    assert "MI (bits)" in finding.table
    assert "1 row later," in told(found, -1, "nats")
    drawn = apart(data, np.arange(400), "x", "y", 2)
    assert len(drawn.table) == 398
    assert np.corrcoef(drawn.table.T)[0, 1] > 0.7
    for part in (finding, drawn):
        part.charts[0].to_dict()

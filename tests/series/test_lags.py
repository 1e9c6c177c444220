"""What one series tells about another: honest about wandering, right about who comes first."""

import numpy as np
import pandas as pd
import pytest

from mist_core import InputError, MISTEstimator, ParameterError, TableError
from mist_core.series import columns_lagged, in_order, lagged, time_columns
from mist_core.series.findings import apart, by_lag, told
from mist_core.series.lags import LEAST_ROWS
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
def test_independent_series_are_answered_down_to_nothing(memory):
    found = [lagged(series(memory, k), series(memory, k + 50), [0]) for k in range(8)]
    assert sum(one[0].interval()[0] > 0.005 for one in found) <= 1
    assert np.median([one.p[0] for one in found]) > 0.1


def test_dependent_series_are_found_and_the_truth_is_covered():
    x, z = series(0.8, 1), series(0.8, 2)
    found = lagged(x, 0.8 * x + 0.6 * z, [0])
    low, high = found[0].interval()
    assert low <= -0.5 * np.log(1 - 0.64) <= high
    assert low > 0.1 and found.p[0] <= 0.01
    assert found.effective_rows[0] < found.rows[0] / 2


def test_slow_columns_beside_a_quick_one_count_too():
    quick = np.random.default_rng(0).standard_normal((500, 2))
    slow = [np.c_[quick[:, k], series(0.95, k)] for k in range(2)]
    assert lagged(*slow, [0]).effective_rows[0] < 100


def test_negative_lags_are_those_of_the_other_way_around():
    x, y = (follows(2)[name].numbers for name in "xy")
    there, back = lagged(x, y, [-2])[-2], lagged(y, x, [2])[2]
    assert there.mean == pytest.approx(back.mean, rel=1e-5)


def test_constants_tell_nothing():
    found = lagged(series(0.5, 0), np.ones(500), [0, 1])
    assert found[1].mean == 0 and found.p[1] == 1


def test_a_frame_says_what_the_posteriors_say():
    x, y = (follows(1)[name].numbers for name in "xy")
    found = lagged(x, y, [0, 1])
    assert dict(found) == found.posteriors and len(found.frame) == 2
    row = found.frame.set_index("lag").loc[1]
    assert (row["low"], row["high"]) == found[1].interval()


@pytest.mark.parametrize("lag", [-4, 0, 3])
def test_the_lag_is_found_and_its_sign_says_who_comes_first(general, lag):
    found = columns_lagged(general, follows(lag), "x", "y", np.arange(400), most=6)
    assert found.best == lag and found[lag].interval()[0] > 0.2
    assert list(found) == list(range(-6, 7))
    swapped = columns_lagged(general, follows(lag), "y", "x", np.arange(400), most=6)
    assert swapped.best == -lag


def test_a_series_tells_about_its_own_future(general):
    found = columns_lagged(general, table(0.9), "s0", "s0", np.arange(500), most=3)
    assert list(found) == [1, 2, 3]
    assert found[found.best].interval()[0] > 0


def test_answers_are_the_same_again(general):
    one, two = (columns_lagged(general, follows(1), "x", "y", np.arange(400), most=2) for _ in "ab")
    pd.testing.assert_frame_equal(one.frame, two.frame)


def test_dates_put_shuffled_rows_in_order(general):
    frame = follows(2).to_frame().assign(day=pd.date_range("2020-01-01", periods=400))
    shuffled = table_from_frame(frame.sample(frac=1, random_state=0))
    order = in_order(shuffled, "day")
    assert time_columns(shuffled) == ["day"]
    assert np.array_equal(shuffled["x"].numbers[order], frame["x"])
    assert columns_lagged(general, shuffled, "x", "y", order, most=3).best == 2


def test_gaps_and_classes_are_read(general):
    frame = follows(1).to_frame()
    frame.loc[frame.index % 7 == 0, "x"] = np.nan
    frame["sign"] = np.where(frame["y"] > 0, "up", "down")
    found = columns_lagged(general, table_from_frame(frame), "x", "sign", np.arange(400), most=2)
    assert found.best == 1
    assert found.frame["rows"].max() < 360


def test_what_cannot_be_answered_is_refused(general):
    with pytest.raises(TableError, match="too few"):
        columns_lagged(general, follows(1, 30), "x", "y", np.arange(30), most=10)
    with pytest.raises(InputError, match=f"at least {LEAST_ROWS}"):
        lagged(series(0.5, 0, 40), series(0.5, 1, 40), [39])
    for lags in ([1.5], []):
        with pytest.raises(ParameterError, match="lags: expected"):
            lagged(series(0.5, 0, 40), series(0.5, 1, 40), lags)
    with pytest.raises(ParameterError, match="lag from 0"):
        columns_lagged(general, follows(1), "x", "y", np.arange(400), most=-1)
    frame = follows(1).to_frame().assign(word=["a", "b", "b", "a"] * 100)
    with pytest.raises(TableError, match="no order"):
        in_order(table_from_frame(frame), "word")


def test_findings_say_who_comes_first_and_draw_it(general):
    data = follows(2)
    found = columns_lagged(general, data, "x", "y", np.arange(400), most=3)
    finding = by_lag(found, 2, "bits")
    assert "2 rows earlier, x tells" in finding.sentence
    assert "MI (bits)" in finding.table
    assert "1 row later," in told(found, -1, "nats")
    drawn = apart(data, np.arange(400), "x", "y", 2)
    assert len(drawn.table) == 398
    assert np.corrcoef(drawn.table.T)[0, 1] > 0.7
    for part in (finding, drawn):
        part.charts[0].to_dict()

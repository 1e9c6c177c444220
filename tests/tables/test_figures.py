"""Charts of a table draw every row, name every class, and survive any name."""

import numpy as np
import pandas as pd
import pytest

from mist_core.charts import MAX_POINTS, to_svg
from mist_core.tables.figures import MOST_CLASSES, pair_chart

HOSTILE = "a.b[0]:Q <script>"


def number(n: int, name: str = "number") -> pd.Series:
    return pd.Series(np.random.default_rng(n).normal(size=n), name=name)


def label(values, name: str = "label") -> pd.Series:
    return pd.Series(values, name=name).astype("category")


def data_of(chart) -> list[pd.DataFrame]:
    return [pd.DataFrame(rows) for rows in chart.to_dict()["datasets"].values()]


def test_classes_against_classes_count_every_row():
    counts = data_of(pair_chart(label(list("aabb") * 25), label(list("xyxy") * 25, "other")))[0]
    assert counts["count"].sum() == 100
    assert np.allclose(counts["ratio"], 1)  # independent: each pair as often as by chance


def test_rare_classes_are_merged_so_that_the_chart_stays_readable():
    names = [f"c{i % 40}" for i in range(400)]
    counts = data_of(pair_chart(label(names), label(list("xy") * 200, "other")))[0]
    assert counts["x"].nunique() == MOST_CLASSES and "(other)" in set(counts["x"])
    assert counts["count"].sum() == 400


def test_few_numbers_are_counted_too_and_stay_in_their_order():
    grades = pd.Series(np.tile([10.0, 9.0, 2.0, 1.0], 25), name="grade")
    chart = pair_chart(grades, label(list("xyyx") * 25)).to_dict()
    assert chart["layer"][0]["encoding"]["x"]["sort"] == ["1", "2", "9", "10"]


@pytest.mark.parametrize("swapped", [False, True])
def test_classes_against_numbers_show_quartiles_and_the_rows(swapped):
    pair = (number(90), label(list("abc") * 30))
    spread, rows = sorted(data_of(pair_chart(*(pair[::-1] if swapped else pair))), key=len)
    assert len(rows) == 90 and list(spread["label"]) == ["a", "b", "c"]
    expected = np.quantile(number(90)[::3], 0.5)
    assert spread["q50"].iloc[0] == pytest.approx(expected)


@pytest.mark.parametrize("other", [number(90), label(list("abc") * 30)], ids=["number", "class"])
def test_dates_stand_at_the_axes_as_dates(other):
    days = pd.Series(pd.date_range("2023-03-05", periods=90), name="day")
    assert "2023-0" in to_svg(pair_chart(days, other))
    assert "2023-0" in to_svg(pair_chart(other, days))


def test_few_dates_are_classes_in_their_order():
    days = pd.Series(np.repeat(pd.to_datetime(["2023-02-01", "2022-12-01"]), 50), name="day")
    chart = pair_chart(days, label(list("xyyx") * 25)).to_dict()
    assert chart["layer"][0]["encoding"]["x"]["sort"] == ["2022-12-01", "2023-02-01"]


def test_many_rows_are_summed_up_and_no_longer_drawn_one_by_one():
    n = MAX_POINTS + 2
    assert all(
        len(data) < 10 for data in data_of(pair_chart(number(n), label(["a", "b"] * (n // 2))))
    )


def test_numbers_against_numbers_are_points():
    assert len(data_of(pair_chart(number(50), number(50, "other")))[0]) == 50


def test_hostile_names_are_drawn_as_they_are():
    charts = [
        pair_chart(number(20, HOSTILE), label(["<script>", "b"] * 10, HOSTILE)),
        pair_chart(label(["<script>", "b"] * 10, HOSTILE), label(list("ab") * 10)),
    ]
    for chart in charts:
        svg = to_svg(chart)
        assert "a.b[0]:Q" in svg and "<script>" not in svg


def test_a_cloud_has_a_line_through_it_and_few_points_have_none():
    points, line = data_of(pair_chart(number(90), number(90, "other")))
    assert len(points) == 90 and len(line) > 10
    assert len(data_of(pair_chart(number(8), number(8, "other")))) == 1

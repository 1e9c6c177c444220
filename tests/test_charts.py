"""Charts say in their data and labels what was put in, and render without a browser."""

import re

import altair as alt
import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.base import Answer
from mist_core.charts import LINE, MAX_POINTS, WIDTH, dressed, scatter, titled, to_png, to_svg
from mist_core.explore.figures import Fan, comparison, convergence, poster
from mist_core.inference.posterior import Posterior

LEVELS = tuple(np.linspace(0.005, 0.995, 25))
FAN = Fan.of(Posterior(0.5, LEVELS, tuple(np.linspace(0.2, 0.8, 25)), in_family=0.9))


def rows(chart) -> list[dict]:
    """All data rows of a chart, whatever their layer."""
    return [row for table in chart.to_dict()["datasets"].values() for row in table]


def test_a_fan_keeps_the_median_and_nests_its_intervals():
    lows, highs = zip(*((low, high) for _, low, high in FAN.bands), strict=True)
    assert FAN.median == pytest.approx(0.5)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs, reverse=True)
    assert FAN.interval(0.9) == pytest.approx((0.2273, 0.7727), abs=1e-3)


def test_a_small_sample_is_drawn_point_by_point():
    a = np.linspace(0, 1, MAX_POINTS)
    assert len(rows(scatter(a, a, a_title="a", b_title="b"))) == MAX_POINTS


def test_a_large_sample_is_drawn_as_counts_that_add_up_to_its_rows():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 50_000))
    cells = rows(scatter(a, b, a_title="a", b_title="b"))
    assert len(cells) < 60 * 60
    assert sum(cell["rows"] for cell in cells) == 50_000


def test_heavy_tails_do_not_squeeze_the_rest_and_the_rows_left_out_are_counted():
    a = np.random.default_rng(0).standard_cauchy(1000)
    chart = scatter(a, a, a_title="a", b_title="b")
    shown = [row["a"] for row in rows(chart)]
    assert max(np.abs(shown)) < 200 < max(np.abs(a))
    assert f"{1000 - len(shown)} outside the frame" in subtitle(chart)


def test_a_constant_column_can_be_drawn():
    assert "<svg" in to_svg(scatter(np.zeros(9), np.ones(9), a_title="a", b_title="b"))


def test_each_estimator_has_a_row_that_names_its_value_or_says_there_is_none():
    results = {
        "KSG": Answer(-0.021, 0.5),
        "CCA": Answer(None, 0.0, "CCA needs more rows."),
        "MINE": None,
    }
    svg = to_svg(comparison(FAN, 0.41, results, unit="nats"))
    for text in ("truth 0.410 nats", "-0.021 in 0.50 s", "no estimate", "at work …", "0.500 ("):
        assert text in svg


def test_a_baseline_in_bits_is_the_one_in_nats_over_ln_2():
    chart = comparison(FAN, 0.4, {"KSG": Answer(np.log(2), 0.1)}, unit="bits")
    (point,) = [row for row in rows(chart) if "off" in row]
    assert point["value"] == pytest.approx(1.0)


def test_a_wild_estimate_stays_at_the_edge_of_the_chart_with_its_own_number():
    chart = comparison(FAN, 0.5, {"CCA": Answer(40.0, 0.01)}, unit="nats")
    (point,) = [row for row in rows(chart) if "off" in row]
    assert point["low"] < 2
    assert point["off"] == "right"
    assert "40.000" in point["row"]


def test_the_curve_has_a_point_for_each_number_of_rows():
    points = [
        row for row in rows(convergence([10, 100], [FAN, FAN], 0.5, unit="bits")) if "n" in row
    ]
    assert [point["n"] for point in points] == [10, 100]
    assert all(p["low90"] < p["low50"] < p["median"] < p["high50"] < p["high90"] for p in points)


def test_the_poster_renders_as_svg_and_png():
    sample = scatter(np.arange(9.0), np.arange(9.0), a_title="x1", b_title="y1")
    sheet = poster(
        sample, comparison(FAN, 0.4, {}, unit="nats"), convergence([10], [FAN], 0.4, unit="nats")
    )
    assert to_png(sheet).startswith(b"\x89PNG")
    assert "How it converges" in to_svg(sheet)


def test_a_saved_chart_has_a_width_of_its_own_however_many_categories():
    frame = pd.DataFrame({"name": [f"category {k}" for k in range(150)], "value": 1.0})
    bars = alt.Chart(frame).mark_bar().encode(x="name:N", y="value:Q")
    for chart in (bars, bars + bars, alt.vconcat(bars, bars)):
        width = float(re.search(r'<svg[^>]* width="([\d.]+)"', to_svg(chart))[1])
        assert WIDTH < width < 1.3 * WIDTH


def test_labels_stand_on_their_ticks_and_no_field_is_shown_raw():
    chart = alt.Chart(pd.DataFrame({"a": [1.0]})).mark_point().encode(x="a:Q")
    config = dressed(chart.configure_axis(grid=False).to_dict())["config"]
    assert config["axis"] == {"labelFlush": False, "grid": False}
    assert config["mark"]["tooltip"] is None
    assert to_svg(chart).startswith("<svg") and "a: 1" not in to_svg(chart)


def test_a_long_subtitle_is_broken_after_its_parts_and_loses_nothing():
    parts = ["white: 90 %", "orange: less", "blue: more", "pale: no more than chance"]
    lines = titled("Coverage", "; ".join(parts)).to_dict()["subtitle"]
    assert len(lines) == 2 and max(map(len, lines)) <= LINE
    assert [part for line in lines for part in line.split("; ")] == parts


def subtitle(chart: alt.TopLevelMixin) -> str:
    return "; ".join(chart.to_dict()["title"]["subtitle"])


def test_the_truth_of_the_convergence_covers_no_data():
    curve = convergence([10, 100], [FAN, FAN], 0.41, unit="nats")
    assert "truth 0.410 nats" in subtitle(curve)
    marks = [layer["mark"]["type"] for layer in curve.to_dict()["layer"]]
    assert "text" not in marks

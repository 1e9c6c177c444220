"""Faults that visitors found, of which no kind may come back."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from mist_core import paths
from mist_core.leaderboard import findings
from mist_core.leaderboard.board import FAR_OFF
from mist_core.leaderboard.results import read
from mist_core.weights import library
from tests.pages.test_all import assert_sound, run

NAMED = {
    "weights": ("explore", "general"),
    "law": ("explore", "bivariate"),
    "on": ("calibration", "these laws"),
    "laws": ("calibration", "general"),
    "table": ("inspect_csv", "Diabetes"),
    "table-view": ("inspect_csv", "Ranking"),
    "benchmark": ("benchmark", "Published grids"),
    "lesson": ("learn", "What it is"),
    "screen-meaning": ("learn", "Two surfaces"),
    "train-data": ("train", "laws of every kind"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_link_that_names_what_is_not_here_says_so_and_what_is_shown_instead(name):
    page, instead = NAMED[name]
    app = run(f"pages/{page}.py", **{name: "no such thing"})
    assert_sound(app)
    (notice,) = app.toast
    assert "no such thing" in notice.value and instead in notice.value
    assert not run(f"pages/{page}.py").toast


def test_a_link_to_a_table_of_another_session_says_that_it_is_not_here():
    for page, parameters in (
        ("calibration", {"on": "a real table", "large-table": "your table", "subsamples": "50"}),
        ("train", {"train-data": "data like a table's", "train-table": "your table"}),
    ):
        (notice,) = run(f"pages/{page}.py", **parameters).toast
        assert "your table" in notice.value


def test_one_minute_is_no_minutes():
    app = run("pages/train.py")
    minutes = next(slider for slider in app.select_slider if slider.label == "Minutes")
    minutes.set_value(1).run()
    assert "Train for 1 minute" in [button.label for button in app.button]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path))
    return tmp_path


def imported(content: bytes) -> AppTest:
    app = run("pages/weights.py")
    app.get("file_uploader")[0].set_value(("w.safetensors", content, "application/octet-stream"))
    app.run()
    next(button for button in app.button if button.label == "Import").click().run()
    return app


def test_an_import_says_that_it_worked_and_in_which_name(home):
    app = imported((paths.WEIGHTS / "paper.safetensors").read_bytes())
    assert_sound(app)
    assert [message.value for message in app.success] == [
        "imported is here\\: every page can choose it\\."
    ]
    assert "imported" in library.kept()
    assert [message.value for message in app.run().success] == []


def test_the_import_of_a_damaged_file_names_no_place_of_the_server(home):
    whole = (paths.WEIGHTS / "paper.safetensors").read_bytes()
    for content in (whole[:-7], whole[:1000], b"nothing", whole[:-1] + b"x"):
        (error,) = imported(content).error
        assert "/" not in error.value and "tmp" not in error.value


def test_no_error_on_a_leaderboard_is_beyond_reading():
    for benchmark in ("mtest", "bmi40"):
        found = findings.leaderboard(read(benchmark, paths.RESULTS), "nats")
        assert found.shown.select_dtypes("number").max().max() <= max(FAR_OFF, 100_000)
        large = (found.table.error > FAR_OFF).any()
        assert any("are shown as 10,000" in note for note in found.notes) == large


def test_descriptions_of_charts_hold_what_was_found():
    results = read("mtest", paths.RESULTS)
    for found in (
        findings.leaderboard(results, "nats"),
        findings.scatter(results, results.estimators[0], (10, 500), "nats"),
        findings.needed(results, 0.1, "nats"),
    ):
        assert len(found.described) > len(found.about) + 20
        assert "**" not in found.described


@pytest.mark.parametrize("target", [0.02, 0.5])
@pytest.mark.parametrize("benchmark", ["mtest", "bmi40"])
def test_rows_needed_fit_one_screen_with_a_number_for_each_estimator(benchmark, target):
    found = findings.needed(read(benchmark, paths.RESULTS), target, "nats")
    chart = found.charts[0].to_dict()
    assert chart["height"] <= 600
    (cells,) = chart["datasets"].values()
    assert all(re.fullmatch(r"(> )?[\d,.]+k?", cell["label"]) for cell in cells)
    assert [cell["label"].startswith(">") for cell in cells] == list(found.table.n.isna())

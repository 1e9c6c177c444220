"""What a page offers as a notebook runs, and finds the numbers on screen again."""

import re
from collections.abc import Callable

import nbformat
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mist_core.markdown import percent
from tests.notebooks.executed import executed
from tests.pages.test_all import assert_sound, run

Saved = dict[str, Callable[[], bytes]]
pytestmark = pytest.mark.slow


@pytest.fixture
def saved(monkeypatch) -> Saved:
    """What the buttons of a page would save, by their label: a click cannot be tested otherwise."""
    offered: Saved = {}

    def remember(label, data, *args, **kwargs):
        offered[label] = data
        return False

    monkeypatch.setattr(st, "download_button", remember)
    return offered


def opened(app: AppTest, saved: Saved) -> nbformat.NotebookNode:
    """The notebook that a sound page offers, executed."""
    assert_sound(app)
    return executed(nbformat.reads(saved["Open as notebook"]().decode(), as_version=4))


def printed(run_through: nbformat.NotebookNode) -> list[str]:
    """What the last cell found and compared."""
    return re.findall(r"(\S+) here", run_through.cells[-1].outputs[0].text)


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"law": "normal-sparse", "unit": "bits", "rows": "100", "weights": "paper", "compare": ""},
        {"dataset": "mtest/normal-dense-base/10/22/0/3", "weights": "paper"},
    ],
)
def test_explore(saved, address):
    app = run("pages/explore.py", **address)
    for number in printed(opened(app, saved)):
        assert f"**{float(number):.2f}" in app.markdown[0].value or (
            f"{float(number):.2f}**" in app.markdown[0].value
        )


def test_a_stored_calibration(saved):
    app = run("pages/calibration.py")
    (share,) = printed(opened(app, saved))
    assert percent(float(share), 1) in app.markdown[0].value


def test_a_calibration_drawn_on_the_page(saved):
    app = run("pages/calibration.py", datasets="50", peers="0", **{"seed-laws": "3"})
    (share,) = printed(opened(app, saved))
    assert percent(float(share), 1) in app.markdown[0].value


def test_subsamples_of_a_real_table(saved):
    asked = {"sub-rows": "200", "subsamples": "50", "calibration-unit": "bits"}
    app = run("pages/calibration.py", on="a real table", **asked)
    whole, share = map(float, printed(opened(app, saved)))
    (sentence,) = [text.value for text in app.markdown if "whole table" in text.value]
    assert f"{whole:.2f} bits, in {50 * share:.0f} of 50" in sentence


@pytest.mark.parametrize(
    "benchmark", ["Published grids", "Self-consistency", "Efficiency", "Speed"]
)
def test_a_benchmark(saved, benchmark):
    app = run("pages/benchmark.py", benchmark=benchmark)
    assert not app.toast
    assert printed(opened(app, saved))


def test_the_table_page(saved):
    app = run("pages/inspect_csv.py", table="Ethanol engine", **{"table-unit": "bits"})
    first = float(printed(opened(app, saved))[0])
    assert any(f"{first:.2f} bits" in text.value for text in app.markdown)

"""Every chart says its result to those who cannot see it, and has its numbers a click away."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.drawing import NUMBERS

ROOT = Path(__file__).parents[2]
PAIR = {"pair-x-Diabetes": "bmi", "pair-y-Diabetes": "progression"}
# A view, how many charts it has, and how many of them open their numbers.
VIEWS = {
    "explore": ("explore", {}, 3, 2),
    "repeated": ("explore", {"repeat": "true", "rows": "50"}, 4, 3),
    "calibration": ("calibration", {}, 6, 6),
    "grids": ("benchmark", {}, 5, 3),
    "checks": ("benchmark", {"benchmark": "Self-consistency"}, 1, 1),
    "speed": ("benchmark", {"benchmark": "Speed"}, 2, 2),
    "ranking": ("inspect_csv", PAIR, 4, 3),
    "heatmap": ("inspect_csv", {"table-view": "Heatmap"}, 1, 1),
    "network": ("inspect_csv", {"table-view": "Network"}, 1, 1),
    "adds": ("inspect_csv", {"table-view": "What else adds"}, 1, 1),
    "weights": ("weights", {}, 1, 1),
}


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path))


@pytest.mark.parametrize("view", VIEWS)
def test_charts_say_their_results_and_open_their_numbers(view):
    page, parameters, charts, opened = VIEWS[view]
    app = AppTest.from_file(str(ROOT / f"pages/{page}.py"), default_timeout=300)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and not app.error
    said = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert len(said) == charts
    assert [words for words in said if not re.search(r"\d", words)] == []
    popovers = [block for block in app.get("popover") if block.proto.popover.label == NUMBERS]
    assert len(popovers) == opened
    tables = [block.dataframe[0].value for block in popovers]
    assert all(len(table) and not {"low", "high"} & set(table) for table in tables)

"""Each tour opens, and what its link claims is what stands there."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mist_core.explore.scenario import Scene
from mist_core.inference.estimator import general
from mist_core.lessons import difficulty, invariance, promise
from mist_core.lessons.tours import EXPLORE, MOST, TOURS, moving

ROOT = Path(__file__).parents[2]
BY_KEY = {tour.key: tour for tour in TOURS}


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path))


def opened(key) -> AppTest:
    tour = BY_KEY[key]
    app = AppTest.from_file(str(ROOT / tour.page), default_timeout=300)
    for name, value in tour.parameters.items():
        app.query_params[name] = value
    app.run()
    assert [e.value for e in app.exception] == [] and [e.value for e in app.error] == []
    return app


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"\*\*(-?\d+\.?\d*)", text)]


def headline(key) -> tuple[float, float, float, float]:
    """Median, both ends and truth on the Explore page."""
    said = next(m.value for m in opened(key).markdown if "90 % interval" in m.value)
    median, low, truth = numbers(said)
    high = float(re.search(r"\*\*[\d.]+ to ([\d.]+)\*\*", said)[1])
    return median, low, high, truth


def test_there_are_ten_tours():
    assert len(BY_KEY) == 10


@pytest.mark.parametrize(("key", "truth"), [("ring", 0.68), ("tails", 0.22)])
def test_shapes_without_correlation(key, truth):
    median, _, _, known = headline(key)
    assert known == truth and f"{truth:.2f} nats" in BY_KEY[key].claim
    assert median == pytest.approx(truth, abs=0.1)
    parameters = BY_KEY[key].parameters
    values = {"ring": (("noise", 0.1),), "tails": (("df", 1.0),)}[key]
    sample = Scene(parameters["law"], values).draw(500).first(500)
    if key == "ring":
        assert abs(np.corrcoef(sample.x[:, 0], sample.y[:, 0])[0, 1]) < 0.1


def test_nothing():
    median, _, _, truth = headline("nothing")
    assert truth == 0 and median < 0.02


def test_xor():
    median, low, high, truth = headline("xor")
    assert truth == pytest.approx(0.49, abs=0.006) and low < truth < high
    assert median > 0.2
    sample = Scene("xor", (("flip", 0.05),), 2, 1).draw(2000).first(2000)
    for column in sample.x.T:
        assert general().posterior(column, sample.y).median < 0.02


def test_ten_rows():
    _, low, high, _ = headline("few")
    assert high - low > 0.5


def test_bent_axes():
    assert opened("bent").selectbox(key="map-y").value == "one over"
    found = invariance.maps("cubed", "one over", 500, 0, general().posterior).numbers
    assert found["moved truth"] == 0 and found["moved MIST"] < 0.05 < found["moved KSG"]


def test_columns_of_noise():
    assert opened("columns").select_slider(key="growth-rows").value == 200
    ask = general().posteriors
    found = difficulty.growth("columns", 200, 0, ask, lambda share: None).numbers
    assert found["error KSG"] < -0.3 and found["error CCA"] > 0.4


def test_a_broken_promise():
    opened("bootstrap")
    tables = promise.intervals(0, general().posteriors, lambda share: None)
    assert promise.habits(tables, "KSG, bootstrap", 0).numbers["coverage KSG, bootstrap"] < 0.6


def test_a_kept_promise():
    said = opened("trust").markdown[0].value
    held, count, share = re.search(r"in (\d+) of ([\d,]+) datasets: ([\d.]+)\s%", said).groups()
    assert count == "1,000" and float(share) == float(held) / 10
    assert 85 < float(share) < 95


def test_a_real_table():
    app = opened("table")
    assert app.selectbox(key="table").value == "Wine"
    assert len(app.dataframe) >= 1


def test_the_page_links_to_all_of_them_and_says_which_model_answers():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page("pages/start.py").run()
    links = [link.proto for link in app.get("page_link")]
    assert {tour.title for tour in TOURS} <= {link.label for link in links}
    assert sum("law=" in link.query_string for link in links) == sum(
        tour.page == EXPLORE for tour in TOURS
    )
    assert any(general().sha256[:12] in caption.value for caption in app.caption)


def test_the_moving_figure_ends_at_the_information_it_says():
    last = moving().frames[-1]
    x, y = np.array(last.data[0].x), np.array(last.data[0].y)
    assert -0.5 * np.log(1 - np.corrcoef(x, y)[0, 1] ** 2) == pytest.approx(MOST, abs=0.1)
    assert last.name == f"{MOST:.2f} nats"

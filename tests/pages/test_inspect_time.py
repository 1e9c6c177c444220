"""The tab of time orders rows by dates, answers by lag, and the page warns where nobody asked."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mist_core import MISTEstimator
from tests.series.test_memory import series
from ui import shell as ui

PAGE = "../../pages/inspect_csv.py"


@pytest.fixture(autouse=True)
def general(monkeypatch):
    estimator = MISTEstimator.load()
    monkeypatch.setattr(ui, "estimator", lambda name="general": estimator)


def run(page: AppTest) -> AppTest:
    page.run(timeout=120)
    assert not page.exception
    return page


def opened(frame: pd.DataFrame, **address: str) -> AppTest:
    page = AppTest.from_file(PAGE)
    for name, value in address.items():
        page.query_params[name] = value
    run(page)
    page.file_uploader(key="upload").set_value(
        ("t.csv", frame.to_csv(index=False).encode(), "text/csv")
    )
    return run(page)


def wandering(n: int = 300) -> pd.DataFrame:
    return pd.DataFrame({"s": series(0.95, 0, n), "t": series(0.95, 1, n)})


def test_the_page_warns_of_rows_that_follow_each_other():
    page = opened(wandering())
    assert "Rows follow each other" in page.warning[0].value
    shuffled = wandering().sample(frac=1, random_state=0)
    assert not opened(shuffled).warning


def test_the_tab_answers_down_to_nothing_and_follows_its_slider():
    page = opened(wandering(), **{"table-view": "Time"})
    assert not page.warning
    assert any("s may tell nothing about t" in m.value for m in page.markdown)
    page.slider[0].set_value(-2)
    run(page)
    assert any("2 rows later, s" in m.value for m in page.markdown)


def test_dates_put_the_rows_in_order():
    rng = np.random.default_rng(0)
    x = series(0.5, 0, 300)
    frame = pd.DataFrame({"x": x, "y": np.roll(x, 2) + 0.3 * rng.standard_normal(300)})
    frame["day"] = pd.date_range("2021-01-01", periods=300).strftime("%Y-%m-%d")
    page = opened(frame.sample(frac=1, random_state=0), **{"table-view": "Time"})
    assert any("2 rows earlier, x tells" in m.value for m in page.markdown)

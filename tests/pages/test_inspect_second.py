"""A second table is dropped, its key is found, and its columns are ranked."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mist_core import MISTEstimator
from tests.joins.test_joins import tables
from ui import shell as ui

PAGE = "../../pages/inspect_csv.py"
FIRST, SECOND = "upload", "second-upload"


@pytest.fixture(autouse=True)
def general(monkeypatch):
    estimator = MISTEstimator.load()
    monkeypatch.setattr(ui, "estimator", lambda name="general": estimator)


@pytest.fixture
def page() -> AppTest:
    page = AppTest.from_file(PAGE)
    page.query_params["table-view"] = "Second table"
    return upload(run(page), FIRST, tables()[0].to_frame())


def run(page: AppTest) -> AppTest:
    page.run(timeout=120)
    assert not page.exception
    return page


def upload(page: AppTest, key: str, frame: pd.DataFrame) -> AppTest:
    data = frame.to_csv(index=False).encode()
    page.file_uploader(key=key).set_value(("t.csv", data, "text/csv"))
    return run(page)


def test_the_second_tables_columns_are_ranked_by_what_they_tell(page):
    upload(page, SECOND, tables()[1].to_frame())
    assert not page.error
    assert [box.value for box in page.selectbox if "Key in" in box.label] == ["thing", "item"]
    assert any("**c0** tells most about **price**" in m.value for m in page.markdown)
    assert any("1,024 keys, drawn at random" in caption.value for caption in page.caption)


def test_tables_without_a_common_key_get_a_sentence(page):
    words = [f"other {k}" for k in range(60)]
    upload(page, SECOND, pd.DataFrame({"word": words, "y": np.arange(60) / 7}))
    assert "keys in common" in page.error[0].value

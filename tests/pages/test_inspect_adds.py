"""The tab of what else a column adds answers at once for a bundled table, in either unit."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

PAGE = str(Path(__file__).parents[2] / "pages" / "inspect_csv.py")


@pytest.fixture(scope="module")
def page() -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.query_params["table-view"] = "What else adds"
    return app.run()


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption))


def test_it_answers_at_first_paint(page):
    assert not page.exception and not page.error
    assert "tells most about" in words(page)
    assert "Blue: what a column adds" in words(page)
    assert len(page.get("vega_lite_chart")) == 1


def test_two_columns_are_compared(page):
    assert [heading.value for heading in page.header] == ["Do two columns tell the same?"]
    assert "of what" in words(page) or "together tell" in words(page)

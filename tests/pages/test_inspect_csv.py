"""The page of tables answers at first paint, follows every choice, and never trusts a file."""

import io

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mist_core.inference.posterior import Posterior
from mist_core.tables.bundled import DATASETS
from tests.tables.wild import WILD
from ui import shell as ui

PAGE = "pages/inspect_csv.py"
HOSTILE = "**bold** <b>$x^2$</b> :red[r]"


class FixedEstimator:
    """Tells the more, the more rows there are; the page is under test here, not the model."""

    def posteriors(self, pairs):
        means = [len(x.columns) / 4 for x, _ in pairs]
        return [Posterior(m, (0.05, 0.5, 0.95), (m / 2, m, 2 * m), 0.5) for m in means]


@pytest.fixture(autouse=True)
def fixed_estimator(monkeypatch):
    monkeypatch.setattr(ui, "estimator", lambda name="general": FixedEstimator())
    monkeypatch.setattr(ui, "weights_hash", lambda name="general": "fixed")


@pytest.fixture
def page() -> AppTest:
    return run(AppTest.from_file(f"../../{PAGE}"))


def run(page_or_widget) -> AppTest:
    page = page_or_widget.run(timeout=60)
    assert not page.exception
    return page


def ranking(page: AppTest):
    """The table with the ranking, the first that the page draws."""
    return page.dataframe[0].value


def test_the_first_paint_is_a_finished_answer(page):
    assert not page.error
    assert "tells most about progression" in page.markdown[0].value
    assert len(ranking(page)) == 10


@pytest.mark.parametrize("name", DATASETS)
def test_every_bundled_table_is_ranked(page, name):
    run(page.selectbox(key="table").select(name))
    table, target = DATASETS[name].load(), DATASETS[name].target
    others = {column.name for column in table.columns if column.usable} - set(target)
    assert others <= set(ranking(page)["column"])


@pytest.mark.parametrize("name", DATASETS)
def test_a_table_can_be_opened_by_its_address(name):
    page = AppTest.from_file(f"../../{PAGE}")
    page.query_params["table"] = name
    assert run(page).selectbox(key="table").value == name


def test_another_target_is_compared_with_all_others(page):
    run(page.selectbox(key="target-Diabetes").select("bmi"))
    assert set(ranking(page)["column"]) == set(DATASETS["Diabetes"].load().names) - {"bmi"}


def test_bits_are_shown_beside_their_name(page):
    nats = ranking(page)["MI (nats)"]
    run(page.segmented_control(key="table-unit").set_value("bits"))
    assert ranking(page)["MI (bits)"].iloc[0] == pytest.approx(nats.iloc[0] * 1.442695)


def test_two_groups_are_compared_one_by_one_and_together(page):
    run(page.selectbox(key="table").select("Athletes"))
    assert ranking(page)["column"].iloc[0] == "chins + situps + jumps"
    run(page.multiselect(key="group-Athletes").set_value(["chins", "jumps"]))
    assert set(ranking(page)["column"]) == {"chins", "jumps", "chins + jumps"}


def test_an_impossible_choice_is_told_and_can_be_mended(page):
    run(page.selectbox(key="table").select("Athletes"))
    run(page.multiselect(key="about-Athletes").set_value([]))
    assert "Choose a target" in page.error[0].value
    run(page.multiselect(key="about-Athletes").set_value(["pulse"]))
    assert not page.error


def uploaded(page: AppTest, text: str) -> AppTest:
    page.file_uploader[0].set_value(("table.csv", io.BytesIO(text.encode()).read(), "text/csv"))
    return run(page)


def rows(header: str, n: int = 40) -> str:
    cells = "".join(f"{i % 9 / 4};{i % 7 / 8};{'abc'[i % 3]}\n" for i in range(n))
    return f"{header}\n{cells}"


def test_an_uploaded_table_takes_the_place_of_the_bundled_one(page):
    uploaded(page, rows("first;second;kind"))
    assert "tells most about kind" in page.markdown[0].value
    assert set(ranking(page)["column"]) == {"first", "second"}


def test_a_broken_file_gets_one_sentence(page):
    uploaded(page, "a,b\n1,2\n1,2,3\n")
    assert "Line 3 has 3 cells" in page.error[0].value.replace("\\", "")


def test_names_from_a_file_are_shown_letter_by_letter(page):
    uploaded(page, rows(f"{HOSTILE};second;kind"))
    assert HOSTILE in list(ranking(page)["column"])
    for markdown in page.markdown:
        assert "**bold**" not in markdown.value and "<b>" not in markdown.value


def test_columns_left_out_are_listed(page):
    uploaded(page, "row;x;kind\n" + "".join(f"{i};{i % 9 / 4};{'ab'[i % 2]}\n" for i in range(40)))
    assert any("row: whole numbers" in text.value for text in page.text)


def read(page: AppTest) -> pd.DataFrame:
    """How the columns were read, of the table that was drawn last."""
    return next(frame.value for frame in page.dataframe if "read as" in frame.value)


def test_an_upload_says_how_each_column_was_read(page):
    cells = "".join(f"{'broken' if i == 7 else f'{i % 9} kg'};{i % 7 / 8}\n" for i in range(40))
    uploaded(page, "weight;y\n" + cells)
    assert read(page)["odd cells"].tolist() == ["1: broken (1)", ""]
    assert "in kg" in read(page)["because"].iloc[0]
    assert any("1 with odd cells" in expander.label for expander in page.expander)


def test_where_nothing_is_left_it_says_what_was_left_out_and_why(page):
    uploaded(page, "name,y\n" + "".join(f"n{i},{i * i % 101}\n" for i in range(60)))
    message = page.error[0].value
    assert "name" in message and "every text is different" in message and "another kind" in message


def test_a_workbook_can_be_uploaded(page):
    page.file_uploader[0].set_value(
        ("t.xlsx", WILD["Excel, with a title and a second sheet"].data, "")
    )
    run(page)
    assert page.selectbox(key=next(b.key for b in page.selectbox if b.label == "Sheet"))
    assert "sheet Sheet" in " ".join(caption.value for caption in page.caption)

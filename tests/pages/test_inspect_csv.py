"""The page of tables answers at first paint, follows every choice, and never trusts a file."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mist_core.inference.posterior import Posterior
from mist_core.inspection.findings import LOOK
from mist_core.refinement.evidence import Evidence
from mist_core.tables.bundled import DATASETS
from tests.tables.wild import WILD
from ui import shell as ui

PAGE = "pages/inspect_csv.py"
HOSTILE = "**bold** <b>$x^2$</b> :red[r]"


class FixedEstimator:
    """Tells the more, the more columns there are; the page is under test here, not the model."""

    def posteriors(self, pairs):
        means = [x.shape[1] / 4 for x, _ in pairs]
        return [Posterior(m, (0.05, 0.5, 0.95), (m / 2, m, 2 * m), 0.5) for m in means]

    def stream(self, pairs):
        return enumerate(self.posteriors(pairs))

    def refine(self, x, y, *, progress):
        progress(1.0)
        evidence = Evidence(0.2, 0.01, 9, 1.0, False)
        return Posterior(0.3, (0.05, 0.5, 0.95), (0.2, 0.3, 0.4), 0.5, evidence=evidence)


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


def ranking(page: AppTest) -> pd.DataFrame:
    """The table of pairs."""
    return next(frame.value for frame in page.dataframe if LOOK in frame.value)


def names(page: AppTest) -> set[str]:
    """Which columns, or groups of them, the table of pairs names."""
    found = ranking(page)
    rows = found["columns" if "columns" in found else "column"]
    return {name for row in rows for name in row.split(" ↔ ")}


def visit(**parameters: str) -> AppTest:
    page = AppTest.from_file(f"../../{PAGE}")
    page.query_params.update({name.replace("_", "-"): v for name, v in parameters.items()})
    return run(page)


def test_the_first_paint_is_the_strongest_dependence_of_the_whole_table(page):
    assert not page.error
    assert re.search(r"tell most of each other: .*q = ", page.markdown[0].value)
    assert "pairs stand out from chance" in page.markdown[0].value
    found = ranking(page)
    assert len(found) == 55 and found[LOOK].str.startswith("data:image/svg+xml").all()
    assert {"Pearson", "Spearman", "strength", "q", "p", "rows", "careful"} <= set(found)


def test_a_line_says_what_was_read_before_the_answer(page):
    assert "442 rows, 11 columns: 10 numbers, 1 class" in page.expander[0].label


@pytest.mark.parametrize("name", DATASETS)
def test_every_bundled_table_has_an_answer(page, name):
    run(page.selectbox(key="table").select(name))
    assert not page.error and "pairs" in page.markdown[0].value
    assert names(page) <= {*DATASETS[name].load().names}


@pytest.mark.parametrize("name", DATASETS)
def test_a_table_can_be_opened_by_its_address(name):
    assert visit(table=name).selectbox(key="table").value == name


@pytest.mark.parametrize("tab", ["Heatmap", "Network", "One target", "Groups"])
def test_every_tab_has_its_finished_chart_and_only_the_shown_one_is_worked_out(tab):
    page = visit(table_view=tab)
    assert not page.error and len(charts(page)) == 1
    shown = [frame for frame in page.dataframe if LOOK in frame.value]
    assert len(shown) == (tab in ("One target", "Groups"))


def test_one_target_is_compared_with_all_others(page):
    page = visit(table_view="One target")
    assert "tells most about **progression**" in page.markdown[0].value
    run(page.selectbox(key="target-Diabetes").select("bmi"))
    assert names(page) == set(DATASETS["Diabetes"].load().names) - {"bmi"}


def test_bits_are_shown_beside_their_name(page):
    nats = ranking(page)["MI (nats)"]
    run(page.segmented_control(key="table-unit").set_value("bits"))
    assert ranking(page)["MI (bits)"].iloc[0] == pytest.approx(nats.iloc[0] * 1.442695)


def test_two_groups_are_compared_one_by_one_and_together():
    page = visit(table="Athletes", table_view="Groups")
    assert names(page) == {"chins", "situps", "jumps", "chins + situps + jumps"}
    run(page.multiselect(key="group-Athletes").set_value(["chins", "jumps"]))
    assert names(page) == {"chins", "jumps", "chins + jumps"}


def test_an_impossible_choice_is_told_and_can_be_mended():
    page = visit(table="Athletes", table_view="Groups")
    run(page.multiselect(key="about-Athletes").set_value([]))
    assert "Choose a target" in page.error[0].value
    run(page.multiselect(key="about-Athletes").set_value(["pulse"]))
    assert not page.error


def charts(page: AppTest) -> list:
    return page.get("vega_lite_chart")


def test_two_names_open_a_pair_with_all_that_can_be_said_of_it(page):
    run(page.selectbox(key="pair-x-Diabetes").select("bmi"))
    run(page.selectbox(key="pair-y-Diabetes").select("LDL"))
    assert any("Knowing bmi tells" in text.value for text in page.markdown)
    assert len(charts(page)) == 4
    assert any("shuffles show as much" in text.value for text in page.caption)
    run(next(button for button in page.button if button.label == "Refine").click())
    assert any("Refined:" in text.value and "prove" in text.value for text in page.markdown)


def test_an_address_opens_a_pair_in_any_tab():
    page = visit(table_view="Heatmap", pair_x_Diabetes="bmi", pair_y_Diabetes="sex")
    assert any("Knowing bmi tells" in text.value for text in page.markdown)


def test_a_refusal_of_a_baseline_is_a_sentence():
    page = visit(table="Penguins", pair_x_Penguins="species", pair_y_Penguins="island")
    assert any("KSG needs distinct rows" in text.value for text in page.caption)


def uploaded(page: AppTest, text: str) -> AppTest:
    page.file_uploader[0].set_value(("table.csv", io.BytesIO(text.encode()).read(), "text/csv"))
    return run(page)


def rows(header: str, n: int = 40) -> str:
    cells = "".join(f"{i % 9 / 4};{i % 7 / 8};{'abc'[i % 3]}\n" for i in range(n))
    return f"{header}\n{cells}"


def test_an_uploaded_table_takes_the_place_of_the_bundled_one(page):
    uploaded(page, rows("first;second;kind"))
    assert names(page) == {"first", "second", "kind"}


def test_an_upload_stays_while_other_pages_are_visited():
    app = run(AppTest.from_file("../../app.py").switch_page(PAGE))
    uploaded(app, rows("first;second;kind"))
    run(app.switch_page("pages/home.py"))
    run(app.switch_page(PAGE))
    assert names(app) == {"first", "second", "kind"}
    run(next(button for button in app.button if button.label == "Take it off").click())
    assert "cholesterol" in names(app)


def test_a_broken_file_gets_one_sentence(page):
    uploaded(page, "a,b\n1,2\n1,2,3\n")
    assert "Line 3 has 3 cells" in page.error[0].value.replace("\\", "")


def test_names_from_a_file_are_shown_letter_by_letter(page):
    uploaded(page, rows(f"{HOSTILE};second;kind"))
    assert HOSTILE in names(page)
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


N = 60
NOTHING = {
    "three rows": ("a,b\n1,2\n2,3\n3,1\n", "has 3 rows: at least 4"),
    "constants": ("a,b\n" + "1,x\n" * N, "Every column has one value only"),
    "identifiers": (
        "name,code\n" + "".join(f"n{i},c{7 * i}\n" for i in range(N)),
        "Every column has a value of its own in each row",
    ),
    "one column of use": (
        "name,y\n" + "".join(f"n{i},{i * i % 101}\n" for i in range(N)),
        "Only one column can be compared: name has a value of its own in each row",
    ),
    "gaps": (
        "a,b\n" + "".join(f"{i % 9},\n,{i % 7}\n" for i in range(N)),
        "the gaps leave nothing to compare",
    ),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_where_nothing_can_be_compared_a_sentence_says_why(page, kind):
    text, sentence = NOTHING[kind]
    uploaded(page, text)
    assert len(page.error) == 1 and sentence in page.error[0].value.replace("\\", "")


def test_noise_is_no_headline(page):
    noise = np.random.default_rng(1).standard_normal((80, 6))
    text = pd.DataFrame(noise, columns=list("abcdef")).to_csv(index=False)
    uploaded(page, text)
    assert "Nothing stands out from chance" in page.markdown[0].value
    assert set(ranking(page)["strength"]) == {"may be chance"}


def test_a_workbook_can_be_uploaded(page):
    page.file_uploader[0].set_value(
        ("t.xlsx", WILD["Excel, with a title and a second sheet"].data, "")
    )
    run(page)
    assert page.selectbox(key=next(b.key for b in page.selectbox if b.label == "Sheet"))
    assert "sheet Sheet" in " ".join(caption.value for caption in page.caption)

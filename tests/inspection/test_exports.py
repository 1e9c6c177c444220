"""What is saved of a survey holds every number, says what made it, and runs nothing."""

import io
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mist_core import MISTEstimator, __version__
from mist_core.inspection import COLUMNS, Survey, survey
from mist_core.inspection.code import Asked, story
from mist_core.inspection.export import Made, as_csv, as_parquet
from mist_core.inspection.paper import COLUMN, KINDS, drawn, one_column
from mist_core.inspection.report import report
from mist_core.notebook import notebook
from mist_core.tables import Table, table_from_frame

HOSTILE = "=1+1</script><b>"


@pytest.fixture(scope="module")
def table() -> Table:
    rng = np.random.default_rng(0)
    x = rng.normal(size=150)
    parabola = x**2 + 0.3 * rng.normal(size=150)
    return table_from_frame(
        pd.DataFrame({HOSTILE: x, "parabola": parabola, "noise": rng.normal(size=150)})
    )


@pytest.fixture(scope="module")
def found(table: Table) -> Survey:
    return survey(MISTEstimator.load(), table)


@pytest.fixture(scope="module")
def made(table: Table) -> Made:
    return Made("@mine.csv", table.sha256, "general", 64 * "a")


def test_both_files_hold_every_column_and_what_made_it(found, made):
    saved = pd.read_parquet(io.BytesIO(as_parquet(found, made)))
    pd.testing.assert_frame_equal(saved[list(COLUMNS)], found.pairs, check_dtype=False)
    assert (saved.weights_sha256 == 64 * "a").all() and (saved.version == __version__).all()
    assert saved.citation.str.contains("general").all() and (saved.unit == "nats").all()
    text = pd.read_csv(io.BytesIO(as_csv(found, made)))
    assert list(text) == list(saved)
    assert np.allclose(text.mutual_information, saved.mutual_information)


def test_no_cell_of_the_csv_is_a_formula(found, made):
    cells = pd.read_csv(io.BytesIO(as_csv(found, made)), dtype=str, keep_default_na=False)
    texts = cells[["x", "y", "table"]].to_numpy().ravel()
    assert f"'{HOSTILE}" in texts and "'@mine.csv" in texts
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)


def test_the_report_fetches_nothing_and_no_name_of_a_column_is_html(table, found, made):
    page = report(table, found, made, "bits", "2026-01-01").decode()
    assert "<b>" not in page.split("<script>")[0]
    assert "=1+1&lt;/script&gt;&lt;b&gt;" in page
    assert page.count("<script>") == page.count("</script>") == 2
    assert not re.search(r'(src|href)="https?:', page)
    assert 64 * "a" in page and "2026-01-01" in page and "MI in bits" in page


def test_figures_are_one_column_wide_in_three_formats(found):
    for finding in drawn(found, "nats").values():
        chart = one_column(finding.charts[0])
        assert chart["width"] == COLUMN
        starts = {name: render(chart)[:8] for name, (render, _) in KINDS.items()}
        assert starts["SVG"].startswith("<svg")
        assert starts["PNG"] == b"\x89PNG\r\n\x1a\n"
        assert starts["PDF"].startswith(b"%PDF")


def test_no_letter_of_a_figure_is_too_small_or_too_large_for_print(found):
    for finding in drawn(found, "nats").values():
        picture = KINDS["SVG"][0](one_column(finding.charts[0]))
        sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)}
        assert sizes and min(sizes) >= 7 and max(sizes) <= 9
        width = float(re.search(r'<svg[^>]* width="([\d.]+)"', picture)[1])
        assert width <= COLUMN + 5


def test_a_survey_of_nothing_has_no_figures(found):
    assert drawn(replace(found, answers=()), "nats") == {}


def test_the_notebook_reads_asks_and_compares_as_the_page_did(table, found, made):
    said = table.with_kinds({"noise": "class"})
    asked = Asked(["parabola"], None, 0, True, "first")
    text = notebook(story(said, found, asked, made, "bits")).decode()
    assert "read_table('@mine.csv', header=True, sheet='first')" in text
    assert "Reading(kind='class'" in text
    assert "survey(estimator, table, ['parabola'], None, seed=0)" in text
    assert "1.4426950408889634 * told[0]" in text

"""Every page runs through app.py and alone, from any address, without an exception."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))


def run(script: str, **parameters: str | list[str]) -> AppTest:
    """A first visit to an address."""
    app = AppTest.from_file(str(ROOT / script), default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    return app


def assert_sound(app: AppTest) -> None:
    """Neither a traceback nor an error message, and something to see."""
    assert [e.value for e in app.exception] == []
    assert [e.value for e in app.error] == []
    assert len(app.title) == 1


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_through_the_table_of_contents(page):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).switch_page(page).run()
    assert_sound(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_alone(page):
    assert_sound(run(page))


@pytest.mark.parametrize("page", PAGES)
def test_no_heading_leaves_out_a_level(page):
    app = run(page)
    assert app.header or not app.subheader


def test_explore_shows_three_finished_charts_and_a_sentence_before_any_click():
    app = run("app.py")
    assert charts(app) == 3
    assert "90 % interval" in app.markdown[0].value
    assert "the truth" in app.markdown[0].value


def test_the_address_holds_the_whole_picture():
    address = {
        "law": "student-dense",
        "dim_x": "3",
        "dim_y": "2",
        "df": "4.0",
        "rows": "100",
        "seed": "7",
        "transforms": ["wiggly", "spiral"],
        "unit": "bits",
        "compare": "CCA",
    }
    app, again = run("pages/explore.py", **address), run("pages/explore.py", **address)
    assert_sound(app)
    assert app.selectbox(key="law").value == "student-dense"
    assert app.multiselect(key="transforms").value == ["wiggly", "spiral"]
    assert app.slider(key="df").value == 4.0
    assert "From 100 rows" in app.markdown[0].value
    assert "bits" in app.markdown[0].value
    assert app.markdown[0].value == again.markdown[0].value


NONSENSE = [
    "nonsense",
    "-1",
    "NaN",
    "1e999",
    "",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "9" * 400,
]
CONTROLS = ["law", "correlation", "rows", "seed", "unit", "view", "across", "up", "transforms"]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_malformed_address_gives_the_defaults(nonsense):
    app = run("pages/explore.py", **dict.fromkeys(CONTROLS, nonsense))
    assert_sound(app)
    assert app.selectbox(key="law").value == "bivariate-normal"
    assert app.select_slider(key="rows").value == 500


def test_a_transform_that_does_not_fit_is_explained_instead_of_raised():
    app = run("pages/explore.py", law="normal-dense", transforms="swiss-roll")
    assert [e.value for e in app.exception] == []
    assert "SwissRoll" in app.error[0].value


def test_every_law_can_be_picked_one_after_the_other_with_the_settings_of_the_last():
    app = run("pages/explore.py", rows="50", compare="CCA")
    for law in app.selectbox(key="law").options:
        app.selectbox(key="law").set_value(law).run()
        assert_sound(app)


def test_the_canonical_pair_replaces_the_two_coordinates():
    app = run("pages/explore.py", law="normal-dense", view="canonical pair")
    assert_sound(app)
    with pytest.raises(KeyError):
        app.selectbox(key="across")


def test_failures_of_baselines_come_as_sentences():
    app = run("pages/explore.py", law="normal-dense", dim_x="20", dim_y="20", rows="30")
    assert_sound(app)
    assert any("CCA needs more than" in caption.value for caption in app.caption)


@pytest.mark.slow
def test_a_slider_redraws_in_under_a_second_at_2000_rows_and_16_columns_a_side():
    app = run("pages/explore.py", law="normal-dense", dim_x="16", dim_y="16", rows="2000")
    app.multiselect(key="compare").set_value([]).run()
    times = []
    for off_diag in (0.3, 0.35, 0.4, 0.45):
        start = time.perf_counter()
        app.slider(key="off_diag").set_value(off_diag).run()
        times.append(time.perf_counter() - start)
    assert min(times) < 1.0

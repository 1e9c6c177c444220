"""The calibration page: a finished run before any click, a growing one after, never a traceback."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mist_core.calibration import study

PAGE = str(Path(__file__).parents[2] / "pages/calibration.py")
QUICK = {
    "laws": "paper in-family",
    "rows-paper": ["10", "20"],
    "dims-paper": ["2", "3"],
    "datasets": "50",
    "peers": "0",
}


def visit(**parameters) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert [e.value for e in app.exception] == []
    return app


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def test_a_stored_run_with_date_and_command_stands_before_any_click():
    app = visit()
    assert "90 % intervals held the truth in" in app.markdown[0].value
    assert "average over the laws chosen" in app.markdown[0].value
    assert "Stored study of 20" in captions(app)
    assert "python -m mist_core calibrate laws" in captions(app)
    assert len(app.get("vega_lite_chart")) == 6


def test_other_choices_are_drawn_live_to_the_last_dataset():
    app = visit(**QUICK)
    assert "of 50 datasets" in app.markdown[0].value
    assert len(app.get("vega_lite_chart")) == 6
    assert "All have" not in captions(app)
    assert [button.label for button in app.button] == []


def test_a_copied_link_draws_the_same_datasets():
    assert visit(**QUICK).markdown[0].value == visit(**QUICK).markdown[0].value


def test_the_stored_run_can_be_left_and_come_back_to():
    app = visit()
    before = app.markdown[0].value
    app.session_state["calibration-live"] = True
    app.select_slider(key="datasets").set_value(50)
    app.select_slider(key="peers").set_value(0).run()
    assert "of 46 datasets" in app.markdown[0].value  # the other four are independent
    app.session_state["calibration-live"] = False
    app.select_slider(key="datasets").set_value(1000).run()
    assert app.markdown[0].value == before


def test_ranges_without_such_laws_get_one_sentence(monkeypatch):
    monkeypatch.setattr(study, "MOST_TRIES", 3)
    app = visit(laws="general product", **{"dims-general": ["1", "1"], "weights": "paper"})
    for _ in range(2):  # a click elsewhere on the page runs it again
        assert len(app.error) == 1 and "widen the ranges" in app.error[0].value
        assert [e.value for e in app.exception] == []
        app.run()


@pytest.mark.parametrize("nonsense", ["nonsense", "-1", "1e999", "", "<script>"])
def test_a_malformed_address_gives_the_defaults(nonsense):
    app = visit(**dict.fromkeys((*QUICK, "seed-laws", "weights"), nonsense))
    assert app.selectbox(key="laws").value == "general"
    assert "Stored study" in captions(app)


def test_a_stopped_run_keeps_what_it_has_and_can_go_on():
    app = visit(**QUICK)
    run = app.session_state["calibration-study"]
    run.tables, rest = run.tables[:3], run.tables[3:]
    run.rest = iter(rest)
    app.run()
    assert "of 12 datasets" in app.markdown[0].value  # four a table
    app.button[0].click().run()
    assert [e.value for e in app.exception] == []
    assert "of 50 datasets" in app.markdown[0].value


def test_one_law_is_calibrated_by_itself_from_the_link_of_explore():
    app = visit(
        **{"on": "this law", "law": "ring", "noise": "0.2", "rows": "100"},
        **{"law-datasets": "50", "peers": "0", "seed": "4"},
    )
    assert "one law, ring, of 100 rows" in " ".join(m.value for m in app.markdown)
    assert any("of 50 datasets" in m.value for m in app.markdown)
    assert app.slider(key="noise").value == 0.2 and app.slider(key="seed").value == 4


def words(app: AppTest) -> str:
    return " ".join(text.value for text in app.markdown)


def upload(app: AppTest, content: str, name: str = "mine.csv") -> AppTest:
    app.file_uploader(key="samples").upload(name, content.encode(), "text/csv").run()
    assert [e.value for e in app.exception] == []
    return app


def test_the_example_stands_until_there_are_samples_of_ones_own():
    app = visit(on="my samples", peers="0")
    assert "of 24 datasets" in words(app) and "samples of 100 rows from mist" in words(app)
    assert [e.value for e in app.error] == []


def test_uploaded_samples_are_judged_and_one_needs_its_truth_typed_in():
    rows = "\n".join(f"{k % 11},{k % 7}" for k in range(40))
    app = upload(visit(on="my samples", peers="0"), f"x1,y1\n{rows}")
    app.number_input(key="typed-truth").set_value(0.2).run()
    assert "of 1 datasets" in words(app) and "1 sample of 40 rows from mine" in words(app)


@pytest.mark.parametrize(
    ("content", "words"), [("a,b\n1,2\n3,4\n", "none of sample, truth"), ("", "empty")]
)
def test_a_bad_file_of_samples_gets_one_sentence(content, words):
    app = upload(visit(on="my samples", peers="0"), content)
    assert len(app.error) == 1 and words in app.error[0].value.replace("\\", "")


TABLE = {"on": "a real table", "subsamples": "50", "sub-rows": "200"}


def test_subsamples_of_a_real_table_are_counted_against_the_whole():
    app = visit(**TABLE)
    assert [e.value for e in app.error] == []
    assert "from 200 rows hold the value of the whole table" in app.markdown[0].value
    assert "of 50 subsamples" in app.markdown[0].value
    assert len(app.get("vega_lite_chart")) == 2
    assert visit(**TABLE).markdown[0].value == app.markdown[0].value


def test_other_columns_and_another_table_give_other_numbers():
    app = visit(**TABLE, **{"large-table": "Diamonds"})
    first = app.markdown[0].value
    next(box for box in app.selectbox if box.label == "X").set_value("depth").run()
    assert [e.value for e in app.error] == [] and app.markdown[0].value != first


def test_a_column_against_itself_is_a_sentence():
    app = visit(**TABLE, **{"large-table": "Diamonds"})
    next(box for box in app.selectbox if box.label == "X").set_value("price").run()
    assert [e.value for e in app.exception] == [] and "two different columns" in app.error[0].value


def test_the_table_that_was_opened_in_your_table_can_be_chosen():
    numbers = "\n".join(f"{(7919 * k) % 997},{(104729 * k) % 1009 + k % 13}" for k in range(900))
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.session_state["table-kept"] = ("mine.csv", f"left,right\n{numbers}".encode())
    app.query_params.update(TABLE | {"large-table": "your table"})
    app.run()
    assert [e.value for e in (*app.exception, *app.error)] == []
    assert app.selectbox(key="large-table").value == "your table"
    assert "of 50 subsamples" in app.markdown[0].value

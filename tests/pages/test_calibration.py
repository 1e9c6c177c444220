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
    app = visit(**dict.fromkeys((*QUICK, "seed", "weights"), nonsense))
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
        **{"datasets": "50", "peers": "0", "seed": "4"},
    )
    assert "one law, ring, of 100 rows" in " ".join(m.value for m in app.markdown)
    assert any("of 50 datasets" in m.value for m in app.markdown)
    assert app.slider(key="noise").value == 0.2 and app.slider(key="seed").value == 4

"""Every lesson opens finished, keeps its state in the address, and judges guesses by its data."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mist_core.lessons.course import COURSE

PAGE = str(Path(__file__).parents[2] / "pages/learn.py")
SCREENS = [(lesson, screen) for lesson in COURSE.values() for screen in lesson.screens]
IDS = [screen.key for _, screen in SCREENS]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path))


def visit(lesson, screen, **parameters) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=300)
    at = COURSE.keys(), [s.key for s in lesson.screens]
    number = list(at[0]).index(lesson.key) + 1
    app.query_params["lesson"] = f"{number}. {lesson.title}"
    app.query_params[f"screen-{lesson.key}"] = screen.title
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert [e.value for e in app.exception] == []
    assert [e.value for e in app.error] == []
    return app


def figures(app: AppTest) -> list[str]:
    """What is drawn, as text."""
    drawn = [*app.get("plotly_chart"), *app.get("vega_lite_chart")]
    return [str(element.proto) for element in drawn]


def question(app: AppTest):
    return next(group for group in app.get("button_group") if group.label.startswith("**Predict"))


@pytest.mark.parametrize(("lesson", "screen"), SCREENS, ids=IDS)
def test_a_screen_stands_finished_and_a_guess_reveals_what_the_data_say(lesson, screen):
    app = visit(lesson, screen)
    assert app.title[0].value == lesson.title
    assert app.subheader[0].value == screen.title
    assert figures(app)
    assert not [m for m in app.markdown if m.value.startswith("**To remember.**")]
    guess = question(app)
    option = guess.options[0]
    app = visit(lesson, screen, **{f"guess-{screen.key}": option})
    assert len(app.success) + len(app.info) == 1
    assert [m for m in app.markdown if m.value.startswith("**To remember.**")]


@pytest.mark.parametrize(("lesson", "screen"), SCREENS, ids=IDS)
def test_an_address_shows_the_same_picture_again(lesson, screen):
    assert figures(visit(lesson, screen)) == figures(visit(lesson, screen))

"""Every lesson opens finished, keeps its state in the address, and judges guesses by its data."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mist_core.lessons.course import COURSE, PLAN, address
from ui.drawing import NUMBERS

PAGE = str(Path(__file__).parents[2] / "pages/learn.py")
SCREENS = [(lesson, screen) for lesson in COURSE.values() for screen in lesson.screens]
IDS = [screen.key for _, screen in SCREENS]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path))


def visit(lesson, screen, **parameters) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=300)
    for name, value in (address(lesson, screen) | parameters).items():
        app.query_params[name] = value
    app.run()
    assert [e.value for e in app.exception] == []
    assert [e.value for e in app.error] == []
    return app


def figures(app: AppTest) -> list[str]:
    """What is drawn, as text."""
    drawn = [*app.get("plotly_chart"), *app.get("vega_lite_chart")]
    return [str(element.proto) for element in drawn]


def numbers(app: AppTest) -> list[pd.DataFrame]:
    """The tables that stand behind figures."""
    popovers = [block for block in app.get("popover") if block.proto.popover.label == NUMBERS]
    return [block.dataframe[0].value for block in popovers]


def question(app: AppTest):
    return next(group for group in app.get("button_group") if group.label.startswith("**Predict"))


@pytest.mark.parametrize(("lesson", "screen"), SCREENS, ids=IDS)
def test_a_screen_stands_finished_and_a_guess_reveals_what_the_data_say(lesson, screen):
    app = visit(lesson, screen)
    assert app.title[0].value == lesson.title
    assert app.header[0].value == screen.title
    assert figures(app)
    assert len(numbers(app)) == len(figures(app))
    assert not [m for m in app.markdown if m.value.startswith("**To remember.**")]
    guess = question(app)
    option = guess.options[0]
    drawn = len(figures(app))
    app = visit(lesson, screen, **{f"guess-{screen.key}": option})
    assert len(app.success) + len(app.info) == 1
    assert [m for m in app.markdown if m.value.startswith("**To remember.**")]
    assert len(numbers(app)) == len(figures(app)) >= drawn
    for table in numbers(app):
        assert len(table) and not {"low", "high", "holds", "at", "index"} & set(table)


@pytest.mark.parametrize(("lesson", "screen"), SCREENS, ids=IDS)
def test_an_address_shows_the_same_picture_again(lesson, screen):
    assert figures(visit(lesson, screen)) == figures(visit(lesson, screen))


def test_the_plan_takes_45_minutes_and_links_to_every_screen_in_order():
    assert sum(part.minutes for part in PLAN) == 45
    app = AppTest.from_file(str(Path(PAGE).parents[1] / "app.py"), default_timeout=120)
    app.switch_page("pages/plan.py").run()
    links = [link.proto for link in app.get("page_link")]
    assert [link.label for link in links] == [screen.title for _, screen in SCREENS]
    assert all("present=true" in link.query_string for link in links)


def test_presentation_hides_the_side_bar_and_enlarges_type():
    lesson, screen = SCREENS[0]
    assert not hides(visit(lesson, screen))
    assert hides(visit(lesson, screen, present="true"))


def hides(app: AppTest) -> bool:
    styles = [str(element.proto) for element in app.get("html")]
    return any("stSidebar" in style and "font-size" in style for style in styles)

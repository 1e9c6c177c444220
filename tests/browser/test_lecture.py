"""A lecture on the wall: from screen to screen by their links, each whole and from its top."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from mist_core.lessons.course import PLAN
from mist_core.lessons.lesson import Lesson
from tests.browser.conftest import PATIENCE, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]

# How far a formula reaches beyond its room, in pixels.
CUT_OFF = """() => {
  const room = document.querySelector(".st-key-formula").getBoundingClientRect().right;
  const parts = [...document.querySelectorAll(".st-key-formula .katex-html .base")];
  return Math.max(...parts.map((part) => part.getBoundingClientRect().right)) - room;
}"""
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


def named(url: str, lesson: Lesson) -> str:
    """The screen that an address names; none is the first."""
    return dict(parse_qsl(urlsplit(url).query)).get(f"screen-{lesson.key}", lesson.screens[0].title)


def test_a_lecture_goes_from_screen_to_screen_with_nothing_cut_off(page: Page, address: str):
    page.goto(f"{address}/learn?present=true")
    for part in PLAN:
        heading = page.get_by_role("heading", name=part.screen.title)
        expect(heading).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".st-key-formula .katex-html").first).to_be_visible()
        settle(page)
        assert page.evaluate(CUT_OFF) <= 1, part.screen.title
        assert page.evaluate(SCROLLED) == 0, part.screen.title
        assert named(page.url, part.lesson) == part.screen.title
        assert "present=true" in page.url
        if part is not PLAN[-1]:
            page.get_by_role("link", name="Next").click()

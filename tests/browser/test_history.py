"""The browser's Back and Forward: from page to page, each with its controls as they were left."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def choose(page: Page, shape: str) -> None:
    page.get_by_role("radio", name=shape, exact=True).click()
    page.wait_for_url(f"**surface={shape}")
    settle(page)


def stands(page: Page, heading: str, **chosen: str) -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=PATIENCE)
    for option in chosen.values():
        radio = page.get_by_role("radio", name=option, exact=True)
        expect(radio).to_be_checked(timeout=PATIENCE)
    settle(page)


def test_back_leads_to_the_page_before_as_it_was_left(page: Page, address: str):
    page.goto(f"{address}/learn")
    stands(page, "What it is", shape="line")
    choose(page, "ring")
    choose(page, "cross")
    page.get_by_role("link", name="Lecture plan").click()
    stands(page, "A lecture of 45 minutes")
    page.get_by_role("link", name="Round it off").click()
    stands(page, "What leaves it be", screen="Round it off")
    page.go_back()
    stands(page, "A lecture of 45 minutes")
    page.go_back()
    # Two controls moved there, and one step back is enough.
    stands(page, "What it is", shape="cross")
    page.go_forward()
    stands(page, "A lecture of 45 minutes")


def test_back_leads_through_the_screens_of_a_lesson(page: Page, address: str):
    page.goto(f"{address}/learn")
    stands(page, "What it is", shape="line")
    choose(page, "ring")
    page.get_by_role("link", name="Next").click()
    stands(page, "Not correlation")
    page.go_back()
    stands(page, "Two surfaces", shape="ring")

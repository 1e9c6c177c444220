"""What only a real browser shows: drawn charts, the address, downloads, narrow screens."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PATIENCE

# One group, so that parallel runs share one server and one browser.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def open_explore(page: Page, url: str) -> None:
    """Open an address and wait until all three charts are drawn and all baselines are in."""
    page.goto(url)
    expect(headline(page)).to_be_visible(timeout=PATIENCE)
    expect(
        page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")
    ).to_have_count(3, timeout=PATIENCE)
    expect(page.get_by_test_id("stSpinner")).to_have_count(0, timeout=PATIENCE)


def headline(page: Page) -> Locator:
    return page.get_by_test_id("stMarkdown").filter(has_text="90 % interval").first


def verdict(page: Page) -> str:
    return headline(page).inner_text()


def test_a_finished_figure_stands_before_any_click(page: Page, address: str):
    open_explore(page, address)
    assert "the truth" in verdict(page)


def test_the_data_and_the_figure_can_be_saved(page: Page, address: str, tmp_path):
    open_explore(page, f"{address}/?rows=50")
    starts = {"Data (CSV)": b"x1,y1\n", "Figure (SVG)": b"<svg", "Figure (PNG)": b"\x89PNG"}
    for label, start in starts.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        download.value.save_as(tmp_path / "file")
        assert (tmp_path / "file").read_bytes().startswith(start)


def test_nothing_sticks_out_of_a_narrow_screen(page: Page, address: str):
    page.set_viewport_size({"width": 390, "height": 800})
    open_explore(page, address)
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


def test_a_slider_moved_while_a_network_trains_is_answered_at_once(page: Page, address: str):
    page.goto(f"{address}/?compare=MINE&rows=2000")
    expect(page.get_by_text("MINE is at work")).to_be_visible(timeout=PATIENCE)
    before = verdict(page)
    page.get_by_role("slider", name="correlation").press("ArrowLeft")
    expect(headline(page)).not_to_have_text(before, timeout=10_000)


def test_a_link_to_a_page_keeps_the_navigation_on_a_server_just_started(
    page: Page, fresh_address: str
):
    page.goto(f"{fresh_address}/home")
    expect(page.get_by_role("heading", name="MIST")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Your table")).to_be_visible(timeout=PATIENCE)


def test_a_row_of_controls_takes_its_height_before_its_code_has_come(page: Page, address: str):
    held: list[Route] = []
    page.route(re.compile(r"/Slider\..*\.js"), lambda route: held.append(route))
    page.goto(address)
    seed = page.locator("[data-testid=stMain] .st-key-seed")
    seed.get_by_test_id("stSkeleton").wait_for(timeout=PATIENCE)
    # The style sheet is a part of the page, and comes with it.
    high = "control => control.getBoundingClientRect().height > 50"
    page.wait_for_function(high, arg=seed.element_handle(), timeout=PATIENCE)
    before = seed.bounding_box()["height"]
    for request in held:
        request.continue_()
    seed.get_by_role("slider").wait_for(timeout=PATIENCE)
    assert seed.bounding_box()["height"] == pytest.approx(before, abs=5)

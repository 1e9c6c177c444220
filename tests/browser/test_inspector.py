"""The table page by keyboard and mouse, wide and narrow, and after a visit to another page."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE, serious_faults, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
OPEN = "pair-x-Diabetes=bmi&pair-y-Diabetes=progression"


def told(page: Page, words: str) -> Locator:
    return page.get_by_test_id("stMarkdown").filter(has_text=words).first


def rows_of(page: Page) -> Locator:
    """The table of pairs; those inside of the closed box above it are not seen."""
    frame = page.get_by_test_id("stDataFrame").filter(visible=True).first
    return frame.locator("canvas").first


def test_arrow_keys_open_a_pair_and_the_next(page: Page, address: str):
    page.goto(f"{address}/inspect_csv")
    expect(told(page, "tell most of each other")).to_be_visible(timeout=PATIENCE)
    settle(page)
    rows_of(page).focus()
    page.keyboard.press("ArrowDown")
    expect(told(page, "Knowing HDL tells")).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.keyboard.press("ArrowDown")
    expect(told(page, "Knowing LDL tells")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("tab", ["Heatmap", "Network"])
def test_a_click_on_a_chart_opens_a_pair(page: Page, address: str, tab: str):
    """The middle of three columns' heatmap is empty, of their network the only line."""
    page.goto(f"{address}/inspect_csv?table=Ethanol+engine&table-view={tab}")
    settle(page)
    chart = page.get_by_test_id("stVegaLiteChart").filter(visible=True).first
    chart.locator("canvas, svg").first.wait_for(timeout=PATIENCE)
    box = chart.bounding_box()
    for up in (0.32, 0.36, 0.4, 0.44, 0.48) if tab == "Network" else (0.1,):
        chart.click(position={"x": 0.55 * box["width"], "y": up * box["height"]})
        page.wait_for_timeout(1000)
        if "pair-x" in page.url:
            break
    expect(told(page, "Knowing")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("tab", ["Ranking", "Heatmap", "Network", "One target", "Groups"])
def test_nothing_sticks_out_of_a_narrow_screen(page: Page, address: str, tab: str):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/inspect_csv?table-view={tab}&{OPEN}")
    expect(told(page, "Knowing bmi tells")).to_be_visible(timeout=PATIENCE)
    settle(page)
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", ["Ranking", "One target"])
def test_an_open_pair_has_no_serious_fault(address: str, browser: Browser, tab: str, scheme: str):
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/inspect_csv?table-view={tab}&{OPEN}")
        expect(told(page, "Knowing bmi tells")).to_be_visible(timeout=PATIENCE)
        settle(page)
        assert serious_faults(page) == []


def test_a_visit_to_another_page_changes_nothing(page: Page, address: str, tmp_path: Path):
    path = tmp_path / "mine.csv"
    path.write_text("left,right\n" + "".join(f"{i},{(i * i) % 97}\n" for i in range(90)))
    page.goto(f"{address}/inspect_csv?table-view=Heatmap&{OPEN}")
    expect(told(page, "Knowing bmi tells")).to_be_visible(timeout=PATIENCE)
    visit_and_return(page)
    expect(told(page, "Knowing bmi tells")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("tab", name="Heatmap")).to_have_attribute("aria-selected", "true")
    page.locator("input[type=file]").first.set_input_files(path)
    expect(page.get_by_text("90 rows, 2 columns").first).to_be_visible(timeout=PATIENCE)
    visit_and_return(page)
    expect(page.get_by_text("90 rows, 2 columns").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("mine.csv")).to_be_visible()


def visit_and_return(page: Page) -> None:
    settle(page)
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="MIST")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Your table").click()
    expect(page.get_by_role("heading", name="What depends on what?")).to_be_visible()


def test_a_copied_link_opens_the_same_pair_in_the_same_tab(
    page: Page, address: str, browser: Browser
):
    page.goto(f"{address}/inspect_csv?table=Penguins&table-view=One+target")
    settle(page)
    rows_of(page).focus()
    page.keyboard.press("ArrowDown")
    expect(told(page, "Knowing")).to_be_visible(timeout=PATIENCE)
    settle(page)
    words = told(page, "Knowing").inner_text()
    other = browser.new_page()
    other.goto(page.url)
    expect(told(other, words[:40])).to_be_visible(timeout=PATIENCE)
    assert "pair-x" in page.url and "table-view=One" in page.url
    other.close()

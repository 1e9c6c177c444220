"""A click on a measured error leads to its dataset in Explore, and a link back to where it was."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE

# One group, so that parallel runs share one server and one browser.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
VIEW = "benchmark=bmi%27s+tasks&estimator=KSG"


def test_a_click_opens_a_dataset_in_explore_and_a_link_leads_back(page: Page, address: str):
    page.goto(f"{address}/benchmark?{VIEW}")
    heatmap = page.get_by_test_id("stVegaLiteChart").nth(2)
    heatmap.locator("canvas, svg").first.wait_for(timeout=PATIENCE)
    expect(page.get_by_text("Click a cell")).to_be_visible(timeout=PATIENCE)
    heatmap.scroll_into_view_if_needed()
    box = heatmap.bounding_box()
    heatmap.click(position={"x": 0.6 * box["width"], "y": 0.4 * box["height"]})
    expect(page.get_by_text("A dataset of a benchmark")).to_be_visible(timeout=PATIENCE)
    assert "dataset=bmi40" in page.url
    page.get_by_text("Back to the benchmark").click()
    expect(page.get_by_text("Where the errors lie")).to_be_visible(timeout=PATIENCE)
    assert page.url.endswith(VIEW)

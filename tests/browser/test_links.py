"""A link copied after some controls were moved says the same to somebody else."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]

# What a page says: its words, its figures as they are described, and how its controls stand.
SAID = """() => {
  const main = document.querySelector("[data-testid=stApp]");
  const texts = (which, of) => [...main.querySelectorAll(which)].map(of).filter(Boolean);
  return [
    ...texts("[data-testid=stMarkdown], [data-testid=stCaptionContainer]", (one) => one.innerText),
    ...texts("[data-testid=stVegaLiteChart], [role=img]", (one) => one.ariaLabel),
    ...texts("input[type=range]", (one) => one.ariaLabel + one.ariaValueText),
    ...texts("[role=radio], [role=tab]", (one) =>
      (one.ariaChecked ?? one.ariaSelected) === "true" && one.innerText),
    ...texts("[data-testid=stSelectbox] input", (one) => one.ariaLabel + one.value),
  ];
}"""
PAUSE = 1500  # milliseconds, longer than a control waits before it tells the server
# An address, the options that are clicked there, and the sliders that are moved.
WALKS = {
    "Explore": ("", ["bits", "canonical pair"], ["correlation", "Seed"]),
    "Your table": ("inspect_csv?table=Ethanol+engine", ["One target", "bits"], []),
    "laws": ("calibration", ["bits"], []),
    "one law": ("calibration?law-datasets=50&peers=0", ["this law", "bits"], ["Seed"]),
    "my samples": ("calibration?peers=0", ["my samples", "bits"], []),
    "a real table": ("calibration?subsamples=50", ["a real table", "bits"], ["Seed"]),
    "Benchmark": ("benchmark", ["Self-consistency", "bits"], []),
    "Learn": ("learn", ["Not correlation", "ring"], []),
}


def stands(page: Page) -> list[str]:
    """What the page says once it has nothing more to say."""
    said, before = None, []
    while said != before:
        settle(page)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
        page.wait_for_timeout(PAUSE)
        settle(page)
        said, before = page.evaluate(SAID), said
    return said


@pytest.mark.parametrize("walk", WALKS)
def test_a_copied_link_says_the_same_in_a_fresh_browser(
    page: Page, address: str, browser: Browser, walk: str
):
    start, options, sliders = WALKS[walk]
    page.goto(f"{address}/{start}")
    before = stands(page)
    for name in options:
        page.locator("[role=radio], [role=tab]").get_by_text(name, exact=True).first.click()
        stands(page)
    for name in sliders:
        page.get_by_role("slider", name=name).first.press("ArrowRight")
        stands(page)
    said = stands(page)
    assert said != before
    with browser.new_context(viewport=page.viewport_size) as context:
        other = context.new_page()
        other.set_default_timeout(PATIENCE)
        other.goto(page.url)
        assert stands(other) == said

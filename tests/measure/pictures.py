"""The pictures of the pages that README shows, taken anew: `python -m tests.measure.pictures`."""

from playwright.sync_api import Page

from mist_core.paths import IMAGES
from tests.browser.conftest import launched, serve, settle

WIDTH, HEIGHT = 1280, 1000
PICTURES = {"explore": "", "table": "inspect_csv"}


def take(page: Page, address: str, name: str) -> None:
    """What stands in the window once the page is done."""
    page.goto(f"{address}/{PICTURES[name]}")
    settle(page)
    page.get_by_test_id("stSpinner").wait_for(state="detached")
    page.wait_for_timeout(3000)  # charts fade in
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    with serve() as address, launched() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.set_default_timeout(0)  # a picture may take as long as it takes
        for name in PICTURES:
            take(page, address, name)


if __name__ == "__main__":
    main()

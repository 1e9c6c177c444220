"""Every page, light and dark, can be read and used by everyone, as far as axe can tell."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PATIENCE, ROOT, serious_faults, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
PAGES = sorted(Path(path).stem for path in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_serious_fault(address: str, browser: Browser, name: str, scheme: str):
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/{name}" if name != "explore" else address)
        settle(page)
        assert serious_faults(page) == []

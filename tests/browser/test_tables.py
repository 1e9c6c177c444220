"""Another table's answer is off the page before the next one stands there."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def test_a_new_upload_takes_the_old_answer_off_at_once(page: Page, address: str, tmp_path: Path):
    rows = np.random.default_rng(0).standard_normal((2_000, 30))
    path = tmp_path / "wide.csv"
    names = ",".join(f"c{i}" for i in range(30))
    rows[:, 1] += rows[:, 0]
    np.savetxt(path, rows, delimiter=",", fmt="%.3f", header=names, comments="")
    page.goto(f"{address}/inspect_csv")
    old, new = (
        page.get_by_text("tell most of each other"),
        page.get_by_text("c0 and c1 tell most"),
    )
    expect(old.first).to_be_visible(timeout=PATIENCE)
    page.locator("input[type=file]").first.set_input_files(path)
    expect(old).to_have_count(0, timeout=PATIENCE)
    expect(new.first).to_be_visible(timeout=PATIENCE)

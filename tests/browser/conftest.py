"""A running app and a real browser to look at it with."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 60
# Controls that are off may be faint (WCAG 1.4.3); axe does not know which labels are theirs.
OFF = ".stElementContainer:has(:disabled, [data-disabled=true], [aria-disabled=true])"
# The first paint of a fresh server loads torch and the model.
PATIENCE = 90_000  # milliseconds


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of the app, started once for all tests on a free port of this machine."""
    with serve() as address:
        yield address


@pytest.fixture
def fresh_address() -> Iterator[str]:
    """The address of an app that nobody has visited yet."""
    with serve() as address:
        yield address


@contextmanager
def serve() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.headless=true", f"--server.port={port}"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless; Playwright downloads none."""
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser):
    """A window that remembers errors of its scripts and requests that leave this machine."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: _note_foreign(page, request.url))
    page.set_default_timeout(PATIENCE)
    yield page
    faults = page.faults
    page.close()
    assert faults == []


@contextmanager
def launched() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not path:
        pytest.fail(
            "The browser tests need Chromium. Install it (Debian: apt-get install chromium), or "
            "name it: CHROMIUM=/path/to/chromium.",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, which is who runs in a container.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def settle(page: Page) -> None:
    """Wait until the page's script has run and what it draws is drawn."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    )
    page.wait_for_load_state("networkidle")


def serious_faults(page: Page) -> list[str]:
    """What axe holds for serious or critical on the page: rule, text and place of each fault."""
    rules = Axe().run(page, {"exclude": [OFF]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in rules
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def _note_foreign(page: Page, url: str) -> None:
    if not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:", url):
        page.faults.append(f"left this machine: {url}")


def _wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"The app did not answer on {address} within {START_SECONDS} s.", pytrace=False)

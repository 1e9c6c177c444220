"""A dropped table stays on this machine and in its session, and has a size."""

import re
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest
from playwright.sync_api import Page, expect

from mist_core.tables.files.source import MAX_BYTES
from tests.browser.conftest import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
TABS = ("Heatmap", "Network", "One target", "Groups", "Time")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A table whose names and cells can be told from anything else."""
    rows = np.random.default_rng(0).standard_normal((200, 3))
    rows[:, 1] += rows[:, 0]
    path = tmp_path / "secret.csv"
    np.savetxt(path, rows, delimiter=",", fmt="%.3f", header="zqsalary,zqage,zqweight", comments="")
    return path


@contextmanager
def watched(address: str):
    """Gathers the foreign ends of all connections of the server while the block runs."""
    port, foreign, done = urlsplit(address).port, set(), threading.Event()
    (server,) = {
        c.pid for c in psutil.net_connections("inet") if c.laddr and c.laddr.port == port and c.pid
    } & {
        p.pid
        for p in psutil.process_iter(["cmdline"])
        if "streamlit" in " ".join(p.info["cmdline"] or ())
    }

    def look():
        while not done.wait(0.05):
            for connection in psutil.Process(server).net_connections("inet"):
                if connection.raddr and not connection.raddr.ip.startswith(("127.", "::1")):
                    foreign.add(connection.raddr)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield foreign
    finally:
        done.set()
        watcher.join()


def test_no_request_leaves_this_machine(page: Page, address: str, secret: Path):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    with watched(address) as foreign:
        page.goto(f"{address}/inspect_csv")
        page.locator("input[type=file]").first.set_input_files(secret)
        expect(page.get_by_text(re.compile("zq.* tell most of each other")).first).to_be_visible(
            timeout=PATIENCE
        )
        for tab in TABS:
            page.get_by_role("tab", name=tab).click()
            page.get_by_role("tabpanel").filter(visible=True).locator(
                "canvas, svg, [data-testid=stDataFrame]"
            ).first.wait_for()
    host = urlsplit(address).netloc
    local = [url for url in asked if urlsplit(url).netloc == host]
    assert len(local) > 10 and any(url.startswith("ws") for url in local)
    assert {
        url for url in asked if url not in local and not url.startswith(("data:", "blob:"))
    } == set()
    assert foreign == set()
    assert not any("zqsalary" in url for url in asked)


def test_another_session_sees_nothing_of_it(page: Page, address: str, secret: Path):
    page.goto(f"{address}/inspect_csv")
    page.locator("input[type=file]").first.set_input_files(secret)
    page.get_by_text(re.compile("zq.* tell most of each other")).first.wait_for()
    page.goto(f"{address}/inspect_csv")  # a new session, as a neighbour's would be
    page.get_by_text("tell most of each other").first.wait_for()
    assert "zqsalary" not in page.content() and "zqage" not in page.content()


def test_too_large_a_file_is_refused_before_it_is_sent(page: Page, address: str, tmp_path: Path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * (MAX_BYTES // 4 + 1))
    sent = []
    page.on("request", lambda request: sent.append(request.method == "PUT"))
    page.goto(f"{address}/inspect_csv")
    page.locator("input[type=file]").first.set_input_files(path)
    page.get_by_text(re.compile("50.*MB or smaller")).first.wait_for()
    assert not any(sent)

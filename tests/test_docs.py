"""The site builds offline, strictly, and nothing in it leads nowhere or asks another server."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd
import pytest

from mist_core.paths import ROOT

pytestmark = pytest.mark.slow
# What a browser fetches without being asked.
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Links(HTMLParser):
    """Where a page leads, what it fetches, and what can be led to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.fetched: list[str] = []
        self.anchors = {"", "__skip"}
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            if value and FETCHED.get(tag) == name:
                self.fetched.append(value)
            if value and name in ("href", "src"):
                self.leads.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with all warnings as errors, where no proxy leads to another machine."""
    folder = tmp_path_factory.mktemp("site")
    nowhere = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    return {path: Links(path) for path in sorted(site.rglob("*.html"))}


def test_no_page_asks_another_server_for_anything(site, pages):
    foreign = [
        (path.name, value)
        for path, links in pages.items()
        for value in links.fetched
        if urlsplit(value).netloc
    ]
    styles = [path.name for path in site.rglob("*.css") if "url(http" in path.read_text()]
    imports = [path.name for path in pages if re.search(r"@import|fonts\.g", path.read_text())]
    assert foreign == [] and styles == [] and imports == []


def test_no_link_leads_nowhere(site, pages):
    dead = []
    for path, links in pages.items():
        for value in links.leads:
            parts = urlsplit(value)
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            if not target.exists() or (known and unquote(parts.fragment) not in known.anchors):
                dead.append((path.relative_to(site).as_posix(), value))
    assert dead == []


def test_every_room_of_the_documentation_is_there(site):
    rooms = ["index", "tour", "how-to", "reference", "method"]
    assert all((site / f"{room}.html").exists() for room in rooms)
    assert len(list((site / "notebooks").glob("0*.html"))) == 6
    assert "MISTEstimator.posterior" in (site / "reference.html").read_text()


@pytest.mark.parametrize("name", ["tour", "how-to"])
def test_the_python_of_a_page_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a recipe saves a file
    rng = np.random.default_rng(0)
    x, y = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 200).T
    frame = pd.DataFrame({"size": x, "age": rng.normal(size=200), "price": y.round(1)})
    names = {"x": x, "y": np.sign(y), "frame": frame}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / f"docs/{name}.md").read_text(), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(block, names)  # our own text

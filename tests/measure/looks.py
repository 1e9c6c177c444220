"""Pictures of every page, and what can be measured of how it looks.

    .venv/bin/python -m tests.measure.looks FOLDER [--pages learn] [--widths 390] [--keyboard]

Each view is opened at two widths, light and dark, and drawn whole into FOLDER. Printed is what
sticks out, is cut off, lies on other text, or is an empty figure; how far things jumped from the
first heading on (Chrome's cumulative layout shift: before it there is Streamlit's own skeleton, to
whose side the navigation comes); and with --keyboard each stop of the Tab key that
looks the same with the focus and without.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, TimeoutError

from mist_core.lessons.course import COURSE, address
from tests.browser.conftest import launched, serve, settle

SCRIPT = (Path(__file__).parent / "looks.js").read_text()
SHIFTS = """window.shifts = [];
const headed = () => !!document.querySelector("h1");
const watch = new MutationObserver(() => {
  if (headed()) requestAnimationFrame(() => requestAnimationFrame(() => {
    window.begun ??= performance.now();
    watch.disconnect();
  }));
});
watch.observe(document, {childList: true, subtree: true});
new PerformanceObserver(list => {
  const seen = list.getEntries().filter(one => one.startTime > (window.begun ?? Infinity));
  window.shifts.push(...seen.map(one => one.value));
}).observe({type: "layout-shift", buffered: true})"""
TABS = (
    "Ranking",
    "Heatmap",
    "Network",
    "One target",
    "Groups",
    "What else adds",
    "Time",
    "Second table",
)
BENCHMARKS = (
    "Published grids",
    "bmi's tasks",
    "Extended grids",
    "Self-consistency",
    "Conditional",
    "Efficiency",
    "Speed",
)
HEIGHT = 900  # pixels, until the page's own is known
TALLEST = 6_000
FAR = 0.1  # what web.dev calls a good page stays below
STOPS = 60  # of the Tab key
PATIENCE = 40_000  # milliseconds


def views() -> Iterator[tuple[str, str]]:
    """A name and an address, without the server, of each view of each page."""
    yield "start", "start"
    yield "explore", ""
    more = {"view": "in space", "compare": ["KSG", "CCA"], "repeat": "true", "law": "xor"}
    yield "explore-more", "?" + urlencode(more, doseq=True)
    for lesson in COURSE.values():
        for screen in lesson.screens:
            yield f"learn-{screen.key}", "learn?" + urlencode(address(lesson, screen))
    for page in ("plan", "glossary", "calibration", "train", "weights", "home"):
        yield page, page
    law = {"on": "this law", "law": "xor", "rows": "500"}
    yield "calibration-law", "calibration?" + urlencode(law)
    table = {"on": "a real table", "subsamples": "50"}
    yield "calibration-table", "calibration?" + urlencode(table)
    for name in BENCHMARKS:
        yield f"benchmark-{_file(name)}", "benchmark?" + urlencode({"benchmark": name})
    for tab in TABS:
        pair = {"pair-x-Diabetes": "bmi", "pair-y-Diabetes": "progression", "table-view": tab}
        yield f"table-{_file(tab)}", "inspect_csv?" + urlencode(pair)


def look(page: Page, picture: Path, url: str, keyboard: bool) -> list[str]:
    """Draw a view into a file; what is wrong with it."""
    page.set_viewport_size(page.viewport_size | {"height": HEIGHT})
    page.goto(url)
    _finished(page)
    shifted = page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)")
    faults = [f"jumps: {shifted:.2f}"] if shifted > FAR else []
    if keyboard:
        faults += list(_unseen_stops(page))
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size(page.viewport_size | {"height": min(tall + 20, TALLEST)})
    page.wait_for_timeout(500)
    page.screenshot(path=picture)
    return faults + page.evaluate(SCRIPT)


def _finished(page: Page) -> None:
    try:
        settle(page)
        page.get_by_test_id("stSpinner").first.wait_for(state="detached")
        page.wait_for_timeout(1500)  # charts fade in
        settle(page)
    except TimeoutError:
        pass  # a page at work, such as a study that grows, is drawn as it then is


def _unseen_stops(page: Page) -> Iterator[str]:
    """The stops of the Tab key where nothing shows that the focus is there."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate_handle("document.activeElement").as_element()
        if at is None or at.evaluate("one => one === document.body"):
            return
        box = at.bounding_box()
        if box is None or not box["width"]:
            continue
        around = {"x": max(box["x"] - 30, 0), "y": max(box["y"] - 12, 0)}
        around |= {"width": box["width"] + 60, "height": box["height"] + 24}
        with_focus = page.screenshot(clip=around, animations="disabled")
        page.evaluate("window.held = document.activeElement; window.held.blur()")
        if with_focus == page.screenshot(clip=around, animations="disabled"):
            yield f"focus unseen: {at.evaluate('one => one.outerHTML')[:140]}"
        page.evaluate("window.held.focus({focusVisible: true})")


def _file(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", default="", help="only views whose names match this")
    parser.add_argument("--widths", type=int, nargs="+", default=[390, 1280])
    parser.add_argument("--schemes", nargs="+", default=["light", "dark"])
    parser.add_argument("--keyboard", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with serve() as server, launched() as browser:
        for width in options.widths:
            for scheme in options.schemes:
                _all_views(browser, server, width, scheme, options)


def _all_views(browser: Browser, server: str, width: int, scheme: str, options) -> None:
    for name, url in views():
        if not re.search(options.pages, name):
            continue
        size = {"width": width, "height": HEIGHT}
        with browser.new_context(viewport=size, color_scheme=scheme) as context:
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.add_init_script(SHIFTS)
            picture = options.folder / f"{name}-{width}-{scheme}.png"
            for fault in look(page, picture, f"{server}/{url}", options.keyboard):
                print(f"{picture.stem}: {fault}", flush=True)


if __name__ == "__main__":
    main()

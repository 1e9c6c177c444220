"""Seconds each page takes from its address to its figures, in a server that has just started.

    .venv/bin/python -m tests.measure.paint

"First" is the first visit of anybody, which also reads stored results and weights; "next" is the
median of other visitors, each with a session of their own: first without a browser, then in one
that has been there before, to the first figure and until the whole page stands. The browser notes
both times itself: asking it all the while would slow it down.
"""

import logging
import statistics
import time
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import BrowserContext
from streamlit.testing.v1 import AppTest

from tests.browser.conftest import launched, serve

ROOT = Path(__file__).parents[2]
VISITORS = 5
# Views of pages that have several, by the names their addresses bear.
VIEWS = {
    "benchmark": ("Published grids", "bmi's tasks", "Extended grids", "Self-consistency", "Speed")
}
# Seconds since the address was opened until a chart stands, and until all do and the script has
# ended; an element that comes later makes the page unfinished again.
WATCH = """
window.stands = {};
new MutationObserver(() => {
  const charts = [...document.querySelectorAll('.stVegaLiteChart')];
  const drawn = charts.filter(chart => chart.querySelector('canvas, svg')).length;
  const ended = document.querySelector('[data-test-script-state="notRunning"]');
  const whole = ended && drawn && drawn === charts.length;
  if (drawn) stands.first ??= performance.now() / 1000;
  stands.whole = whole ? stands.whole ?? performance.now() / 1000 : undefined;
}).observe(document, {
  childList: true, subtree: true, attributes: true, attributeFilter: ['data-test-script-state'],
});
"""
ASK_EVERY = 1000  # milliseconds


def visit(page: Path) -> float:
    """Seconds of one visit without a browser.

    Raises:
        RuntimeError: the page shows an error.
    """
    start = time.perf_counter()
    app = AppTest.from_file(str(page), default_timeout=120).run()
    if app.exception:
        raise RuntimeError(f"{page.name}: {app.exception[0].message}")
    return time.perf_counter() - start


def look(context: BrowserContext, address: str) -> tuple[float, float]:
    """Seconds until the first figure stands, and until all do, of a visitor in a new window."""
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function("stands.whole", polling=ASK_EVERY)
    stands = page.evaluate("stands")
    page.close()
    return stands["first"], stands["whole"]


def on_server() -> None:
    """Every page, without a browser."""
    for page in sorted((ROOT / "pages").glob("*.py")):
        first = visit(page)
        later = statistics.median(visit(page) for _ in range(VISITORS))
        print(f"{page.stem:12s} first {first:.2f} s, next {later:.2f} s", flush=True)


def in_browser(address: str, context: BrowserContext) -> None:
    """The pages that have figures before any click."""
    for name in ("benchmark", "calibration", "explore", "inspect_csv"):
        for view in VIEWS.get(name, ("",)):
            path = "" if name == "explore" else name  # which is the app's first page
            place = f"{address}/{path}" + (f"?{name}={quote(view)}" if view else "")
            cold, _ = look(context, place)
            figure, whole = zip(*(look(context, place) for _ in range(VISITORS)), strict=True)
            figures = f"next {statistics.median(figure):.2f} s (at most {max(figure):.2f})"
            whole = f"whole {statistics.median(whole):.2f} s (at most {max(whole):.2f})"
            print(f"{name:12s}{view:16s} first {cold:.2f} s, {figures}, {whole}", flush=True)


def main() -> None:
    logging.disable(logging.WARNING)  # of streamlit, that no browser is there
    on_server()
    with serve() as address, launched() as browser:
        context = browser.new_context()
        context.add_init_script(WATCH)
        in_browser(address, context)


if __name__ == "__main__":
    main()

"""Seconds each page takes from its address to its last figure, in a server that has just started.

    .venv/bin/python -m tests.paint

"First" is the first visit of anybody, which also reads stored results and weights; "next" is the
median of other visitors, each with a session of their own. A browser adds what it takes to draw.
"""

import logging
import statistics
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parent.parent
VISITORS = 5


def visit(page: Path) -> float:
    """Seconds of one visit.

    Raises:
        RuntimeError: the page shows an error.
    """
    start = time.perf_counter()
    app = AppTest.from_file(str(page), default_timeout=120).run()
    if app.exception:
        raise RuntimeError(f"{page.name}: {app.exception[0].message}")
    return time.perf_counter() - start


def main() -> None:
    logging.disable(logging.WARNING)  # of streamlit, that no browser is there
    for page in sorted((ROOT / "pages").glob("*.py")):
        first = visit(page)
        later = statistics.median(visit(page) for _ in range(VISITORS))
        print(f"{page.stem:12s} first {first:.2f} s, next {later:.2f} s", flush=True)


if __name__ == "__main__":
    main()

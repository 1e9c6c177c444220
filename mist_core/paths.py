"""Where things lie: what the project ships, and the one folder of all that is made here.

That folder, `home()`, holds runs, kept weights and the list of jobs.
"""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEIGHTS, RESULTS, DOCS = ROOT / "weights", ROOT / "results", ROOT / "docs"
IMAGES = DOCS / "images"


def home() -> Path:
    """$MIST_HOME, or .mist in the working folder; it need not exist yet."""
    return Path(os.environ.get("MIST_HOME") or ".mist")

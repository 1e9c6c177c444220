"""The one folder that everything made here lives under: runs, kept weights, the list of jobs."""

import os
from pathlib import Path


def home() -> Path:
    """$MIST_HOME, or .mist in the working folder; it need not exist yet."""
    return Path(os.environ.get("MIST_HOME") or ".mist")

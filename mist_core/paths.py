"""Where things lie: what the project ships, and the one folder of all that is made here.

That folder, `home()`, holds runs, kept weights and the list of jobs.
"""

import os
from pathlib import Path

from mist_core.errors import StorageError

_PACKAGE = Path(__file__).parent
# An installed package brings the general weights in itself, and writes where it is called.
_CHECKOUT = (_PACKAGE.parent / "pyproject.toml").exists()
ROOT = _PACKAGE.parent if _CHECKOUT else Path()
WEIGHTS = ROOT / "weights" if _CHECKOUT else _PACKAGE / "weights"
RESULTS, DOCS = ROOT / "results", ROOT / "docs"
# Beside the networks, and none themselves: the heads of `refine` and of `conditional`, the second
# opinions, how far copulas and neighbours are trusted, and what evidence against independence is
# measured by.
HEAD, CONDITIONAL = WEIGHTS / "refine.safetensors", WEIGHTS / "conditional.safetensors"
SECOND_OPINION = WEIGHTS / "second-opinion.safetensors"
SECOND_OPINION_GIVEN = WEIGHTS / "second-opinion-given.safetensors"
ELLIPTICAL = WEIGHTS / "elliptical.safetensors"
ELLIPTICAL_GIVEN = WEIGHTS / "elliptical-given.safetensors"
PLANE = WEIGHTS / "plane.safetensors"
NULL = WEIGHTS / "null.safetensors"
_OPINIONS = SECOND_OPINION, SECOND_OPINION_GIVEN, ELLIPTICAL, ELLIPTICAL_GIVEN, PLANE
_NO_NETWORKS = HEAD, CONDITIONAL, NULL, *_OPINIONS
IMAGES = DOCS / "images"


def home() -> Path:
    """$MIST_HOME, or .mist in the working folder; it need not exist yet.

    Raises:
        StorageError: no folder can have such a name.
    """
    folder = Path(os.environ.get("MIST_HOME") or ".mist")
    try:
        folder.is_dir()  # a name that is too long is the only one that raises
        str(folder).encode()
    except (OSError, UnicodeEncodeError) as error:
        raise StorageError(f"MIST_HOME: no folder can be named {str(folder)!a:.80}.") from error
    return folder


def shipped(folder: Path) -> list[str]:
    """Names of the networks in a folder such as `WEIGHTS`."""
    others = {path.name for path in _NO_NETWORKS}
    return sorted(p.stem for p in folder.glob("*.safetensors") if p.name not in others)

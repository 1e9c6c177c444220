"""The weights one can choose from: those shipped with the package and those kept here."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from mist_core import paths
from mist_core.errors import WeightsError
from mist_core.networks.registry import load_network
from mist_core.paths import WEIGHTS, home
from mist_core.weights.finished import require_finished
from mist_core.weights.header import check_header

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FIRST = "general"
MOST_KEPT = 50


def shipped() -> list[str]:
    """Names of the weights in the repository, the default first."""
    return sorted(paths.shipped(WEIGHTS), key=_first_first)


def kept() -> list[str]:
    """Names of the weights kept here, in order."""
    return sorted(path.stem for path in _folder().glob("*.safetensors"))


def names() -> list[str]:
    """All names, the shipped ones first."""
    return shipped() + [name for name in kept() if name not in shipped()]


def path_of(name: str) -> Path:
    """The file of these weights.

    Raises:
        WeightsError: there are none of that name.
    """
    if name in shipped():
        return WEIGHTS / f"{name}.safetensors"
    if name in kept():
        return _folder() / f"{name}.safetensors"
    raise WeightsError(f"There are no weights {name!r} here; there are {', '.join(names())}.")


def default() -> str:
    """The weights every page starts with: the ones chosen here, if they still exist."""
    try:
        name = _default_path().read_text().strip()
    except FileNotFoundError:
        name = FIRST
    return name if name in names() else FIRST


def make_default(name: str) -> None:
    """Every page starts with these from now on.

    Raises:
        WeightsError: there are none of that name.
    """
    path_of(name)
    home().mkdir(parents=True, exist_ok=True)
    _default_path().write_text(name)


def keep(source: Path, name: str) -> Path:
    """Copy a finished run's weights into the library; the copy appears whole or not at all.

    Raises:
        WeightsError: the name is taken or not a name, or the file is not that of a finished run.
    """
    _require_free(name)
    _, checkpoint = load_network(source)
    require_finished(source, checkpoint.card)
    _folder().mkdir(parents=True, exist_ok=True)
    target = _folder() / f"{name}.safetensors"
    beside = target.with_name(f".{name}.{os.getpid()}.tmp")
    shutil.copyfile(source, beside)
    os.replace(beside, target)
    return target


def import_weights(content: bytes, name: str) -> Path:
    """Take in a file from elsewhere, once its header, its sizes and its digest have been checked.

    Raises:
        WeightsError: as `keep`, or the file is too large, damaged or foreign.
    """
    _require_free(name)
    check_header(content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.safetensors"
        path.write_bytes(content)
        return keep(path, name)


def remove(name: str) -> None:
    """Delete kept weights; shipped ones stay.

    Raises:
        WeightsError: none of that name are kept here.
    """
    if name not in kept():
        raise WeightsError(f"No weights {name!r} are kept here.")
    (_folder() / f"{name}.safetensors").unlink()


def _require_free(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise WeightsError(
            f"name: expected small letters, digits and hyphens, at most 40, got {name[:60]!r}."
        )
    if name in names():
        raise WeightsError(f"name: {name!r} is taken; choose another.")
    if len(kept()) >= MOST_KEPT:
        raise WeightsError(f"{MOST_KEPT} weights are kept already: delete one first.")


def _folder() -> Path:
    return home() / "weights"


def _default_path() -> Path:
    return home() / "default-weights.txt"


def _first_first(name: str) -> tuple[bool, str]:
    return name != FIRST, name

"""The weights one can choose from: those shipped with the package and those kept here.

A file in the data folder may be anything: each is checked before its name is offered, and what
cannot be used is a `Flaw`.
"""

import functools
import os
import re
import tempfile
from functools import partial
from pathlib import Path

from mist_core.errors import MISTError, WeightsError
from mist_core.files import (
    Flaw,
    content_of,
    delete,
    exists,
    set_aside,
    storing,
    write_whole,
)
from mist_core.networks.limits import LIMITS
from mist_core.networks.registry import load_network, require_answers
from mist_core.paths import WEIGHTS, home
from mist_core.weights.header import architecture_of, check_header
from mist_core.weights.usable import load_usable, require_usable

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FIRST = "general"
MOST_KEPT = 50


def shipped() -> list[str]:
    """Names of the weights in the repository, the default first."""
    names = [path.stem for path in WEIGHTS.glob("*.safetensors") if _is_estimator(path)]
    return sorted(names, key=_first_first)


def kept() -> list[str]:
    """Names of the weights kept here that can be used, in order."""
    return sorted(path.stem for path in _files() if _fault(path) is None)


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
    raise WeightsError(f"There are no weights {name!r:.80} here; there are {', '.join(names())}.")


def default() -> str:
    """The weights every page starts with: the ones chosen here, if they can be used."""
    chosen = _chosen()
    return chosen if chosen in names() else FIRST


def make_default(name: str) -> None:
    """Every page starts with these from now on.

    Raises:
        WeightsError: there are none of that name.
        StorageError: the choice cannot be written; the earlier one stays.
    """
    path_of(name)
    with storing(_default_path()):
        home().mkdir(parents=True, exist_ok=True)
        write_whole(_default_path(), name.encode())


def keep(source: Path, name: str) -> Path:
    """Copy a finished run's weights into the library; the copy appears whole or not at all.

    Raises:
        WeightsError: the name is taken or not a name, or the file is not that of a finished run.
        StorageError: the copy cannot be written.
    """
    _require_free(name)
    network, checkpoint = load_network(source)
    require_usable(source, checkpoint.card)
    require_answers(network, source)
    target = _folder() / f"{name}.safetensors"
    with storing(target):
        _folder().mkdir(parents=True, exist_ok=True)
        write_whole(target, source.read_bytes())
    return target


def import_weights(content: bytes, name: str) -> Path:
    """Take in a file from elsewhere, once its header, its sizes and its digest have been checked.

    Raises:
        WeightsError: as `keep`, or the file is too large, damaged or foreign.
        StorageError: as `keep`.
    """
    _require_free(name)
    check_header(content)
    with storing(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.safetensors"
        path.write_bytes(content)
        try:
            return keep(path, name)
        except WeightsError as error:
            raise WeightsError(str(error).replace(str(path), "The file")) from error


def remove(name: str) -> None:
    """Delete kept weights, whatever state they are in; shipped ones stay.

    Raises:
        WeightsError: none of that name are kept here.
    """
    if name not in {path.stem for path in _files()}:
        raise WeightsError(f"No weights {name!r:.80} are kept here.")
    delete(_folder() / f"{name}.safetensors")
    if _chosen() == name:
        delete(_default_path())


def flaws() -> list[Flaw]:
    """What of the library cannot be used, each in a sentence."""
    found = [
        Flaw(
            f"The weights {path.stem!r:.80} cannot be used: {fault}",
            {
                "Set them aside": partial(set_aside, path, home()),
                "Delete them": partial(remove, path.stem),
            },
        )
        for path in _files()
        if (fault := _fault(path))
    ]
    path, chosen = _default_path(), _chosen()
    if exists(path) and chosen not in names():
        says = f"names {chosen!r:.80}, which cannot be used" if chosen else "cannot be read"
        sentence = f"The choice of default weights {says}: {FIRST!r} stands in."
        found.append(Flaw(sentence, {"Set it aside": partial(set_aside, path, home())}))
    return found


def _files() -> list[Path]:
    """What lies among kept weights, of any kind."""
    return sorted(_folder().glob("*.safetensors"))


def _fault(path: Path) -> str | None:
    """Why a kept file cannot be used; looked up again only when the file has changed."""
    try:
        stat = path.stat()
    except OSError as error:
        return f"{error.strerror}."
    return _fault_of(path.absolute(), (stat.st_mtime_ns, stat.st_size, stat.st_ino))


@functools.lru_cache(maxsize=4 * MOST_KEPT)
def _fault_of(path: Path, stamp: tuple[int, ...]) -> str | None:
    if not _NAME.fullmatch(path.stem):
        return "its name has other letters than small ones, digits and hyphens."
    try:
        load_usable(path)
    except (MISTError, OSError) as error:
        return str(error).replace(f"{path}: ", "")
    return None


@functools.lru_cache(maxsize=64)
def _is_estimator(path: Path) -> bool:
    """Beside the estimators stand parts of them, such as what `refine` needs."""
    return architecture_of(path) in LIMITS


def _chosen() -> str:
    """The name in the file of the default choice; empty where there is none to be read."""
    try:
        text = content_of(_default_path()).decode().strip()
    except (OSError, ValueError):
        return ""
    return text if text.isprintable() else ""


def _require_free(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise WeightsError(
            f"name: expected small letters, digits and hyphens, at most 40, got {name[:60]!r}."
        )
    if name in {*shipped(), *(path.stem for path in _files())}:
        raise WeightsError(f"name: {name!r} is taken; choose another.")
    if len(_files()) >= MOST_KEPT:
        raise WeightsError(f"{MOST_KEPT} weights are kept already: delete one first.")


def _folder() -> Path:
    """Where weights are kept: never where the shipped ones lie, which can be deleted by nobody."""
    folder = home() / "weights"
    if os.path.realpath(folder) == os.path.realpath(WEIGHTS):
        return home() / "kept-weights"
    return folder


def _default_path() -> Path:
    return home() / "default-weights.txt"


def _first_first(name: str) -> tuple[bool, str]:
    return name != FIRST, name

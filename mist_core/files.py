"""Files that may be missing, damaged or full at any moment: written whole, read warily, set aside.

A disk may be full, a file may be cut short by a power cut, edited by hand, or of another version.
Nothing of that ends in a trace: what cannot be used is named, and can be set aside.
"""

import contextlib
import errno
import glob
import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mist_core.errors import StorageError

ASIDE = "aside"
# Of a text that is read as a whole; none that is written here comes near.
MOST_TEXT = 1 << 26


@dataclass(frozen=True)
class Flaw:
    """Something in the data folder that cannot be used.

    Attributes:
        sentence: what, and why.
        remedies: what can be done about it, by the words of a button; each raises `MISTError`
            where it cannot be done.
    """

    sentence: str
    remedies: Mapping[str, Callable[[], object]]


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """What goes wrong with the disk inside, as a sentence.

    Raises:
        StorageError: the disk is full, the folder cannot be written, a file stands in its place...
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageError(
            f"{path} cannot be written ({why}): free some space, for instance on the Train page, "
            "or set MIST_HOME to a folder that can be written."
        ) from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What goes wrong with reading a file inside, as a sentence.

    Raises:
        StorageError: it is gone, or cannot be read.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageError(f"{path.name} cannot be read ({why}): load the page again.") from error


def opened(path: Path) -> BinaryIO:
    """A file to be read, from its beginning.

    Raises:
        OSError: it cannot be read, or is none: nobody may fill a pipe, and a device never ends.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return path.open("rb")


def content_of(path: Path, most: int = MOST_TEXT) -> bytes:
    """What a file holds.

    Raises:
        OSError: as `opened`, or it has more than `most` bytes.
    """
    with opened(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", str(path))
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Write a file: a reader sees the old one or the new one, never half, even after a power cut.

    Removes what earlier writers of the same file left when they were killed.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    _remove_leftovers(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    _keep_name(path.parent)


def set_aside(path: Path, folder: Path) -> Path:
    """Move a file or folder into `folder`/aside, under a name that is free there.

    Raises:
        StorageError: it cannot be moved.
    """
    with storing(folder / ASIDE):
        (folder / ASIDE).mkdir(parents=True, exist_ok=True)
        target = folder / ASIDE / f"{path.name}-{secrets.token_hex(4)}"
        os.rename(path, target)
    return target


def delete(path: Path) -> None:
    """Delete a file, a link, or a folder with all that is in it; it may be gone already.

    Raises:
        StorageError: something of it is left.
    """
    with storing(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def read_json(path: Path) -> object:
    """What a JSON file holds; None where it is missing, damaged, or no file."""
    try:
        return json.loads(content_of(path))
    except (OSError, ValueError, RecursionError):  # broken UTF-8 is a ValueError, too
        return None


def exists(path: Path) -> bool:
    """Whether something is there, a link to nothing included."""
    return os.path.lexists(path)


def _remove_leftovers(path: Path) -> None:
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        if not _is_alive(left.name.removesuffix(".tmp").rsplit(".", 1)[-1].partition("-")[0]):
            with contextlib.suppress(OSError):
                left.unlink()


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:  # of somebody else
        pass
    return True


def _keep_name(folder: Path) -> None:
    """Let the folder's list of names outlast a power cut; some systems cannot, and need not."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""The room that runs take on the disk, and how some of it is freed: nothing here needs any."""

import contextlib
import shutil
from pathlib import Path

from mist_core.errors import JobError

LEAST_FREE_BYTES = 3_000_000_000
MOST_BYTES = 20_000_000_000
# What a run needs only to go on.
WORKING_FILES = (
    "shard-*.safetensors",
    "strange-*.safetensors",
    "validation-*.safetensors",
    "state.safetensors",
    "*.part",
    ".*.tmp",
)


def require_room(folder: Path) -> None:
    """Refuse another run where the disk is nearly full, or old runs fill it.

    Raises:
        JobError: with the numbers.
    """
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise JobError(f"Only {free / 1e9:.1f} GB of disk are free: make room first.")
    used = size_of(folder)
    if used > MOST_BYTES:
        raise JobError(f"Old runs take {used / 1e9:.1f} GB: free some of it first, below.")


def size_of(folder: Path) -> int:
    """Bytes of all files in it."""
    return sum(_size(path) for path in folder.rglob("*"))


def has_working_files(folder: Path) -> bool:
    """Whether there is something to `drop_working_files`."""
    return next(folder.glob("shard-*"), None) is not None


def drop_working_files(folder: Path) -> None:
    """Delete drawn data and state of a run that has ended; weights and progress stay."""
    for pattern in WORKING_FILES:
        for path in folder.glob(pattern):
            with contextlib.suppress(OSError):
                path.unlink()


def drop(path: Path) -> None:
    """Delete a file or a folder, whatever it is, as far as it can be deleted."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # a run may be at work there
        return 0

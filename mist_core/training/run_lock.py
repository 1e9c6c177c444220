"""One process at a time in a run's folder, by a lock that the kernel frees when its holder ends.

Neither a process number nor a time of creation says for sure that a process is still at work:
numbers are used again, and times move when somebody sets the clock.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mist_core.errors import JobError

# In the environment of a process that was given the lock of its folder: the open file's number.
HANDED_DOWN = "MIST_RUN_LOCK"
# Whoever looks holds the lock for an instant.
TRIES, BETWEEN_TRIES = 20, 0.05


def lock_path(folder: Path) -> Path:
    """The file that is locked; what it holds says nothing."""
    return folder / "lock"


def take_lock(folder: Path) -> int | None:
    """The lock as an open file, to be closed or handed down; None where another process has it.

    Raises:
        OSError: the folder is gone, or cannot be written.
    """
    file = os.open(lock_path(folder), os.O_RDWR | os.O_CREAT, 0o644)
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            time.sleep(BETWEEN_TRIES)
        except OSError:  # a file system without locks
            return file
    os.close(file)
    return None


def is_locked(folder: Path) -> bool:
    """Whether a process is at work in the folder."""
    try:
        file = os.open(lock_path(folder), os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait
    except OSError:  # nobody has ever begun here, or the folder is gone
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(file)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Inside, this process alone works in the folder, which must exist.

    Raises:
        JobError: another process is at work there.
    """
    if _was_handed_down(folder):
        yield
        return
    file = take_lock(folder)
    if file is None:
        raise JobError(f"Another process is at work in {folder}: wait for it, or end it first.")
    try:
        yield
    finally:
        os.close(file)


def _was_handed_down(folder: Path) -> bool:
    """Whether who started this process has locked the folder for it."""
    try:
        mine = os.fstat(int(os.environ.get(HANDED_DOWN, "")))
        return os.path.samestat(mine, os.stat(lock_path(folder)))
    except (OSError, ValueError, OverflowError):
        return False

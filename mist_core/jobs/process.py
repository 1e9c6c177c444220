"""One background process and its children: started, known again, measured, ended.

A process is known by its number and a word of its command line: numbers are used again, and times
of creation move when the clock is set. While it works it holds the lock of its run's folder, see
`mist_core.training.run_lock`, which it was given when it started.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from mist_core.paths import ROOT, home
from mist_core.training.run_lock import HANDED_DOWN, take_lock

NICENESS = 10
GRACE_SECONDS = 3.0
# Children of this server, kept so that the ended ones can be collected.
_children: dict[int, subprocess.Popen] = {}


@dataclass(frozen=True)
class ProcessKey:
    """A process for good: its number, and a mark that the command line of no other one holds."""

    pid: int
    mark: str


@dataclass(frozen=True)
class Usage:
    """What a process and its children use.

    Attributes:
        cores: processors kept busy, on average since it started.
        memory: resident bytes, of all together; pages they share count for each.
    """

    cores: float
    memory: int


def start(command: Sequence[str], log: Path) -> ProcessKey | None:
    """Start a command in a group of its own, at low priority, its words going to `log`.

    It lives on when this server ends, and no Ctrl-C in the terminal reaches it. The folder of `log`
    is locked as long as it lives; the folder's name is its mark and must stand in the command.

    Returns:
        The process, or None where another one is at work in the folder.

    Raises:
        OSError: the folder is gone or cannot be written, or there is no such program.
    """
    lock = take_lock(log.parent)
    if lock is None:
        return None
    try:
        child = _start(command, log, lock)
    finally:
        os.close(lock)  # the child has its own
    _children[child.pid] = child
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(child.pid).nice(NICENESS)  # the data workers inherit it
    return ProcessKey(child.pid, log.parent.name)


def _start(command: Sequence[str], log: Path, lock: int) -> subprocess.Popen:
    with log.open("wb") as words:
        return subprocess.Popen(
            list(command),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock,),
            env=os.environ
            | {
                "OMP_NUM_THREADS": "1",
                "PYTHONUNBUFFERED": "1",
                "MIST_HOME": str(home().absolute()),
                HANDED_DOWN: str(lock),
            },
        )


def is_alive(key: ProcessKey) -> bool:
    """Whether this very process still runs; one that works may also be known by its lock."""
    alive = _find(key) is not None
    # Afterwards: a child that ended in between would be left a zombie, known to be gone.
    if key.pid in _children and _children[key.pid].poll() is not None:
        del _children[key.pid]
    return alive


def usage(key: ProcessKey) -> Usage | None:
    """What it uses now; None when it is gone."""
    process = _find(key)
    cpu, memory = 0.0, 0
    for member in _with_children(process):
        try:
            times = member.cpu_times()
            cpu += times.user + times.system
            memory += member.memory_info().rss
        except psutil.Error:  # ended between the two lines
            continue
    if not memory:
        return None
    # Both move with the clock, so their difference does not.
    return Usage(cpu / max(time.time() - process.create_time(), 1.0), memory)


def end(key: ProcessKey) -> None:
    """SIGTERM to the whole group, and SIGKILL to what is left of it after GRACE_SECONDS."""
    members = _with_children(_find(key))
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if not members:
            break
        _signal_group(key, sign)
        members = psutil.wait_procs(members, timeout=GRACE_SECONDS)[1]
    is_alive(key)  # collects it


def _with_children(process: psutil.Process | None) -> list[psutil.Process]:
    try:
        return [] if process is None else [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _find(key: ProcessKey) -> psutil.Process | None:
    try:
        process = psutil.Process(key.pid)
        mine = any(key.mark in word for word in process.cmdline())  # a zombie has no words
        return process if mine else None
    except (psutil.Error, ValueError):
        return None


def _signal_group(key: ProcessKey, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(key.pid, sign)  # a group is named after the process that began it

"""One background process and its children: started, known again, measured, ended.

A process is known by its number and its creation time, because numbers are used again.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from mist_core.paths import ROOT, home

NICENESS = 10
GRACE_SECONDS = 3.0
# Children of this server, kept so that the ended ones can be collected.
_children: dict[int, subprocess.Popen] = {}


@dataclass(frozen=True)
class ProcessKey:
    """A process for good: its number and when it was created, seconds since 1970."""

    pid: int
    created: float


@dataclass(frozen=True)
class Usage:
    """What a process and its children use.

    Attributes:
        cores: processors kept busy, on average since it started.
        memory: resident bytes, of all together; pages they share count for each.
    """

    cores: float
    memory: int


def start(command: Sequence[str], log: Path) -> ProcessKey:
    """Start a command in a group of its own, at low priority, its words going to `log`.

    It lives on when this server ends, and no Ctrl-C in the terminal reaches it.
    """
    with log.open("wb") as words:
        child = subprocess.Popen(
            list(command),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ
            | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "MIST_HOME": str(home().resolve())},
        )
    _children[child.pid] = child
    process = psutil.Process(child.pid)
    process.nice(NICENESS)  # the data workers inherit it
    return ProcessKey(child.pid, process.create_time())


def is_alive(key: ProcessKey) -> bool:
    """Whether this very process still runs."""
    alive = _find(key) is not None
    # Afterwards: a child that ended in between would be left a zombie, known to be gone.
    if key.pid in _children and _children[key.pid].poll() is not None:
        del _children[key.pid]
    return alive


def usage(key: ProcessKey) -> Usage | None:
    """What it uses now; None when it is gone."""
    process = _find(key)
    if process is None:
        return None
    cpu, memory = 0.0, 0
    for member in [process, *process.children(recursive=True)]:
        try:
            times = member.cpu_times()
            cpu += times.user + times.system
            memory += member.memory_info().rss
        except psutil.NoSuchProcess:  # ended between the two lines
            continue
    return Usage(cpu / max(time.time() - key.created, 1.0), memory)


def end(key: ProcessKey) -> None:
    """SIGTERM to the whole group, and SIGKILL to what is left of it after GRACE_SECONDS."""
    process = _find(key)
    if process is None:
        return
    members = [process, *process.children(recursive=True)]
    for sign in (signal.SIGTERM, signal.SIGKILL):
        _signal_group(key, sign)
        members = psutil.wait_procs(members, timeout=GRACE_SECONDS)[1]
        if not members:
            break
    is_alive(key)  # collects it


def _find(key: ProcessKey) -> psutil.Process | None:
    try:
        process = psutil.Process(key.pid)
        same = abs(process.create_time() - key.created) < 0.05
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _signal_group(key: ProcessKey, sign: signal.Signals) -> None:
    try:
        os.killpg(key.pid, sign)  # a group is named after the process that began it
    except ProcessLookupError:
        return

"""Background training runs: one at a time, the rest in a queue, none lost.

A run is a process of its own (`python -m mist_core train`), which outlives the page and the server
that started it. Whoever looks at the runs calls `refresh`: it marks those whose process is gone
and starts the next in the queue. Everything lives under the data folder (`mist_core.paths`).
"""

import contextlib
import secrets
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mist_core.errors import JobError, MISTError
from mist_core.jobs import process as job_process
from mist_core.jobs.plan import Plan, start_path, weights_path
from mist_core.jobs.store import (
    FAILED,
    FINISHED,
    LOST,
    PAUSED,
    QUEUED,
    RESUMABLE,
    RUNNING,
    STOPPED,
    Job,
    JobStore,
    Transaction,
)
from mist_core.paths import home
from mist_core.training.control import PAUSE, STOP, heartbeat_path, request_path

LONGEST_QUEUE = 8
LEAST_FREE_BYTES = 3_000_000_000
MOST_BYTES = 20_000_000_000
# What a run needs only to go on.
WORKING_FILES = ("shard-*.safetensors", "state.safetensors", "*.part")
VANISHED = (
    "Its process ended without a word: it was killed, or the machine went down. Resume goes on "
    "from the last saved state, at most a minute earlier."
)


@dataclass(frozen=True)
class Lab:
    """All background runs of one data folder.

    Attributes:
        folder: where runs and their list live.
        program: what is started for a run, before the arguments of its plan.
    """

    folder: Path = field(default_factory=lambda: home().resolve() / "jobs")
    program: tuple[str, ...] = (sys.executable, "-m", "mist_core")

    def submit(self, plan: Plan, start: Path | None = None) -> str:
        """Put a run in the queue, and start it if nothing else runs.

        Args:
            plan: what to do.
            start: the weights file to start from, when the plan names one.

        Returns:
            Its id.

        Raises:
            JobError: the queue is full, or the disk.
        """
        id = secrets.token_hex(16)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._require_room()
        with self._store.transaction() as now:
            if len(now.jobs(QUEUED)) >= LONGEST_QUEUE:
                raise JobError(f"{LONGEST_QUEUE} runs wait already: discard one of them first.")
            folder = self.run_folder(id)
            folder.mkdir()
            if start is not None:
                shutil.copyfile(start, start_path(folder))
            now.add(id, plan, time.time())
        self.refresh()
        return id

    def refresh(self) -> list[Job]:
        """Mark runs whose process is gone, start the next one; returns all, the oldest first."""
        if not self._store.path.exists():
            return []
        with self._store.transaction() as now:
            for job in now.jobs(RUNNING):
                if not job_process.is_alive(job.process):
                    now.mark(job.id, *self._outcome(job))
            if not now.jobs(RUNNING):
                for job in now.jobs(QUEUED)[:1]:
                    self._start(now, job)
            return now.jobs()

    def watch(self, stop: threading.Event, seconds: float = 5.0) -> None:
        """Refresh every so many seconds until `stop`: the queue moves while nobody looks."""
        while not stop.wait(seconds):
            # A folder that is being removed, or a lock held for long, is no reason to give up.
            with contextlib.suppress(OSError, sqlite3.Error, MISTError):
                self.refresh()

    def job(self, id: str) -> Job:
        """One run as it is now.

        Raises:
            JobError: there is none of that id.
        """
        self.refresh()
        if not self._store.path.exists():
            raise JobError("There is no such run here: it was discarded, or the link is wrong.")
        with self._store.transaction() as now:
            return now.job(id)

    def pause(self, id: str) -> None:
        """Ask it to keep its state and end; one that waits leaves the queue."""
        self._ask(id, PAUSE)

    def stop(self, id: str) -> None:
        """Ask it to write the weights as they are and end; one that waits leaves the queue."""
        self._ask(id, STOP)

    def stop_now(self, id: str) -> None:
        """End its processes within seconds: it can go on from its last saved state."""
        job = self.job(id)
        if job.state == RUNNING:
            request_path(self.run_folder(id)).write_text(PAUSE)
            job_process.end(job.process)
        if job.active:
            with self._store.transaction() as now:
                now.mark(id, STOPPED)
        self.refresh()

    def resume(self, id: str) -> None:
        """Back into the queue, to go on where it stood.

        Raises:
            JobError: it is not one that can go on.
        """
        with self._store.transaction() as now:
            if now.job(id).state not in RESUMABLE:
                raise JobError("Only a run that was paused, stopped or lost can be resumed.")
            now.mark(id, QUEUED)
        self.refresh()

    def discard(self, id: str) -> None:
        """End it and delete everything it left, kept weights excepted."""
        self.stop_now(id)
        with self._store.transaction() as now:
            now.remove(now.job(id).id)
        shutil.rmtree(self.run_folder(id), ignore_errors=True)

    def mark_kept(self, id: str, name: str) -> None:
        """Remember the name its weights were kept under."""
        with self._store.transaction() as now:
            now.mark_kept(id, name)

    def size(self, id: str) -> int:
        """Bytes of its folder."""
        return sum(_size(path) for path in self.run_folder(id).glob("*"))

    def prunable(self) -> list[Job]:
        """Finished runs that still hold data they no longer need, the oldest first."""
        return [
            job
            for job in self.refresh()
            if job.state == FINISHED and next(self.run_folder(job.id).glob("shard-*"), None)
        ]

    def prune(self, ids: Sequence[str]) -> None:
        """Delete the drawn data and the state of ended runs; weights and progress stay."""
        ended = {job.id for job in self.refresh() if not job.active}
        for id in ended & set(ids):
            for pattern in WORKING_FILES:
                for path in self.run_folder(id).glob(pattern):
                    path.unlink(missing_ok=True)

    def run_folder(self, id: str) -> Path:
        """Where a run keeps its data, progress and weights."""
        return self.folder / id

    @property
    def _store(self) -> JobStore:
        return JobStore(self.folder / "jobs.sqlite")

    def _start(self, now: Transaction, job: Job) -> None:
        folder = self.run_folder(job.id)
        request_path(folder).unlink(missing_ok=True)
        started = time.time()
        command = [*self.program, *job.plan.arguments(folder)]
        process = job_process.start(command, folder / "log.txt")
        now.mark_running(job.id, process, started)

    def _outcome(self, job: Job) -> tuple[str, str]:
        """State and message of a run whose process is gone."""
        folder = self.run_folder(job.id)
        weights, request = weights_path(folder), request_path(folder)
        if weights.exists() and weights.stat().st_mtime >= job.started - 1:
            return FINISHED, ""
        if error := _error(folder / "log.txt"):
            return FAILED, error
        if request.exists() and request.read_text() == PAUSE:
            return PAUSED, ""
        return LOST, VANISHED

    def _ask(self, id: str, request: str) -> None:
        with self._store.transaction() as now:
            job = now.job(id)
            if job.state == QUEUED:
                now.mark(id, PAUSED)
            elif job.state == RUNNING:
                request_path(self.run_folder(id)).write_text(request)

    def _require_room(self) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < LEAST_FREE_BYTES:
            raise JobError(f"Only {free / 1e9:.1f} GB of disk are free: make room first.")
        used = sum(_size(path) for path in self.folder.rglob("*"))
        if used > MOST_BYTES:
            raise JobError(f"Old runs take {used / 1e9:.1f} GB: free some of it first, below.")


def silent_seconds(folder: Path, job: Job) -> float:
    """Seconds since the last sign of life of a run that has started."""
    path = heartbeat_path(folder)
    beat = path.stat().st_mtime if path.exists() else 0.0
    return time.time() - max(beat, job.started or 0.0)


def _error(log: Path) -> str:
    """The error a run ended with, in its own words: the last line of its log, if it is one."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    last = next((line for line in reversed(lines) if line.strip()), "")
    name, colon, _ = last.partition(":")
    return last[:500] if colon and name.endswith(("Error", "Exception")) else ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # a run may be at work there
        return 0

"""Background training runs: one at a time, the rest in a queue, none lost.

A run is a process of its own (`python -m mist_core train`), which outlives the page and the server
that started it, and holds the lock of its folder as long as it lives. Whoever looks at the runs
calls `refresh`: it marks those whose process is gone and starts the next in the queue. Everything
lives under the data folder (`mist_core.paths`), and any of it may be damaged or gone at any moment.
"""

import contextlib
import json
import secrets
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mist_core.errors import JobError, MISTError
from mist_core.files import storing, write_whole
from mist_core.jobs import process as job_process
from mist_core.jobs import space
from mist_core.jobs.job import (
    FAILED,
    FINISHED,
    PAUSED,
    QUEUED,
    RESUMABLE,
    RUNNING,
    STOPPED,
    Job,
    is_id,
)
from mist_core.jobs.outcome import as_it_is, clear, is_at_work
from mist_core.jobs.plan import Plan, plan_path, start_path
from mist_core.jobs.store import NO_SUCH_RUN, JobStore, ListError, Transaction
from mist_core.paths import home
from mist_core.training.control import PAUSE, STOP, request_path
from mist_core.training.run_lock import is_locked

LONGEST_QUEUE = 8
STUCK = "Its process does not end and is not known here: it was asked to pause, so look again soon."


@dataclass(frozen=True)
class JobQueue:
    """All background runs of one data folder.

    Attributes:
        folder: where runs and their list live.
        program: what is started for a run, before the arguments of its plan.
    """

    folder: Path = field(default_factory=lambda: home().absolute() / "jobs")
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
            StorageError: the data folder cannot be written.
        """
        id = secrets.token_hex(16)
        folder = self.run_folder(id)
        with storing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            space.require_room(self.folder)
        try:
            with self.store.transaction() as now, storing(folder):
                if len(now.jobs(QUEUED)) >= LONGEST_QUEUE:
                    raise JobError(f"{LONGEST_QUEUE} runs wait already: discard one of them first.")
                folder.mkdir()
                if start is not None:
                    shutil.copyfile(start, start_path(folder))
                write_whole(plan_path(folder), json.dumps(plan.to_dict()).encode())
                now.add(id, plan, time.time())
        except MISTError:
            space.drop(folder)
            raise
        self.refresh()
        return id

    def refresh(self) -> list[Job]:
        """Mark runs whose process is gone, start the next one; returns all, the oldest first.

        Where the list cannot be written, the runs come as they are, and nothing starts.

        Raises:
            JobError: the list is damaged, see `mist_core.jobs.recovery`.
        """
        known = self.store.read().jobs
        jobs = [self._as_it_is(job) for job in known]
        if jobs != known or (self._next(jobs) and not self._is_busy(jobs)):
            with contextlib.suppress(ListError), self.store.transaction() as now:
                return self._move(now)
        return jobs

    def watch(self, stop: threading.Event, seconds: float = 5.0) -> None:
        """Refresh every so many seconds until `stop`: the queue moves while nobody looks."""
        while not stop.wait(seconds):
            # A folder that is being removed, or a list in use, is no reason to give up.
            with contextlib.suppress(OSError, MISTError):
                self.refresh()

    def job(self, id: str) -> Job:
        """One run as it is now.

        Raises:
            JobError: there is none of that id.
        """
        for job in self.refresh():
            if job.id == id:
                return job
        raise JobError(NO_SUCH_RUN)

    def pause(self, id: str) -> None:
        """Ask it to keep its state and end; one that waits leaves the queue."""
        self._ask(id, PAUSE)

    def stop(self, id: str) -> None:
        """Ask it to write the weights as they are and end; one that waits leaves the queue."""
        self._ask(id, STOP)

    def stop_now(self, id: str) -> None:
        """End its processes within seconds: it can go on from its last saved state.

        Raises:
            JobError: it does not end.
        """
        before = self.job(id)
        self._end(before)
        with self.store.transaction() as now:
            job = self._as_it_is(now.job(id))
            if before.active and job.state != FINISHED and self.run_folder(id).is_dir():
                job = replace(job, state=STOPPED, message="")
            now.mark(id, job.state, job.message)
        self.refresh()

    def resume(self, id: str) -> None:
        """Back into the queue, to go on where it stood.

        Raises:
            JobError: it is not one that can go on.
        """
        with self.store.transaction() as now:
            job = self._as_it_is(now.job(id))
            if not self.run_folder(id).is_dir():
                raise JobError(job.message)
            if job.state not in RESUMABLE:
                raise JobError("Only a run that was paused, stopped or lost can be resumed.")
            now.mark(id, QUEUED)
        self.refresh()

    def discard(self, id: str) -> None:
        """End it and delete everything it left, kept weights excepted; frees space first."""
        self._end(self.job(id))
        space.drop(self.run_folder(id))
        with self.store.transaction() as now:
            now.remove(id)
        self.refresh()

    def mark_kept(self, id: str, name: str) -> None:
        """Remember the name its weights were kept under."""
        with self.store.transaction() as now:
            now.mark_kept(id, name)

    def size(self, id: str) -> int:
        """Bytes of its folder."""
        return space.size_of(self.run_folder(id))

    def prunable(self) -> list[Job]:
        """Finished runs that still hold data they no longer need, the oldest first."""
        return [
            job
            for job in self.refresh()
            if job.state == FINISHED and space.has_working_files(self.run_folder(job.id))
        ]

    def prune(self, ids: Sequence[str]) -> None:
        """Delete the drawn data and the state of ended runs; weights and progress stay."""
        ended = {job.id for job in self.refresh() if not job.active}
        for id in ended & set(ids):
            space.drop_working_files(self.run_folder(id))

    def run_folder(self, id: str) -> Path:
        """Where a run keeps its data, progress and weights."""
        return self.folder / id

    @property
    def store(self) -> JobStore:
        """The list of runs."""
        return JobStore(self.folder / "jobs.sqlite")

    def _as_it_is(self, job: Job) -> Job:
        return as_it_is(job, self.run_folder(job.id))

    def _next(self, jobs: Sequence[Job]) -> Job | None:
        return next((job for job in jobs if job.state == QUEUED), None)

    def _is_busy(self, jobs: Sequence[Job]) -> bool:
        """Whether anything runs, a run that the list does not know included."""
        return any(job.state == RUNNING for job in jobs) or any(
            is_locked(folder) for folder in self.folder.glob("*") if is_id(folder.name)
        )

    def _move(self, now: Transaction) -> list[Job]:
        jobs = now.jobs()
        for before in jobs:
            job = self._as_it_is(before)
            if job != before:
                now.mark(job.id, job.state, job.message)
            if job.state == FAILED and before.state == RUNNING and before.process:
                job_process.end(before.process)  # its folder is gone: it cannot keep anything
        while (job := self._next(jobs := now.jobs())) and not self._is_busy(jobs):
            if not self._start(now, job):
                break
        return jobs

    def _start(self, now: Transaction, job: Job) -> bool:
        """Whether the queue has moved on: the run started, or cannot be started."""
        folder, started = self.run_folder(job.id), time.time()
        try:
            clear(folder)
            command = [*self.program, *job.plan.arguments(folder)]
            process = job_process.start(command, folder / "log.txt")
        except OSError as error:
            now.mark(job.id, FAILED, f"It could not be started: {error.strerror or error}.")
            return True
        if process:
            now.mark_running(job.id, process, started)
        return process is not None

    def _end(self, job: Job) -> None:
        if job.state != RUNNING:
            return
        folder = self.run_folder(job.id)
        with contextlib.suppress(OSError):  # the disk may be full: it is ended all the same
            request_path(folder).write_text(PAUSE)
        if job.process:
            job_process.end(job.process)
        if is_at_work(replace(job, process=None), folder):
            raise JobError(STUCK)

    def _ask(self, id: str, request: str) -> None:
        with self.store.transaction() as now:
            job = now.job(id)
            if job.state == QUEUED:
                now.mark(id, PAUSED)
            elif job.state == RUNNING:
                with storing(self.run_folder(id)):
                    request_path(self.run_folder(id)).write_text(request)

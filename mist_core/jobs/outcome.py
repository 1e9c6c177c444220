"""What has become of a run, by its folder and its process: no clock has a say in it."""

import time
from dataclasses import replace
from pathlib import Path

from mist_core.files import exists, opened
from mist_core.jobs import process as job_process
from mist_core.jobs.job import FAILED, FINISHED, LOST, PAUSED, RUNNING, Job
from mist_core.jobs.plan import weights_path
from mist_core.training.control import PAUSE, heartbeat_path, last_beat, request_path, requested
from mist_core.training.run_lock import is_locked

VANISHED = (
    "Its process ended without a word: it was killed, or the machine went down. Resume goes on "
    "from the last saved state, at most a minute earlier."
)
GONE = "Its folder is gone, and with it all that it had: discard it, and start another one."
_END_OF_LOG = 20_000  # bytes


def as_it_is(job: Job, folder: Path) -> Job:
    """The run with the state that its folder and its process show now.

    Args:
        job: as it was written down.
        folder: of the run.
    """
    if not folder.is_dir():
        return _marked(job, FAILED, GONE)
    if is_at_work(job, folder):
        return job if job.state == RUNNING else _marked(job, RUNNING, "")
    return _marked(job, *outcome(folder)) if job.state == RUNNING else job


def is_at_work(job: Job, folder: Path) -> bool:
    """Whether a process works in the folder: it holds the lock, or is known by its number."""
    alive = job.process is not None and job_process.is_alive(job.process)
    return is_locked(folder) or (alive and job.state == RUNNING)


def outcome(folder: Path) -> tuple[str, str]:
    """State and message of a run whose process is gone."""
    if exists(weights_path(folder)):  # of an earlier start there are none, see `JobQueue`
        return FINISHED, ""
    if error := _error(folder / "log.txt"):
        return FAILED, error
    return (PAUSED, "") if requested(folder) == PAUSE else (LOST, VANISHED)


def silent_seconds(folder: Path, job: Job) -> float:
    """Seconds since the last sign of life of a run that has started."""
    beat = last_beat(folder)
    if beat is not None:
        return max(time.monotonic() - beat, 0.0)
    path = heartbeat_path(folder)  # touched by a run of an earlier version, or not yet there
    seen = path.stat().st_mtime if path.exists() else 0.0
    return max(time.time() - max(seen, job.started or 0.0), 0.0)


def clear(folder: Path) -> None:
    """Remove what a last start left to say how it ended."""
    for path in (request_path(folder), weights_path(folder)):
        path.unlink(missing_ok=True)


def _marked(job: Job, state: str, message: str) -> Job:
    return replace(job, state=state, message=message)


def _error(log: Path) -> str:
    """The error a run ended with, in its own words: the last line of its log, if it is one."""
    try:
        with opened(log) as file:
            file.seek(max(log.stat().st_size - _END_OF_LOG, 0))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    last = next((line for line in reversed(lines) if line.strip()), "")
    name, colon, _ = last.partition(":")
    return last[:500] if colon and name.endswith(("Error", "Exception")) else ""

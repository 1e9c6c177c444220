"""One background run as the list knows it."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from mist_core.errors import JobError, MISTError
from mist_core.jobs.plan import Plan
from mist_core.jobs.process import ProcessKey

QUEUED, RUNNING, PAUSED, FINISHED = "queued", "running", "paused", "finished"
STOPPED, LOST, FAILED = "stopped", "lost", "failed"
STATES = (QUEUED, RUNNING, PAUSED, FINISHED, STOPPED, LOST, FAILED)
RESUMABLE = (PAUSED, STOPPED, LOST, FAILED)
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Job:
    """One background run as the list knows it.

    Attributes:
        id: unguessable, part of the address of its page.
        plan: what it does.
        state: QUEUED, RUNNING, PAUSED, FINISHED, STOPPED (at once), LOST (its process is gone) or
            FAILED.
        submitted, started: seconds since 1970; `started` of its last start, or None.
        process: of its last start, or None.
        message: why it failed, or is lost.
        kept: name under which its weights were kept, or None.
    """

    id: str
    plan: Plan
    state: str
    submitted: float
    started: float | None
    process: ProcessKey | None
    message: str
    kept: str | None

    @property
    def active(self) -> bool:
        """Whether it runs or waits for its turn."""
        return self.state in (QUEUED, RUNNING)


def is_id(text: object) -> bool:
    """Whether it may be a run's id: nothing else becomes part of a path."""
    return isinstance(text, str) and bool(_ID.fullmatch(text))


def job_of(row: dict) -> Job:
    """The run in a row of the list; the row may come from anywhere.

    Raises:
        JobError: it is of another version, or damaged.
    """
    for name, fine in _FIELDS.items():
        if name not in row or not fine(row[name]):
            raise JobError(f"{name}: missing or damaged.")
    return Job(
        id=row["id"],
        plan=_plan(row["plan"]),
        state=row["state"],
        submitted=row["submitted"],
        started=row["started"],
        process=ProcessKey(row["pid"], row["id"]) if row["pid"] else None,
        message=row["message"],
        kept=row["kept"],
    )


def _plan(text: str) -> Plan:
    try:
        return Plan(**json.loads(text))
    except MISTError as error:
        raise JobError(f"plan: of another version, or damaged ({error})") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise JobError("plan: of another version, or damaged.") from error


def _is_time(value: object) -> bool:
    # The page shows it as a date: beyond these years there are none.
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value < 2e11


def _or_none(fine: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or fine(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_FIELDS: dict[str, Callable[[object], bool]] = {
    "id": is_id,
    "plan": _is_text,
    "state": lambda value: value in STATES,
    "submitted": _is_time,
    "started": _or_none(_is_time),
    "pid": _or_none(lambda value: isinstance(value, int) and 0 < value < 2**31),
    "message": _is_text,
    "kept": _or_none(_is_text),
}

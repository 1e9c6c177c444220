"""The list of background runs, in one SQLite file that several servers may share."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mist_core.errors import JobError
from mist_core.jobs.plan import Plan
from mist_core.jobs.process import ProcessKey

QUEUED, RUNNING, PAUSED, FINISHED = "queued", "running", "paused", "finished"
STOPPED, LOST, FAILED = "stopped", "lost", "failed"
RESUMABLE = (PAUSED, STOPPED, LOST, FAILED)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted REAL NOT NULL,
    started REAL,
    pid INTEGER,
    pid_created REAL,
    message TEXT NOT NULL DEFAULT '',
    kept TEXT
)"""


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


@dataclass(frozen=True)
class JobStore:
    """The list of runs; each method is one transaction or part of one.

    Attributes:
        path: of the SQLite file; its folder must exist.
    """

    path: Path

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Everything inside happens at once, and in one server at a time."""
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute(_SCHEMA)
                yield Transaction(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


@dataclass(frozen=True)
class Transaction:
    """Reads and writes that belong together."""

    connection: sqlite3.Connection

    def jobs(self, *states: str) -> list[Job]:
        """All runs, or those in these states, the oldest first."""
        rows = self.connection.execute("SELECT * FROM jobs ORDER BY submitted").fetchall()
        return [job for job in map(_job, rows) if not states or job.state in states]

    def job(self, id: str) -> Job:
        """One run.

        Raises:
            JobError: there is none of that id.
        """
        row = self.connection.execute("SELECT * FROM jobs WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise JobError("There is no such run here: it was discarded, or the link is wrong.")
        return _job(row)

    def add(self, id: str, plan: Plan, submitted: float) -> None:
        """A new run at the end of the queue."""
        values = (id, json.dumps(plan.to_dict()), QUEUED, submitted)
        self.connection.execute(
            "INSERT INTO jobs (id, plan, state, submitted) VALUES (?, ?, ?, ?)", values
        )

    def mark(self, id: str, state: str, message: str = "") -> None:
        """Its new state, and why."""
        self.connection.execute(
            "UPDATE jobs SET state = ?, message = ? WHERE id = ?", (state, message, id)
        )

    def mark_running(self, id: str, process: ProcessKey, started: float) -> None:
        """It runs, in this process."""
        self.connection.execute(
            "UPDATE jobs SET state = ?, message = '', started = ?, pid = ?, pid_created = ? "
            "WHERE id = ?",
            (RUNNING, started, process.pid, process.created, id),
        )

    def mark_kept(self, id: str, name: str) -> None:
        """Its weights were kept under a name."""
        self.connection.execute("UPDATE jobs SET kept = ? WHERE id = ?", (name, id))

    def remove(self, id: str) -> None:
        """Take it off the list."""
        self.connection.execute("DELETE FROM jobs WHERE id = ?", (id,))


def _job(row: sqlite3.Row) -> Job:
    process = ProcessKey(row["pid"], row["pid_created"]) if row["pid"] else None
    return Job(
        id=row["id"],
        plan=Plan(**json.loads(row["plan"])),
        state=row["state"],
        submitted=row["submitted"],
        started=row["started"],
        process=process,
        message=row["message"],
        kept=row["kept"],
    )

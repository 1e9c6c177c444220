"""The list of background runs, in one SQLite file that several servers may share.

The file may be missing, damaged, of another version, or on a full disk: reading writes nothing, a
row that cannot be read is told apart from the others, and all errors of SQLite are `JobError`s.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mist_core.errors import JobError
from mist_core.jobs.job import QUEUED, RUNNING, Job, job_of
from mist_core.jobs.plan import Plan
from mist_core.jobs.process import ProcessKey

PATIENCE = 30.0  # seconds for another server's turn
NO_SUCH_RUN = "There is no such run here: it was discarded, or the link is wrong."
COLUMNS = {"id", "plan", "state", "submitted", "started", "pid", "message", "kept"}
# What SQLite says of a file that is none of its own, or not any more.
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR", "SQLITE_SCHEMA")
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


class ListError(JobError):
    """The list of runs cannot be read or written.

    Attributes:
        damaged: whether the file itself is at fault, and not the disk or another server.
    """

    def __init__(self, message: str, damaged: bool) -> None:
        super().__init__(message)
        self.damaged = damaged


@dataclass(frozen=True)
class BadRow:
    """A row that is no run of this version.

    Attributes:
        number: of the row, SQLite's own.
        reason: why it cannot be read.
        content: by column.
    """

    number: int
    reason: str
    content: dict


@dataclass(frozen=True)
class Listing:
    """All rows, the oldest first."""

    jobs: list[Job]
    bad: list[BadRow]


@dataclass(frozen=True)
class JobStore:
    """The list of runs.

    Attributes:
        path: of the SQLite file; its folder must exist.
    """

    path: Path

    def read(self) -> Listing:
        """All rows; nothing is written, so this works on a full disk, too.

        Raises:
            ListError: the file is damaged.
        """
        if not self.path.exists():
            return Listing([], [])
        with _as_list_errors(self.path):
            try:
                return self._read("mode=ro")
            except sqlite3.OperationalError:
                # A file of an earlier version wants another one beside it, for which there may be
                # no room.
                return self._read("mode=ro&immutable=1")

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Everything inside happens at once, and in one server at a time.

        Raises:
            ListError: the file is damaged, cannot be written, or another server is in its way.
        """
        with (
            _as_list_errors(self.path),
            closing(_connected(self.path, isolation_level=None)) as connection,
        ):
            connection.execute("PRAGMA journal_mode=DELETE")  # leaves nothing beside to be read
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute(_SCHEMA)
                _require_columns(connection, self.path)
                yield Transaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _read(self, how: str) -> Listing:
        address = f"file:{quote(str(self.path.absolute()))}?{how}"
        with closing(_connected(address, uri=True)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone():
                return Listing([], [])  # an empty file: its first row was never written
            _require_columns(connection, self.path)
            return Transaction(connection).listing()


@dataclass(frozen=True)
class Transaction:
    """Reads and writes that belong together."""

    connection: sqlite3.Connection

    def listing(self) -> Listing:
        """All rows."""
        jobs: list[Job] = []
        bad: list[BadRow] = []
        # Not by time: clocks are set back.
        for row in self.connection.execute("SELECT rowid AS number, * FROM jobs ORDER BY rowid"):
            try:
                jobs.append(job_of(dict(row)))
            except JobError as error:
                bad.append(BadRow(row["number"], str(error), dict(row)))
        return Listing(jobs, bad)

    def jobs(self, *states: str) -> list[Job]:
        """All runs that can be read, or those in these states, the oldest first."""
        return [job for job in self.listing().jobs if not states or job.state in states]

    def job(self, id: str) -> Job:
        """One run.

        Raises:
            JobError: there is none of that id.
        """
        for job in self.listing().jobs:
            if job.id == id:
                return job
        raise JobError(NO_SUCH_RUN)

    def add(self, id: str, plan: Plan, submitted: float, state: str = QUEUED) -> None:
        """A new run at the end of the queue."""
        values = (id, json.dumps(plan.to_dict()), state, submitted)
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
            "UPDATE jobs SET state = ?, message = '', started = ?, pid = ? WHERE id = ?",
            (RUNNING, started, process.pid, id),
        )

    def mark_kept(self, id: str, name: str) -> None:
        """Its weights were kept under a name."""
        self.connection.execute("UPDATE jobs SET kept = ? WHERE id = ?", (name, id))

    def remove(self, id: str) -> None:
        """Take it off the list."""
        self.connection.execute("DELETE FROM jobs WHERE id = ?", (id,))

    def remove_row(self, number: int) -> None:
        """Take a `BadRow` off the list."""
        self.connection.execute("DELETE FROM jobs WHERE rowid = ?", (number,))


def _connected(address: str | Path, **how: object) -> sqlite3.Connection:
    connection = sqlite3.connect(address, timeout=PATIENCE, **how)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda text: text.decode(errors="replace")
    return connection


def _require_columns(connection: sqlite3.Connection, path: Path) -> None:
    there = {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}
    if missing := COLUMNS - there:
        raise ListError(f"The list of runs, {path.name}, lacks {', '.join(sorted(missing))}.", True)


@contextmanager
def _as_list_errors(path: Path) -> Iterator[None]:
    if path.exists() and not path.is_file():
        raise ListError(f"The list of runs, {path.name}, is no file.", True)
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        usable = path.is_file() and os.access(path, os.R_OK)
        damaged = path.exists() and (not usable or name.startswith(_DAMAGED))
        raise ListError(
            f"The list of runs, {path.name}, cannot be used ({error}).", damaged
        ) from error

"""Finished rows of a benchmark on disk, so that a run killed at any moment goes on where it was."""

import json
import sqlite3
import threading
import time
import weakref
from pathlib import Path


class Journal:
    """Rows by (estimator, dataset), each batch of them one transaction; threads may share it.

    Once a batch is added a `kill -9` loses none of it, and what was not finished leaves no trace.

    Args:
        path: of the SQLite file; an existing one goes on.
    """

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, timeout=60)
        weakref.finalize(self, self._connection.close)  # Python 3.13 warns of open ones
        with self._connection:
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS rows (estimator TEXT, number INTEGER, record TEXT, "
                "PRIMARY KEY (estimator, number))"
            )
            self._connection.execute("CREATE TABLE IF NOT EXISTS spans (start REAL, stop REAL)")
            now = time.time()
            span = self._connection.execute("INSERT INTO spans VALUES (?, ?)", (now, now))
            self._span = span.lastrowid

    def finished(self, estimator: str) -> set[int]:
        """Numbers of the datasets that this estimator has answered."""
        query = "SELECT number FROM rows WHERE estimator = ?"
        return {number for (number,) in self._connection.execute(query, (estimator,))}

    def add(self, estimator: str, records: dict[int, dict]) -> None:
        """Keeps finished records by the number of their dataset."""
        rows = [(estimator, number, json.dumps(record)) for number, record in records.items()]
        with self._lock, self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", rows)
            update = "UPDATE spans SET stop = ? WHERE rowid = ?"
            self._connection.execute(update, (time.time(), self._span))

    def records(self, estimator: str, wanted: set[int] | None = None) -> list[dict]:
        """Records of an estimator in the order of their datasets: all, or those wanted."""
        query = "SELECT number, record FROM rows WHERE estimator = ? ORDER BY number"
        rows = self._connection.execute(query, (estimator,))
        return [json.loads(text) for number, text in rows if wanted is None or number in wanted]

    def seconds(self) -> float:
        """Wall-clock time of all sessions of the run, each up to its last row."""
        query = "SELECT SUM(stop - start) FROM spans"
        return self._connection.execute(query).fetchone()[0]

    def discard(self) -> None:
        """Removes the file, once its rows are stored elsewhere."""
        self._connection.close()
        self.path.unlink()

"""A lane of its own for trainings of a minute: they never wait behind the runs of Train."""

import contextlib
import re
import secrets
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from mist_core.errors import JobError
from mist_core.files import storing
from mist_core.jobs import process
from mist_core.lessons import tiny
from mist_core.lessons.learning import SECONDS
from mist_core.paths import home
from mist_core.training.run_lock import is_locked

AT_ONCE = 2  # they share the machine with everything else
KEPT = 20
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Lane:
    """Trainings of the tiny estimator, each in a folder of its own."""

    folder: Path = field(default_factory=lambda: home().absolute() / "lessons")

    def start(self, seed: int, seconds: float = SECONDS) -> str:
        """Begin a training at once; returns its id.

        Raises:
            JobError: as many run already as may at once.
            StorageError: the data folder cannot be written.
        """
        if len(self.running()) >= AT_ONCE:
            raise JobError(
                f"{AT_ONCE} of these trainings run already; each takes a minute, so try again soon."
            )
        id = secrets.token_hex(8)
        with storing(self.folder):
            self._forget_old()
            (self.folder / id).mkdir(parents=True)
            options = ["--seconds", f"{seconds:g}", "--seed", str(seed), "--out", self._file(id)]
            command = [sys.executable, "-m", "mist_core", "tiny", *map(str, options)]
            process.start(command, self.folder / id / "log.txt")
        return id

    def points(self, id: str) -> list[tiny.Point]:
        """What a training has written so far; nothing of one that is not there."""
        return tiny.read(self._file(id)) if _ID.fullmatch(id) else []

    def is_running(self, id: str) -> bool:
        """Whether it is still at work."""
        return bool(_ID.fullmatch(id)) and is_locked(self.folder / id)

    def running(self) -> list[str]:
        """Ids of those at work."""
        return [path.name for path in self.folder.glob("*") if self.is_running(path.name)]

    def _file(self, id: str) -> Path:
        return self.folder / id / "points.jsonl"

    def _forget_old(self) -> None:
        """Drop all but the last ones."""
        done = [path for path in self.folder.glob("*") if not self.is_running(path.name)]
        done.sort(key=lambda path: path.stat().st_mtime)
        for path in done[:-KEPT]:
            with contextlib.suppress(OSError):
                shutil.rmtree(path)

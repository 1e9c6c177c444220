"""How a run and the outside talk: two small files in the run's folder.

The outside writes what it wants into `request`; the run touches `heartbeat` while it is alive.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path

PAUSE, STOP = "pause", "stop"
BEAT_SECONDS = 1.0


@dataclass
class Mailbox:
    """The run's side: called as often as it likes, it looks at the files once a second.

    Attributes:
        folder: of the run.
    """

    folder: Path
    _looked: float = field(default=0.0, init=False)

    def __call__(self) -> str | None:
        """PAUSE: keep the state and end; STOP: write the weights as they are; None: go on."""
        now = time.monotonic()
        if now - self._looked < BEAT_SECONDS:
            return None
        self._looked = now
        heartbeat_path(self.folder).touch()
        path = request_path(self.folder)
        wanted = path.read_text().strip() if path.exists() else None
        return wanted if wanted in (PAUSE, STOP) else None


def request_path(folder: Path) -> Path:
    return folder / "request"


def heartbeat_path(folder: Path) -> Path:
    return folder / "heartbeat"

"""How a run and the outside talk: two small files in the run's folder.

The outside writes what it wants into `request`; the run writes into `heartbeat` while it is alive.
Neither file decides whether a run lives or dies: on a full disk it goes on in silence.
"""

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

from mist_core.files import content_of

PAUSE, STOP = "pause", "stop"
BEAT_SECONDS = 1.0


@dataclass
class Mailbox:
    """The run's side: called as often as it likes, it looks at the files once a second.

    Attributes:
        folder: of the run.
    """

    folder: Path
    _looked: float = field(default=-BEAT_SECONDS, init=False)

    def __call__(self) -> str | None:
        """PAUSE: keep the state and end; STOP: write the weights as they are; None: go on."""
        now = time.monotonic()
        if now - self._looked < BEAT_SECONDS:
            return None
        self._looked = now
        with contextlib.suppress(OSError):
            # Of the machine's start, for all processes alike: no setting of the clock moves it.
            heartbeat_path(self.folder).write_text(f"{now:.1f}")
        return requested(self.folder)


def requested(folder: Path) -> str | None:
    """What the outside wants: PAUSE, STOP or None."""
    with contextlib.suppress(OSError, ValueError):
        wanted = content_of(request_path(folder)).decode().strip()
        return wanted if wanted in (PAUSE, STOP) else None
    return None


def last_beat(folder: Path) -> float | None:
    """When the run was last alive, seconds of `time.monotonic`; None where it did not say."""
    with contextlib.suppress(OSError, ValueError):
        return float(content_of(heartbeat_path(folder)))
    return None


def request_path(folder: Path) -> Path:
    return folder / "request"


def heartbeat_path(folder: Path) -> Path:
    return folder / "heartbeat"

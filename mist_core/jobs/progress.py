"""What a run has written about itself, and the sentence that sums it up."""

import json
from pathlib import Path

from mist_core.files import content_of
from mist_core.markdown import percent
from mist_core.networks.scoring import CENTRAL

POINT = ("minutes", "minutes_left", "steps", "datasets", "datasets_a_second", "train_loss")
SCORES = ("loss", "mae", *(f"coverage_{p}" for p in CENTRAL))
MOST = 1e15


def read_progress(folder: Path) -> list[dict]:
    """The progress points of a run in order.

    A killed run goes back to its last saved state, so points it had beyond that are left out; so
    is a line that is being written, or that a full disk has cut short.
    """
    try:
        lines = content_of(folder / "progress.jsonl").decode(errors="replace").splitlines()
    except OSError:
        lines = []
    points: list[dict] = []
    for point in reversed(list(filter(None, map(_parse, lines)))):
        if not points or point["steps"] < points[-1]["steps"]:
            points.append(point)
    return points[::-1]


def reliability(scores: dict[str, float]) -> list[tuple[float, float]]:
    """(nominal, empirical) coverage of each central interval, shares, the narrowest first."""
    return [(p / 100, scores[f"coverage_{p}"]) for p in sorted(CENTRAL)]


def beats_start(point: dict) -> str:
    """How the loss compares with that of the frozen starting weights, in words."""
    loss = point["validation"]["loss"]
    if point.get("start") is None:
        return f"validation loss {loss:.4f}"
    before = point["start"]["loss"]
    change = loss / before - 1
    side = "below" if change < 0 else "above"
    return (
        f"validation loss {loss:.4f}, {percent(abs(change), 1)} {side} the starting weights' "
        f"{before:.4f}"
    )


def _parse(line: str) -> dict | None:
    try:
        point = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return point if _is_point(point) else None


def _is_point(point: object) -> bool:
    """Whether it has all that is drawn of a point, and numbers where numbers belong."""
    if not isinstance(point, dict) or not isinstance(point.get("validation"), dict):
        return False
    start = point.get("start")
    numbers = [point.get(name) for name in POINT]
    numbers += [point["validation"].get(name) for name in SCORES]
    numbers += [] if start is None else [start.get("loss") if isinstance(start, dict) else None]
    return all(map(_is_number, numbers))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST

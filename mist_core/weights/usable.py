"""What the pages rely on in a weights file that somebody brings or keeps.

The command `card` shows any text of a finished run as it is; here a date must be a date.
"""

import re
from collections.abc import Callable
from pathlib import Path

from mist_core.checkpoint import Checkpoint, load_checkpoint
from mist_core.errors import WeightsError
from mist_core.networks.limits import require_config
from mist_core.weights.finished import MOST, require_finished, runs_behind
from mist_core.weights.header import check_header

MOST_POINTS, MOST_RUNS, MOST_SETTINGS = 1000, 200, 100
LONGEST_META, LONGEST_TEXT = 20_000, 200
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def load_usable(path: Path) -> Checkpoint:
    """A file with all checks that need no network: sizes, types, digest, and every field.

    Raises:
        WeightsError: it cannot be used; the message names the field.
    """
    checkpoint = load_checkpoint(path)
    check_header(path.read_bytes())
    require_usable(path, checkpoint.card)
    return checkpoint


def require_usable(path: Path, card: dict) -> None:
    """Check each field of a card for type, range and size.

    Raises:
        WeightsError: with the first field that cannot be used.
    """
    require_finished(path, card)
    try:
        require_config(card["config"])
    except WeightsError as error:
        raise WeightsError(f"{path}: config: {error}") from error
    fields = {
        "meta": len(card["meta"]) <= LONGEST_META,
        "date": bool(_DATE.fullmatch(card["date"])),
        "versions": _is_object_of(card["versions"], _is_text),
        "scores": _is_object_of(card["scores"], _is_number),
        "curve": len(card["curve"]) <= MOST_POINTS and all(map(_is_drawable, card["curve"])),
        "earlier_runs": len(card.get("earlier_runs", [])) <= MOST_RUNS,
        "run": all(_is_object_of(run, _is_setting) for run in runs_behind(card)),
    }
    fields |= {name: card[name] >= 0 for name in ("steps", "datasets", "parameters", "minutes")}
    for name, fine in fields.items():
        if not fine:
            raise WeightsError(f"{path}: {name}: of the wrong kind, too long or out of range.")


def _is_drawable(point: dict) -> bool:
    """Whether charts can draw it: numbers only, and losses above 0, since others divide by them."""
    parts = {name: value for name, value in point.items() if name not in ("validation", "start")}
    scores = [point["validation"], *([] if point.get("start") is None else [point["start"]])]
    return (
        _is_object_of(parts, lambda value: value is None or _is_number(value))
        and all(_is_object_of(part, _is_number) for part in scores)
        and all(part.get("loss", 0) > 0 for part in scores)
    )


def _is_object_of(value: object, kind: Callable[[object], bool]) -> bool:
    if not isinstance(value, dict) or len(value) > MOST_SETTINGS:
        return False
    return all(len(name) <= LONGEST_TEXT and kind(item) for name, item in value.items())


def _is_setting(value: object) -> bool:
    return value is None or isinstance(value, bool) or _is_number(value) or _is_meta(value)


def _is_meta(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_META


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) < MOST

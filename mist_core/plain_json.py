"""JSON from anywhere, of which nothing surprises whoever shows it or computes with it.

Python's own reader takes NaN, whole numbers of thousands of digits and halves of letters (lone
surrogates), which cannot be written to any page.
"""

import json
import re

MOST_DEPTH, MOST_ITEMS, MOST_LETTERS = 20, 100_000, 2_000_000
MOST = 1e18
_UNSHOWN = re.compile("[\ud800-\udfff\0]")


def parse(text: str | bytes) -> object:
    """The value that a JSON text holds.

    Raises:
        ValueError: no JSON, or something odd inside; the message begins with where it is.
    """
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise json.JSONDecodeError("nested too deep", "", 0) from error
    _require_plain(value, [])
    return value


def _require_plain(value: object, place: list[str]) -> None:
    where = ".".join(place) or "all"
    if len(place) > MOST_DEPTH:
        raise ValueError(f"{where:.200}: nested too deep")
    if isinstance(value, str):
        _require_text(value, where)
    elif isinstance(value, int | float) and not abs(value) < MOST:
        raise ValueError(f"{where:.200}: expected a finite number below {MOST:g}")
    elif isinstance(value, list | dict):
        if len(value) > MOST_ITEMS:
            raise ValueError(f"{where:.200}: expected at most {MOST_ITEMS} items")
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            _require_text(str(name), where)
            _require_plain(item, [*place, str(name)])


def _require_text(text: str, where: str) -> None:
    if len(text) > MOST_LETTERS:
        raise ValueError(f"{where:.200}: expected at most {MOST_LETTERS} letters")
    if _UNSHOWN.search(text):
        raise ValueError(f"{where:.200}: expected letters, got what cannot be shown")

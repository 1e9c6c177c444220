"""Markdown of numbers and of texts that nobody vouches for."""

import re
from collections.abc import Iterable, Sequence

LONGEST = 400
# What Markdown reads as more than a letter.
_MEANINGFUL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])")
# Beginnings of addresses and mail addresses, icons, and arrows between blanks.
_LIVELY = re.compile(
    r"(?i::(?=//)|w(?<=www)(?=\.)|@(?=[-\w])|:(?=[a-z_]+[:/]))"
    r"|(?<![^\s])(?:<->|<-|->|--|>=|<=|~=)(?![^\s])"
)
_JOINER = "\u2060"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What names, versions, dates and commands are made of; nothing here ends a code span or a cell.
_UNUSUAL = re.compile(r"[^A-Za-z0-9 _.,:;=+/()-]")


def plain(text: str) -> str:
    """A text of unknown origin, escaped so that it shows letter by letter.

    Some readers of Markdown make links, icons and arrows even of escaped letters: an invisible
    letter that joins words (U+2060) parts those. Control letters are left out.
    """
    parted = _LIVELY.sub(lambda found: found[0][0] + _JOINER + found[0][1:], _CONTROL.sub("", text))
    return _MEANINGFUL.sub(r"\\\1", parted)


def code(value: object) -> str:
    """A text of unknown origin as a short code span: it shows, and does nothing else."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"`{_UNUSUAL.sub('?', text)[:LONGEST].strip() or '?'}`"


def shown(value: object) -> str:
    """A number as people write it, and anything else as `code`."""
    if value is None:
        return "none"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return code(value)
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown without pipes and line ends."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percent(share: float, decimals: int = 0) -> str:
    """A share as the app writes it, "90 %", whose sign no line begins with."""
    return f"{100 * share:.{decimals}f}\N{NO-BREAK SPACE}%"


def counted(number: float, unit: str) -> str:
    """A number with its unit, of one or of several: "1 minute", "2,000 minutes"."""
    return f"{number:,.10g} {unit}" + ("" if number == 1 else "s")


def apart(truth: float, low: float, high: float) -> tuple[str, str, str]:
    """A number and the ends of an interval, with two digits or as many as tell where it lies."""
    for digits in range(2, 7):
        at, left, right = (round(value, digits) for value in (truth, low, high))
        if (left <= at <= right) == (low <= truth <= high):
            break
    return tuple(f"{value:.{digits}f}" for value in (truth, low, high))


def changed(before: float, after: float, unit: str = "") -> str:
    """What became of an amount, in words; what looks the same did not change."""
    first, last = f"{before:.3f}", f"{after:.3f}{unit and f' {unit}'}"
    if first == f"{after:.3f}":
        return f"stayed at {last}"
    share = abs(after / max(before, 1e-12) - 1)
    verb = "fell" if after < before else "rose"
    amount = percent(share) if share >= 0.01 else f"less than {percent(0.01)}"
    return f"{verb} by {amount}, from {first} to {last}"


def spoken(text: str) -> str:
    """A text without Markdown's marks, for those who hear it."""
    return re.sub(r"\\(.)|[*`]|" + _JOINER, r"\1", text)


def listed(words: list[str]) -> str:
    """Words with commas, and "and" before the last."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

"""Which of point and comma is the decimal mark of a column, and which parts thousands.

No library asks the whole column: read cell by cell, 1.250 beside 850 becomes 1.25.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DECIMAL, THOUSANDS = "decimal", "thousands"
OTHER = {".": ",", ",": "."}
NAMES = {".": "point", ",": "comma"}
# Thousands, or as in India one thousand and then hundreds.
_GROUPED = r"(?:[0-9]{{1,3}}(?:{0}[0-9]{{3}})+|[0-9]{{1,2}}(?:{0}[0-9]{{2}})+{0}[0-9]{{3}})"
_ESCAPED = {".": r"\.", ",": ","}
_SPACED = r"^[0-9]{1,3}(?:[ '][0-9]{3})+(?:[.,][0-9]*)?$"


@dataclass(frozen=True)
class Marks:
    """What each mark does in a column.

    Attributes:
        roles: of "." and "," where they occur.
        doubtful: the mark that could as well do the other thing; None where all is clear.
    """

    roles: dict[str, str]
    doubtful: str | None = None

    @property
    def decimal(self) -> str | None:
        """The decimal mark where one is beyond doubt."""
        found = [mark for mark, role in self.roles.items() if role == DECIMAL]
        return found[0] if len(found) == 1 and not self.doubtful else None


@dataclass(frozen=True)
class _Evidence:
    """Cells that say what a mark does; whole numbers without a mark by their length."""

    decimals: dict[str, int]
    groups: dict[str, int]
    either: dict[str, int]
    short: int
    long: int


def find_marks(
    bodies: pa.Array,
    counts: np.ndarray,
    hint: str | None,
    default: str,
    scientific: pa.Array | None = None,
) -> Marks:
    """What point and comma do, from all cells of a column.

    Args:
        bodies: (k,) digits with marks, without sign, unit and exponent.
        counts: (k,) cells that hold each.
        hint: the decimal mark of other columns; None where unknown.
        default: the decimal mark where nothing else tells.
        scientific: (k,) whether a power of ten follows, before which no thousands stand.
    """
    evidence = _evidence(_with_zeros(without_spaces(bodies), scientific), counts)
    roles, doubtful = {}, None
    for mark in ".,":
        decimals, groups = evidence.decimals[mark], evidence.groups[mark]
        if decimals or groups:
            roles[mark] = DECIMAL if decimals >= groups else THOUSANDS
    for mark in ".,":
        if mark not in roles and evidence.either[mark]:
            roles[mark], doubt = _either(mark, roles, evidence, hint, default)
            doubtful = mark if doubt else doubtful
    return Marks(roles, doubtful)


def without_spaces(bodies: pa.Array) -> pa.Array:
    """The bodies without the blanks or apostrophes that part thousands."""
    parted = pc.match_substring_regex(bodies, _SPACED)
    if not pc.any(parted).as_py():
        return bodies
    return pc.if_else(parted, pc.replace_substring_regex(bodies, "[ ']", ""), bodies)


def _with_zeros(bodies: pa.Array, scientific: pa.Array | None) -> pa.Array:
    """The bodies, so long where a power of ten follows that no mark can part thousands."""
    if scientific is None or not pc.any(scientific).as_py():
        return bodies
    return pc.if_else(scientific, pc.binary_join_element_wise(bodies, "0", ""), bodies)


def plain(bodies: pa.Array, marks: Marks) -> pa.Array:
    """The bodies as a computer writes them; null where a body does not fit the marks."""
    bodies = without_spaces(bodies)
    for mark, role in sorted(marks.roles.items(), key=lambda item: item[1] == DECIMAL):
        if role == THOUSANDS:
            escaped, other = _ESCAPED[mark], _ESCAPED[OTHER[mark]]
            grouped = rf"^{_GROUPED.format(escaped)}(?:{other}[0-9]*)?$"
            fits = pc.or_(
                pc.match_substring_regex(bodies, grouped),
                pc.invert(pc.match_substring(bodies, mark)),
            )
            bodies = pc.if_else(fits, pc.replace_substring(bodies, mark, ""), None)
        else:
            bodies = pc.replace_substring(bodies, mark, ".")
    fits = pc.match_substring_regex(bodies, r"^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$")
    return pc.if_else(fits, bodies, None)


def _evidence(bodies: pa.Array, counts: np.ndarray) -> _Evidence:
    def cells(pattern: str) -> int:
        found = pc.match_substring_regex(bodies, pattern)
        return int(counts[pc.fill_null(found, False).to_numpy(zero_copy_only=False)].sum())

    decimals, groups, either = {}, {}, {}
    for mark, escaped in _ESCAPED.items():
        other = _ESCAPED[OTHER[mark]]
        either[mark] = cells(rf"^[1-9][0-9]{{0,2}}{escaped}[0-9]{{3}}$")
        once = cells(rf"^[0-9]*{escaped}[0-9]*$")
        mixed = cells(rf"^{_GROUPED.format(other)}{escaped}[0-9]*$")
        decimals[mark] = once - either[mark] + mixed
        several = cells(rf"^{_GROUPED.format(escaped)}$") - cells(
            rf"^[0-9]{{1,3}}{escaped}[0-9]{{3}}$"
        )
        groups[mark] = several + cells(rf"^{_GROUPED.format(escaped)}{other}[0-9]*$")
    return _Evidence(decimals, groups, either, cells("^[0-9]{1,3}$"), cells("^[0-9]{4,}$"))


def _either(
    mark: str, roles: dict[str, str], evidence: _Evidence, hint: str | None, default: str
) -> tuple[str, bool]:
    """What a mark does whose cells all look like 1.250, and whether that is in doubt."""
    if roles.get(OTHER[mark]) == DECIMAL:
        return THOUSANDS, False
    if roles.get(OTHER[mark]) == THOUSANDS:
        return DECIMAL, False
    if evidence.short and not evidence.long:
        return THOUSANDS, False  # 850 and 1.250: decimals would have been written alike
    if evidence.long:
        return DECIMAL, False  # 1250 stands there without a mark
    return (DECIMAL if (hint or default) == mark else THOUSANDS), True

"""The forms in which dates are written, each a pattern with named fields."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

THREE = "three numbers"  # in an order that the form leaves open
Fields = dict[str, pa.Array]

_WEEKDAY = r"^(?:(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]*\.?,? )?"
_TIME = (
    r"(?:(?:t| t |,? +|:)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,:](?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<half>(?: ?[ap]\.?m\.?)?) ?"
    r"(?P<zone>(?:z|utc|gmt|(?:utc|gmt)?[+-][0-9]{2}:?(?:[0-9]{2})?)?)"
    r"(?P<clocks>(?:[a-z]{1,3}[sd]?t|mesz?|mez)?))?"  # CET, EDT: whose hour it is nobody can tell
    r"(?: \([^)]*\))?$"
)
_NAME = r"(?P<name>[^0-9 .,/'_-]{3,10})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>[0-9]{4})"
_ANY_YEAR = r"'?(?P<year>[0-9]{4}|[0-9]{2})"
_FORMS = {
    "year-month-day": _YEAR + r"[-/._ ](?P<month>[0-9]{1,2})[-/._ ](?P<day>[0-9]{1,2})" + _TIME,
    "characters": _YEAR + r"年 ?(?P<month>[0-9]{1,2})月 ?(?P<day>[0-9]{1,2})日?" + _TIME,
    THREE: (
        r"(?P<first>[0-9]{1,2})[-/. ](?P<second_>[0-9]{1,2})[-/. ](?P<third>[0-9]{4}|'?[0-9]{2})\.?"
        + _TIME
    ),
    "day-name-year": _DAY
    + r"[-/ .]*(?:of |de )?"
    + _NAME
    + r"(?:[-/ .,]+|-? ?de )"
    + _ANY_YEAR
    + _TIME,
    "day-name-year, close": _DAY + r"(?P<name>[a-z]{3})" + _ANY_YEAR + _TIME,
    "name-day-year": _NAME + r"\.?[ -]+" + _DAY + r",?[ -]+" + _YEAR + _TIME,
    "name-day-time-year": (
        _NAME + r" +" + _DAY + r" (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
        r"(?: (?:utc|gmt|z))? " + _YEAR + "$"
    ),
    "year-name-day": _YEAR + r"[-/ ]" + _NAME + r"[-/ ]" + _DAY + _TIME,
    "digits": (
        r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
        r"(?:[t _-]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>(?:[0-9]{2})?)z?)?$"
    ),
    "year-month": r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})$",
    "month-year": r"(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})$",
    "name-year": _NAME + r"\.?[ -]*" + _ANY_YEAR + "$",
    "quarter": r"(?P<year>[0-9]{4})[- ]?q(?P<quarter>[1-4])$",
    "quarter first": r"q(?P<quarter>[1-4])[-/ ]?(?P<year>[0-9]{4})$",
    "week": r"(?P<year>[0-9]{4})-?w(?P<week>[0-9]{2})(?:-?(?P<weekday>[1-7]))?$",
}


def matches(texts: pa.Array) -> Iterator[tuple[str, np.ndarray, Fields]]:
    """(form, positions, fields) of the texts of each form, each text once."""
    left = np.arange(len(texts))
    for form, pattern in _FORMS.items():
        if not len(left):
            return
        parts = pc.extract_regex(texts.take(pa.array(left)), _WEEKDAY + pattern)
        matched = pc.is_valid(parts).to_numpy(zero_copy_only=False)
        if matched.any():
            yield form, left[matched], fields_of(parts.filter(pa.array(matched)))
            left = left[~matched]


def fields_of(parts: pa.StructArray) -> Fields:
    return {field.name: parts.field(field.name) for field in parts.type}

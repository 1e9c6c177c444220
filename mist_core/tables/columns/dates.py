"""Cells to dates: what single cells leave open, a column's cells decide together.

Libraries guess cell by cell (dateutil, pandas before 2) or from the first cell (pandas since);
either reads 05/03/23 beside 25/03/23 as another month in silence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.tables.columns.calendar import days_since_1970, month_numbers, offsets
from mist_core.tables.columns.date_forms import THREE, Fields, fields_of, matches
from mist_core.tables.columns.numbers import as_typed

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
# Which of the three numbers in a form like 03/05/23 is what.
ORDERS = {
    DAY_FIRST: {"day": "first", "month": "second", "year": "third"},
    MONTH_FIRST: {"month": "first", "day": "second", "year": "third"},
    YEAR_FIRST: {"year": "first", "month": "second", "day": "third"},
}
_LOOKED_AT = 200  # texts that say whether a column can hold dates at all
_CLOCK = (
    r"^(?P<hour>[0-9]{1,3}):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:[.,](?P<fraction>[0-9]+))?)?"
    r"(?P<half>(?: ?[ap]\.?m\.?)?)$"
)


@dataclass(frozen=True, eq=False)
class Dates:
    """What (k,) different texts are as dates.

    Attributes:
        days: (k,) float64 days since 1970-01-01, of moments with a zone in UTC; NaN where none.
        order: "day first", "month first" or "year first" where three numbers make a date.
        doubtful: whether another order fits as well and nothing told.
        said: how they were read, a few words each.
    """

    days: np.ndarray
    order: str | None
    doubtful: bool
    said: tuple[str, ...]


def read_dates(texts: pa.StringArray, counts: np.ndarray, order: str | None = None) -> Dates:
    """The dates that different texts of a column are, seen together.

    Args:
        texts: (k,) different texts, in the order of their first cells.
        counts: (k,) cells that hold each.
        order: which number comes first, where three make a date; None finds out.
    """
    days = np.full(len(texts), np.nan)
    if not _can_be_dates(texts):
        return Dates(days, None, False, ())
    found, doubtful, said = None, False, []
    for form, where, fields in matches(pc.utf8_lower(as_typed(texts))):
        if form == THREE:
            found, doubtful = _order(fields, counts[where], order)
            fields |= {part: fields[_PLACES[at]] for part, at in ORDERS[found].items()}
        days[where] = _days(fields)
        said += _said(form, fields)
    if found:
        said.append(found + (", which nothing tells for sure" if doubtful else ""))
    return Dates(days, found, doubtful, tuple(dict.fromkeys(said)))


def are_contradictory(texts: pa.StringArray, counts: np.ndarray, least: float) -> bool:
    """Whether texts are dates, some day first and others month first, by this share of cells."""
    if not _can_be_dates(texts):
        return False
    orders = [~np.isnan(read_dates(texts, counts, name).days) for name in (DAY_FIRST, MONTH_FIRST)]
    share = [counts[found].sum() / counts.sum() for found in (*orders, orders[0] | orders[1])]
    return max(share[:2]) < least <= share[2]


def read_clock(texts: pa.StringArray) -> np.ndarray:
    """(k,) hours of texts like 14:30, 2:30 pm or 100:15:00, NaN where a text is none."""
    hours = np.full(len(texts), np.nan)
    parts = pc.extract_regex(pc.utf8_lower(texts), _CLOCK)
    where = np.flatnonzero(pc.is_valid(parts).to_numpy(zero_copy_only=False))
    if len(where):
        hours[where] = 24 * _share_of_day(fields_of(parts.take(pa.array(where))), most_hours=999)
    return hours


_PLACES = {"first": "first", "second": "second_", "third": "third"}


def _can_be_dates(texts: pa.StringArray) -> bool:
    """A cheap look at the first texts: dates have at least three digits and at most 40 letters."""
    sample = pc.utf8_lower(as_typed(texts[:_LOOKED_AT]))
    return next(matches(sample), None) is not None


def _order(fields: Fields, counts: np.ndarray, order: str | None) -> tuple[str, bool]:
    """Which order fits most cells; of several the one in which rows follow each other in time."""
    days = {
        name: _days(fields | {part: fields[_PLACES[at]] for part, at in places.items()})
        for name, places in ORDERS.items()
    }
    cells = {name: counts[~np.isnan(values)].sum() for name, values in days.items()}
    if cells.get(order):
        return order, False
    fitting = [name for name in cells if cells[name] == max(cells.values())]
    if YEAR_FIRST in fitting and len(fitting) > 1:
        varied = {part: len(pc.unique(fields[_PLACES[part]])) for part in ("first", "third")}
        # Days vary more than years: what varies more is the day.
        fitting = [YEAR_FIRST] if varied["third"] > varied["first"] else fitting
        fitting = [name for name in fitting if name != YEAR_FIRST or len(fitting) == 1]
    if len(fitting) == 1:
        return fitting[0], False
    # Only where no date comes twice are the texts in the order of the rows.
    in_time = [name for name in fitting if counts.max() == 1 and _in_time(days[name])]
    if len(in_time) == 1:
        return in_time[0], False
    american = "half" in fields and _any(fields["half"])
    same = np.array_equal(days[fitting[0]], days[fitting[1]], equal_nan=True)
    return (MONTH_FIRST if american else fitting[0]), not same


def _in_time(days: np.ndarray) -> bool:
    steps = np.diff(days[~np.isnan(days)])
    return len(steps) > 1 and bool((steps >= 0).all() or (steps <= 0).all())


def _days(fields: Fields) -> np.ndarray:
    """(k,) days since 1970 of a form's fields, NaN where they make no date."""
    count = len(fields["year"])
    years = _year(fields["year"])
    months, days = np.ones(count), np.ones(count)
    if "name" in fields:
        months = month_numbers(fields["name"])
    elif "quarter" in fields:
        months = 3 * _number(fields["quarter"]) - 2
    elif "month" in fields:
        months = _number(fields["month"])
    if "day" in fields:
        days = _number(fields["day"])
    found = days_since_1970(years, months, days)
    if "week" in fields:
        found = _of_week(years, _number(fields["week"]), _number(fields["weekday"], 1))
    return found + _share_of_day(fields) - (offsets(fields["zone"]) if "zone" in fields else 0.0)


def _of_week(years: np.ndarray, weeks: np.ndarray, weekdays: np.ndarray) -> np.ndarray:
    """Days since 1970 of an ISO week: the first holds the fourth of January."""
    fourth = days_since_1970(years, np.ones(len(years)), np.full(len(years), 4.0))
    monday = fourth - (fourth + 3) % 7  # day 0 was a Thursday
    within = (weeks >= 1) & (weeks <= 53)
    return np.where(within, monday + 7 * (weeks - 1) + weekdays - 1, np.nan)


def _share_of_day(fields: Fields, most_hours: int = 24) -> np.ndarray | float:
    """(k,) the time of day as a share of it, NaN where there is no such time."""
    if "hour" not in fields:
        return 0.0
    hours, minutes = _number(fields["hour"], 0), _number(fields["minute"], 0)
    seconds = _number(fields["second"], 0) if "second" in fields else 0.0
    if "fraction" in fields:
        seconds = seconds + _number(pc.binary_join_element_wise("0", fields["fraction"], "."), 0)
    if "half" in fields:
        noon = pc.match_substring(fields["half"], "p").to_numpy(zero_copy_only=False)
        halved = noon | _filled(fields["half"])
        hours = np.where(halved & (hours > 12), np.nan, hours)
        hours = np.where(halved, hours % 12 + 12 * noon, hours)
    share = (hours * 3600 + minutes * 60 + seconds) / 86400
    within = (hours <= most_hours) & (minutes < 60) & (seconds < 61)
    return np.where(within & ((share <= 1) | (most_hours > 24)), share, np.nan)


def _year(texts: pa.Array) -> np.ndarray:
    """Two digits are 1969 to 2068, as POSIX has it."""
    years = _number(pc.replace_substring(texts, "'", ""))
    short = pc.less(pc.utf8_length(texts), 4).to_numpy(zero_copy_only=False)
    return np.where(short, years + np.where(years >= 69, 1900, 2000), years)


def _number(texts: pa.Array, empty: float = np.nan) -> np.ndarray:
    filled = pc.if_else(pc.equal(texts, ""), None, texts)
    numbers = pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(numbers), empty, numbers)


def _filled(texts: pa.Array) -> np.ndarray:
    return pc.not_equal(texts, "").to_numpy(zero_copy_only=False)


def _any(texts: pa.Array) -> bool:
    return bool(_filled(texts).any())


def _said(form: str, fields: Fields) -> list[str]:
    said = {"digits": ["dates as digits"], "week": ["weeks by their first day"]}.get(form, [])
    said = said or (["quarters by their first day"] if "quarter" in fields else [])
    if form in ("year-month", "month-year", "name-year"):
        said = ["months by their first day"]
    if pc.any(pc.less(pc.utf8_length(fields["year"]), 4)).as_py():
        said.append("two-digit years as 1969 to 2068")
    if "zone" in fields and _any(fields["zone"]):
        said.append("times with a zone, in UTC")
    if "clocks" in fields and _any(fields["clocks"]):
        said.append("names of time zones left out")
    return said

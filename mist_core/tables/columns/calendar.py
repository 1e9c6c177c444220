"""The calendar on arrays: days since 1970, names of months, offsets of zones."""

import re
import unicodedata

import numpy as np
import pyarrow as pa

# First letters of the months, without accents, in English, German, French, Spanish, Italian,
# Portuguese and Dutch; "mar" and the like mean the same month in all of them.
_MONTHS = (
    "jan ene gen",
    "feb fev",
    "mar maer mae mrz maa mrt",
    "apr avr abr",
    "may mai mag maj mei",
    "jun juin giu",
    "jul juil lug",
    "aug aou ago",
    "sep set",
    "oct okt ott out",
    "nov",
    "dec dez dic",
)
_NUMBERS = {name: i for i, names in enumerate(_MONTHS, start=1) for name in names.split()}
_ZONE = re.compile(r"(?:utc|gmt)?([+-])([0-9]{2}):?([0-9]{2})?")


def days_since_1970(years: np.ndarray, months: np.ndarray, days: np.ndarray) -> np.ndarray:
    """(k,) float64 days since 1970-01-01, Gregorian; NaN where there is no such day."""
    whole = [np.nan_to_num(part, nan=0).astype(int) for part in (years, months, days)]
    within = (whole[0] >= 1) & (whole[1] >= 1) & (whole[1] <= 12) & (whole[2] >= 1)
    month = (whole[0] - 1970).astype("M8[Y]").astype("M8[M]") + (whole[1] - 1)
    day = month.astype("M8[D]") + (whole[2] - 1)
    within &= day.astype("M8[M]") == month
    return np.where(within, day.astype(int).astype(float), np.nan)


def month_numbers(names: pa.Array) -> np.ndarray:
    """(k,) 1 to 12 for names of months in lower case, NaN for other words."""
    encoded = names.dictionary_encode()
    numbers = np.array([_month(name) for name in encoded.dictionary.to_pylist()], float)
    return numbers[encoded.indices.to_numpy(zero_copy_only=False)]


def offsets(zones: pa.Array) -> np.ndarray:
    """(k,) how far zones like +02:00 are ahead of UTC, in days; 0 where there is none."""
    encoded = zones.dictionary_encode()
    ahead = np.array([_offset(zone) for zone in encoded.dictionary.to_pylist()], float)
    return ahead[encoded.indices.to_numpy(zero_copy_only=False)]


def _month(name: str) -> float:
    plain = unicodedata.normalize("NFKD", name.replace("ä", "ae").replace("û", "u"))
    plain = "".join(letter for letter in plain if letter.isalpha() and letter.isascii())
    return next((_NUMBERS[plain[:n]] for n in (4, 3) if plain[:n] in _NUMBERS), np.nan)


def _offset(zone: str) -> float:
    found = _ZONE.fullmatch(zone)
    if not found:
        return 0.0
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return (minutes if found[1] == "+" else -minutes) / 1440

"""Words that stand for a missing value, and numbers that do."""

import re

import numpy as np
import pyarrow as pa

from mist_core.tables.columns.cells import Distinct

# Never a value, whatever the column holds.
_NEVER = {
    *("na", "n/a", "n.a.", "n.a", "#n/a", "#na", "#n/a n/a", "<na>", "nan", "-nan", "+nan", "nat"),
    *(
        "null",
        "<null>",
        "(null)",
        "nil",
        "\\n",
        "-",
        "--",
        "---",
        "–",
        "—",
        "−",
        "?",
        "??",
        ".",
        "..",
        "…",
    ),
    *("#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#error!", "#getting_data"),
    *("1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind", "1.#snan", "nan(ind)", "-nan(ind)", "*", "**"),
    *("not available", "no data", "nodata", "not applicable", "#spill!", "#calc!", "undef"),
}
# Words that say so beside numbers or dates, and may be a class of their own among words.
_BESIDE_NUMBERS = {
    *("none", "missing", "unknown", "unk", "unkn", "n.d.", "n.d", "nd", "n/d", "n.r.", "n/r", "nr"),
    *("inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "1.#inf", "-1.#inf", "∞", "-∞"),
    *(
        "n.v.",
        "k.a.",
        "k. a.",
        "s.o.",
        "n.c.",
        "nc",
        "not recorded",
        "not measured",
        "not reported",
    ),
    *("not known", "no value", "error", "err", "empty", "blank", "void", "undefined"),
    *("not determined", "not detected", "below detection", "bdl", "<lod", "<loq", "tbd", "pending"),
    *("(missing)", "(unknown)", "(none)", "(blank)", "(empty)", "[missing]", "<missing>", "<none>"),
    *("<unknown>", "неизвестно", "нет данных", "н/д", "未知", "无", "缺失", "不明", "unbekannt"),
    *("keine angabe", "fehlt", "inconnu", "manquant", "desconocido", "sin datos", "s/d"),
}
_NINES = re.compile(r"-?(9+|8+|9+\.9+)(\.0+)?")
_FEWEST_SENTINELS = 2
_FEWEST_OTHERS = 8
_LEAST_NEGATIVE = -88


def never_values(distinct: Distinct) -> np.ndarray:
    """(k,) the texts that are missing in any column."""
    return np.array([text in _NEVER for text in distinct.folded], bool)


def missing_beside_numbers(distinct: Distinct) -> np.ndarray:
    """(k,) the texts that are missing in a column of numbers or dates."""
    return np.array([text in _NEVER or text in _BESIDE_NUMBERS for text in distinct.folded], bool)


def doubtful_words(distinct: Distinct) -> list[str]:
    """The texts that are read as a class among words, and could mean a missing value."""
    texts = zip(distinct.texts.to_pylist(), distinct.folded, strict=True)
    return [text for text, folded in texts if folded in _BESIDE_NUMBERS]


def sentinel(texts: pa.StringArray, values: np.ndarray, counts: np.ndarray) -> float | None:
    """A number like -99 or 9999 that stands for a missing value; None where there is none.

    It is all nines or eights, occurs more than once, and stands apart: farther from all others than
    these are from each other, or -88 or less where nothing else is below zero. A single digit has
    to be negative.

    Args:
        texts: (k,) different cells.
        values: (k,) their numbers.
        counts: (k,) cells that hold each.
    """
    for place in (int(np.argmin(values)), int(np.argmax(values))):
        others = values[values != values[place]]
        enough = (
            counts[place] >= _FEWEST_SENTINELS and counts.sum() - counts[place] >= _FEWEST_OTHERS
        )
        if not enough or len(others) < 2 or not _NINES.fullmatch(texts[place].as_py()):
            continue
        apart = np.abs(others - values[place]).min() > np.ptp(others)
        below = values[place] <= _LEAST_NEGATIVE and others.min() >= 0
        if below or (apart and not 0 <= values[place] < 10):
            return float(values[place])
    return None

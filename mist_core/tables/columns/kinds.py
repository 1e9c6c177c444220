"""What numbers or words are: continuous, ordinal, a class, an identifier or constant, and why."""

import re

import numpy as np

from mist_core.inference.cells import MAX_CLASSES
from mist_core.tables.columns.classes import merged
from mist_core.tables.columns.column import CLASS, CONSTANT, CONTINUOUS, IDENTIFIER, ORDINAL

_MOST_STEPS = 20  # more distinct whole numbers than this are as good as continuous
_IDENTIFYING = re.compile(
    r"(.*[\W_])?(id|ids|key|uuid|guid|rowid|row|rownames|rownum|unnamed: 0)"
    r"|index|row[\W_]?(names?|index|numbers?|no)|(record|serial|case)[\W_]?(no|nr|number)|#|no\.?|nr\.?",
    re.IGNORECASE,
)
_CAMEL_ID = re.compile(r".*[a-z](ID|Id)")


def of_numbers(name: str, present: np.ndarray) -> tuple[str, str]:
    """Kind and reason of a column's numbers, in the order of the rows."""
    distinct, counts = np.unique(present, return_counts=True)
    if len(distinct) < 2:
        return CONSTANT, constant(len(distinct))
    whole = bool(np.all(distinct == np.round(distinct)))
    if whole and counts.max() == 1 and len(present) > 2:
        if _counts_rows(present):
            return IDENTIFIER, "whole numbers one after the other, like a row number: left out"
        if is_identifying(name):
            return IDENTIFIER, "whole numbers, each once, named like an identifier: left out"
    if len(distinct) == 2:
        return CLASS, f"two values, {distinct[0]:g} and {distinct[1]:g}"
    if whole and is_identifying(name):
        return _named_identifier(len(distinct))
    if whole and len(distinct) <= min(_MOST_STEPS, len(present) / 2):
        return ORDINAL, f"{len(distinct)} whole numbers, {distinct[0]:g} to {distinct[-1]:g}"
    return CONTINUOUS, f"numbers, {len(distinct):,} different"


def of_words(n_distinct: int, n_cells: int) -> tuple[str, str]:
    """Kind and reason of a column of words.

    Args:
        n_distinct: different words.
        n_cells: cells with one.
    """
    if n_distinct < 2:
        return CONSTANT, constant(n_distinct)
    if n_distinct == n_cells and n_distinct > 2:
        return IDENTIFIER, "every text is different, like a name: left out"
    if n_distinct > MAX_CLASSES and n_distinct > n_cells / 2:
        return IDENTIFIER, f"{n_distinct:,} different texts, most of them once: left out"
    return CLASS, "; ".join([f"{n_distinct:,} different texts", *merged(n_distinct)])


def constant(n_distinct: int) -> str:
    """The reason why a column is constant."""
    return "the same value throughout: nothing to learn from" if n_distinct else "no values"


def is_identifying(name: str) -> bool:
    """Whether a name says that the column only names the rows."""
    return bool(_IDENTIFYING.fullmatch(name.strip()) or _CAMEL_ID.fullmatch(name))


def _counts_rows(present: np.ndarray) -> bool:
    """Whether whole numbers count from 0 or 1, or down to it.

    Other numbers in order need not name rows: years, prices by which rows were sorted, sums.
    """
    steps = np.diff(present)
    return min(present[0], present[-1]) in (0, 1) and bool(
        np.all(steps == 1) or np.all(steps == -1)
    )


def _named_identifier(n_distinct: int) -> tuple[str, str]:
    if n_distinct <= MAX_CLASSES:
        return CLASS, f"{n_distinct} whole numbers, named like an identifier"
    return IDENTIFIER, f"{n_distinct:,} whole numbers, named like an identifier: left out"

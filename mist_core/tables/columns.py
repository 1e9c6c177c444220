"""What a column is: continuous, ordinal, a class, a date, an identifier, or constant, and why."""

import dataclasses
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.errors import TableError
from mist_core.inference.inputs import MAX_CLASSES

CONTINUOUS, ORDINAL, CLASS = "continuous", "ordinal", "class"
DATE, IDENTIFIER, CONSTANT = "date", "identifier", "constant"
KINDS = (CONTINUOUS, ORDINAL, CLASS, DATE, IDENTIFIER, CONSTANT)
CHOOSABLE = (CONTINUOUS, ORDINAL, CLASS, IDENTIFIER)  # what a user may say a column is
_MOST_STEPS = 20  # more distinct whole numbers than this are as good as continuous
_IDENTIFYING = re.compile(r"(^|[\W_])(id|key|index|uuid|guid|row|unnamed: 0)$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table, with what it is and why.

    Attributes:
        name: unique within its table; untrusted text.
        kind: one of `KINDS`.
        reason: the kind's reason, one sentence.
        numbers: (n_rows,) float64, NaN where the cell is missing or not a number. Dates are days
            since 1970-01-01.
        texts: (n_rows,) str or None where missing; None as a whole when every cell is a number.
    """

    name: str
    kind: str
    reason: str
    numbers: np.ndarray
    texts: np.ndarray | None = None

    @property
    def label(self) -> str:
        """The name for an axis, with the unit where there is one."""
        return f"{self.name} (days since 1970)" if self.kind == DATE else self.name

    @property
    def usable(self) -> bool:
        """Whether the column is looked at unless somebody asks otherwise."""
        return self.kind not in (IDENTIFIER, CONSTANT)

    @property
    def is_class(self) -> bool:
        """Whether the values are read as labels without an order."""
        return self.kind == CLASS or (not self._numeric and self.kind in (IDENTIFIER, CONSTANT))

    @property
    def values(self) -> pd.Series:
        """(n_rows,) what an estimator is given: categories for a class, else float64."""
        if not self.is_class:
            return pd.Series(self.numbers, name=self.name)
        cells = self.numbers if self.texts is None else self.texts
        return pd.Series(cells, name=self.name).astype("category")

    @property
    def missing(self) -> np.ndarray:
        """(n_rows,) True where the column, as its kind reads it, has no value."""
        if self.is_class and self.texts is not None:
            return pd.isna(self.texts)
        return np.isnan(self.numbers)

    @property
    def _numeric(self) -> bool:
        return bool(np.isfinite(self.numbers).any())

    def as_kind(self, kind: str) -> "Column":
        """The same cells read as another kind.

        Raises:
            TableError: `kind` is unknown, or it wants numbers and the column has none.
        """
        if kind == self.kind:
            return self
        if kind not in CHOOSABLE:
            raise TableError(f"A column can be read as {', '.join(CHOOSABLE)}, not as {kind!r}.")
        if kind in (CONTINUOUS, ORDINAL) and not self._numeric:
            raise TableError(f"The column {self.name!r} has no numbers: read it as a class.")
        changed = dataclasses.replace(self, kind=kind, reason=f"you chose to read it as {kind}")
        n_classes = changed.values.nunique() if kind == CLASS else 0
        if n_classes > MAX_CLASSES:
            raise TableError(
                f"The column {self.name!r} has {n_classes:,} different values and at most "
                f"{MAX_CLASSES} classes can be used: merge rare ones or read it as another kind."
            )
        return changed


def column_of_numbers(name: str, numbers: np.ndarray) -> Column:
    """A column whose cells are all numbers or missing.

    Args:
        name: the column's name.
        numbers: (n_rows,) float, NaN where missing.
    """
    present = numbers[np.isfinite(numbers)]
    kind, reason = _kind_of_numbers(name, present)
    return Column(name, kind, reason, numbers)


def column_of_dates(name: str, days: np.ndarray, texts: np.ndarray, order: str) -> Column:
    """A column of dates, given in days since 1970-01-01; `order` says how they were read."""
    if len(np.unique(days[np.isfinite(days)])) < 2:
        return Column(name, CONSTANT, "the same date throughout", days, texts)
    return Column(name, DATE, f"dates ({order}), counted in days", days, texts)


def column_of_texts(name: str, texts: np.ndarray, numbers: np.ndarray) -> Column:
    """A column with cells that are not numbers; `numbers` holds those that are.

    A few stray words among numbers (95 % or more) count as missing.
    """
    present = texts[~pd.isna(texts)]
    n_numbers = int(np.isfinite(numbers).sum())
    if n_numbers >= 0.95 * len(present) and n_numbers > _MOST_STEPS:
        kind, reason = _kind_of_numbers(name, numbers[np.isfinite(numbers)])
        reason += f"; cells taken as missing for not being numbers: {len(present) - n_numbers:,}"
        return Column(name, kind, reason, numbers, texts)
    kind, reason = _kind_of_texts(present)
    return Column(name, kind, reason, numbers, texts)


def _kind_of_numbers(name: str, present: np.ndarray) -> tuple[str, str]:
    distinct = np.unique(present)
    whole = bool(np.all(present == np.round(present)))
    if len(distinct) < 2:
        return CONSTANT, _constant(distinct)
    if whole and len(distinct) == len(present) and _counts_rows(name, present):
        return IDENTIFIER, "whole numbers, each once, like a row number: left out"
    if len(distinct) == 2:
        return CLASS, f"two values, {distinct[0]:g} and {distinct[1]:g}"
    if whole and len(distinct) <= min(_MOST_STEPS, len(present) / 2):
        return ORDINAL, f"{len(distinct)} whole numbers, {distinct[0]:g} to {distinct[-1]:g}"
    return CONTINUOUS, f"numbers, {len(distinct):,} different"


def _counts_rows(name: str, present: np.ndarray) -> bool:
    """Whether distinct whole numbers are labels: by name, by having no gap, or by being sorted."""
    steps = np.diff(present)
    in_order = bool(np.all(steps > 0) or np.all(steps < 0))
    without_gap = np.ptp(present) == len(present) - 1
    return len(present) > 2 and bool(_IDENTIFYING.search(name) or without_gap or in_order)


def _kind_of_texts(present: np.ndarray) -> tuple[str, str]:
    n_distinct = len(set(present))
    if n_distinct < 2:
        return CONSTANT, _constant(present[:1])
    if n_distinct == len(present) and n_distinct > 2:
        return IDENTIFIER, "every text is different, like a name: left out"
    if n_distinct > MAX_CLASSES:
        return IDENTIFIER, f"{n_distinct:,} texts, more than {MAX_CLASSES} classes: left out"
    return CLASS, f"{n_distinct:,} different texts"


def _constant(distinct: np.ndarray) -> str:
    return "the same value throughout: nothing to learn from" if len(distinct) else "no values"

"""What a column is: continuous, ordinal, a class, a date, an identifier, or constant, and why."""

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mist_core.errors import TableError
from mist_core.tables.columns.cells import Distinct
from mist_core.tables.columns.classes import class_of_each, labels_of, merged

CONTINUOUS, ORDINAL, CLASS = "continuous", "ordinal", "class"
DATE, IDENTIFIER, CONSTANT = "date", "identifier", "constant"
KINDS = (CONTINUOUS, ORDINAL, CLASS, DATE, IDENTIFIER, CONSTANT)
_MOST_DAYS = 100_000  # from 1970, either way, that pandas holds: 1697 to 2243
CHOOSABLE = (CONTINUOUS, ORDINAL, CLASS, IDENTIFIER)  # what any column may be said to be


@dataclass(frozen=True)
class Reading:
    """What a user says of a column; what is None or empty is found out.

    Attributes:
        kind: one of `KINDS` but constant.
        missing: cells that stand for a missing value, like -99 or unknown.
        values: cells that are values though they look like words for a missing one.
        missing_as_class: whether missing cells are a class of their own, where the column is one.
        decimal: the decimal mark, "." or ",".
        order: "day first", "month first" or "year first".
    """

    kind: str | None = None
    missing: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    missing_as_class: bool = False
    decimal: str | None = None
    order: str | None = None


UNSAID = Reading()


def moments(days: np.ndarray) -> np.ndarray:
    """(n,) datetime64[us] of days since 1970, NaT for NaN."""
    micros = np.rint(days * 86_400e6)
    missing = np.isnan(micros)
    found = np.where(missing, 0, micros).astype(np.int64).view("M8[us]")
    return np.where(missing, np.datetime64("NaT"), found)


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table, with what it is and why.

    Attributes:
        name: unique within its table; untrusted text.
        kind: one of `KINDS`.
        reason: the kind's reason and what was done to single cells, one sentence.
        numbers: (n_rows,) float64, NaN where the cell is missing or not a number. Dates are days
            since 1970-01-01.
        cells: (n_rows,) text as it stands there, null where empty; None as a whole where the
            numbers say all.
        odd: cells that fit the kind in no way and count as missing, with how often each occurs;
            the most frequent.
        n_odd: cells that do, in all.
        no_value: (n_rows,) True where a cell has no value as a class either; None where these are
            the NaN among the numbers.
        spelled: whether cells that are the same number may be different classes, as 007 and 7.
        reading: what the user said.
    """

    name: str
    kind: str
    reason: str
    numbers: np.ndarray
    cells: pa.StringArray | None = None
    odd: Mapping[str, int] = field(default_factory=dict)
    n_odd: int = 0
    no_value: np.ndarray | None = None
    spelled: bool = False
    reading: Reading = UNSAID

    @property
    def usable(self) -> bool:
        """Whether the column is looked at unless somebody asks otherwise."""
        return self.kind not in (IDENTIFIER, CONSTANT)

    @property
    def is_class(self) -> bool:
        """Whether the values are read as labels without an order."""
        nameless = self.kind in (IDENTIFIER, CONSTANT) and (self.spelled or not self._numeric)
        return self.kind == CLASS or nameless

    @functools.cached_property
    def values(self) -> pd.Series:
        """(n_rows,) what an estimator is given: categories for a class, else float64.

        At most 64 classes: the rarest are merged (see `merged`).
        """
        if not self.is_class:
            return pd.Series(self.numbers, name=self.name)
        codes, labels = self._classes()
        categories = pd.Categorical.from_codes(codes, labels)
        return pd.Series(categories, name=self.name)

    @property
    def shown(self) -> pd.Series:
        """(n_rows,) what a person is shown: dates as dates, text where numbers would lose it."""
        if self.kind == DATE and np.nanmax(np.abs(self.numbers)) < _MOST_DAYS:
            return pd.Series(moments(self.numbers), name=self.name)
        if self.kind == DATE or (self.spelled and self.kind != CLASS):
            return pd.Series(self.texts, name=self.name)
        return self.values.astype(object) if self.is_class else self.values

    @functools.cached_property
    def missing(self) -> np.ndarray:
        """(n_rows,) True where the column, as its kind reads it, has no value."""
        return pd.isna(self.values).to_numpy() if self.is_class else np.isnan(self.numbers)

    @property
    def texts(self) -> np.ndarray:
        """(n_rows,) object: the cells as text, None where empty."""
        return self.raw.to_numpy(zero_copy_only=False)

    @property
    def raw(self) -> pa.StringArray:
        """(n_rows,) the cells as text, null where empty, also where only numbers were kept."""
        if self.cells is not None:
            return self.cells
        if self.kind == DATE:
            return pc.cast(pa.array(moments(self.numbers), pa.timestamp("us")), pa.string())
        return pc.cast(pa.array(self.numbers, from_pandas=True), pa.string())

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
        reading = dataclasses.replace(self.reading, kind=kind)
        changed = dataclasses.replace(self, kind=kind, reading=reading)
        said = [f"you chose to read it as {kind}"]
        if changed.is_class:
            said += merged(changed.n_labels)
        elif self.no_value is not None:
            lost = int((np.isnan(self.numbers) & ~self.no_value).sum())
            said += [f"cells that are no numbers count as missing: {lost:,}"] if lost else []
        return dataclasses.replace(changed, reason="; ".join(said))

    @property
    def n_labels(self) -> int:
        """Different classes before any are merged."""
        return len(self._codes()[1])

    def _classes(self) -> tuple[np.ndarray, list]:
        codes, labels = self._codes()
        return class_of_each(codes, labels, as_class=self.reading.missing_as_class)

    def _codes(self) -> tuple[np.ndarray, list]:
        """Which label each cell has, -1 where missing, and the labels."""
        if self.cells is None or not (
            self.spelled or (np.isnan(self.numbers) & ~self.no_value).any()
        ):
            codes, labels = pd.factorize(self.numbers, sort=True)
            return codes, list(labels)
        cells = self.cells
        if not self.spelled:
            written = pc.cast(pa.array(self.numbers, from_pandas=True), pa.string())
            cells = pc.if_else(pc.is_valid(written), written, cells)
        distinct = Distinct.of(pc.if_else(pa.array(self.no_value), None, cells))
        own, labels = labels_of(distinct)
        return distinct.spread(own, -1), labels

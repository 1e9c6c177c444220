"""Estimators from outside: a Python file, which is run, and a table of predictions.

Each bears its file's whole name, "mine.py" or "ksg.csv", so none passes for one of the built-in.
"""

import io
import math
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from mist_core.benchmarks.base import OTHER, Answer, Estimator
from mist_core.benchmarks.estimators import Function
from mist_core.benchmarks.tasks import KEYS, quantile_columns
from mist_core.checkpoint import sha256
from mist_core.errors import ParameterError, TableError
from mist_core.files import content_of

REQUIRED = ("task", "n_samples", "seed", "estimate")
_TEXT = ("task", "family", "part")


def read_estimator(path: Path) -> Function:
    """The function `estimate(x, y)` of a Python file, as an estimator named after the file.

    The file is executed: only the command line may name one.

    Raises:
        ParameterError: there is no such file, it does not run, or it has no such function.
    """
    try:
        content = content_of(path)
        names = runpy.run_path(str(path))
    # A stranger's file may fail in any way; whoever typed the command can mend it.
    except (Exception, SystemExit) as error:
        raise ParameterError(f"{path.name} cannot be run: {error}") from error
    if not callable(names.get("estimate")):
        raise ParameterError(f"{path.name} needs a function estimate(x, y) that returns a float.")
    return Function(path.name, names["estimate"], sha256(content))


def read_predictions(path: Path) -> "Predictions":
    """A CSV table of predictions as an estimator named after the file.

    Columns `task`, `n_samples`, `seed` and `estimate` (nats), and where a benchmark has several
    datasets of those three, further ones of `cells.KEYS`; quantile columns "q0.05" and the like
    are optional, all of them or none.

    Raises:
        TableError: it cannot be read, lacks a column, has two rows of one dataset, or quantiles
            that decrease.
    """
    try:
        content = content_of(path)
    except OSError as error:
        raise TableError(f"{path.name} cannot be read as CSV: {error}") from error
    return parse_predictions(path.name, content)


def parse_predictions(file_name: str, content: bytes) -> "Predictions":
    """As `read_predictions`, of a file's content."""
    try:
        table = pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys(_TEXT, str))
    except UnicodeDecodeError as error:
        told = "it is not text. Export it as CSV (UTF-8) first"
        raise TableError(f"{file_name} cannot be read as CSV: {told}.") from error
    except ValueError as error:
        raise TableError(f"{file_name} cannot be read as CSV: {error}") from error
    if missing := [name for name in REQUIRED if name not in table]:
        raise TableError(f"{file_name} has no column {', '.join(missing)}; it has {list(table)}.")
    quantiles = [name for name in quantile_columns() if name in table]
    for name in ["estimate", *quantiles]:
        if not is_numeric_dtype(table[name]):
            raise TableError(f"{file_name}: column {name} holds something that is no number.")
    if quantiles and (missing := sorted({*quantile_columns()} - {*quantiles})):
        raise TableError(f"{file_name} has some quantile columns, but no {', '.join(missing)}.")
    if (np.diff(table[quantiles].to_numpy(), axis=1) < 0).any():
        raise TableError(f"{file_name} has a row whose quantiles decrease from one to the next.")
    # An empty text is a key, too: most benchmarks have no parts.
    texts = {name: table[name].fillna("") for name in _TEXT if name in table}
    return Predictions(file_name, table.assign(**texts), sha256(content))


class Predictions(Estimator):
    """A table of predictions: nothing is computed, rows are looked up."""

    kind = OTHER

    def __init__(self, name: str, table: pd.DataFrame, identity: str):
        self.name = self.title = name
        self.identity = identity
        self.keys = [key for key in KEYS if key in table]
        rows = table.set_index(self.keys)
        if not rows.index.is_unique:
            twice = rows.index[rows.index.duplicated()][0]
            raise TableError(f"{name} has two rows with {self.keys} = {twice}.")
        self.rows = rows.to_dict("index")
        self._asked: dict[tuple, tuple] = {}

    def answer(self, datasets):
        return [self.look_up(dataset.key) for dataset in datasets]

    def names(self, key: dict) -> bool:
        """Whether it has a row for the dataset of this key, be it without an estimate."""
        return self._place(key) in self.rows

    def look_up(self, key: dict) -> Answer:
        """The prediction for the dataset of this key, by `cells.KEYS`.

        Raises:
            TableError: the same row has answered another dataset.
        """
        place, whole = self._place(key), tuple(key[name] for name in KEYS)
        row = self.rows.get(place)
        if row is None or not math.isfinite(row["estimate"]):
            return Answer(None, failure="The table has no prediction for this dataset.")
        first = self._asked.setdefault(place, whole)
        if first != whole:
            differ = [name for name, a, b in zip(KEYS, first, whole, strict=True) if a != b]
            raise TableError(
                f"{self.name} has one row for several datasets of task {key['task']}, which differ "
                f"in {', '.join(differ)}: add what is missing as a column."
            )
        quantiles = [float(row.get(name, float("nan"))) for name in quantile_columns()]
        known = not any(map(pd.isna, quantiles))
        return Answer(float(row["estimate"]), quantiles=quantiles if known else None)

    def _place(self, key: dict) -> tuple:
        return tuple(key[name] for name in self.keys)

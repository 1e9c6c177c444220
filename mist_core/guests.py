"""Estimators from outside: a Python file, which is run, and a table of predictions."""

import io
import math
import runpy
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

from mist_core.candidates import Answer, Candidate, Function, digest
from mist_core.cells import KEYS, Dataset, quantile_columns
from mist_core.errors import ParameterError, TableError

REQUIRED = ("task", "n_samples", "seed", "estimate")


def read_estimator(path: Path) -> Function:
    """The function `estimate(x, y)` of a Python file, as a candidate named after the file.

    The file is executed: only the command line may name one.

    Raises:
        ParameterError: there is no such file, it does not run, or it has no such function.
    """
    try:
        content = path.read_bytes()
        names = runpy.run_path(str(path))
    # A stranger's file may fail in any way; whoever typed the command can mend it.
    except Exception as error:
        raise ParameterError(f"{path.name} cannot be run: {error}") from error
    if not callable(names.get("estimate")):
        raise ParameterError(f"{path.name} needs a function estimate(x, y) that returns a float.")
    return Function(path.stem, names["estimate"], digest(content))


def read_predictions(path: Path) -> "Predictions":
    """A CSV table of predictions as a candidate named after the file.

    Columns `task`, `n_samples`, `seed` and `estimate` (nats), and where a benchmark has several
    datasets of those three, further ones of `cells.KEYS`; quantile columns "q0.05" and the like
    are optional, all of them or none.

    Raises:
        TableError: it cannot be read, lacks a column, or has two rows of one dataset.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path.name} cannot be read as CSV: {error}") from error
    return parse_predictions(path.name, content)


def parse_predictions(file_name: str, content: bytes) -> "Predictions":
    """As `read_predictions`, of a file's content."""
    text = dict.fromkeys(("task", "family", "part"), str)
    try:
        table = pd.read_csv(io.BytesIO(content), dtype=text)
    except ValueError as error:
        raise TableError(f"{file_name} cannot be read as CSV: {error}") from error
    if missing := [name for name in REQUIRED if name not in table]:
        raise TableError(f"{file_name} has no column {', '.join(missing)}; it has {list(table)}.")
    for name in [name for name in ("estimate", *quantile_columns()) if name in table]:
        if not is_numeric_dtype(table[name]):
            raise TableError(f"{file_name}: column {name} holds something that is no number.")
    return Predictions(Path(file_name).stem, table, digest(content))


class Predictions(Candidate):
    """A table of predictions: nothing is computed, rows are looked up."""

    def __init__(self, name: str, table: pd.DataFrame, identity: str):
        self.name, self.identity = name, identity
        self.keys = [key for key in KEYS if key in table]
        rows = table.set_index(self.keys, verify_integrity=False)
        if not rows.index.is_unique:
            twice = rows.index[rows.index.duplicated()][0]
            raise TableError(f"{name} has two rows with {self.keys} = {twice}.")
        self.rows = rows.to_dict("index")

    def answer(self, datasets: list[Dataset]) -> list[Answer]:
        return [self.look_up(dataset.key()) for dataset in datasets]

    def look_up(self, key: dict) -> Answer:
        """The prediction for the dataset of this key, by `cells.KEYS`."""
        row = self.rows.get(tuple(key[name] for name in self.keys))
        if row is None or not math.isfinite(row["estimate"]):
            return Answer(None, failure="The table has no prediction for this dataset.")
        quantiles = [float(row.get(name, float("nan"))) for name in quantile_columns()]
        whole = not any(map(pd.isna, quantiles))
        return Answer(float(row["estimate"]), quantiles=quantiles if whole else None)

"""Predictions made elsewhere, scored against the truths of a stored result: nothing is drawn."""

import numpy as np
import pandas as pd

from mist_core.benchmarks.external import Predictions, parse_predictions
from mist_core.benchmarks.tasks import KEYS, quantile_columns, tidy
from mist_core.errors import TableError

# An upload's name ends so.
UPLOADED = " (yours)"


def datasets(table: pd.DataFrame) -> pd.DataFrame:
    """The datasets of a result table: each one's KEYS and `truth`, whoever was asked."""
    return table[[*KEYS, "truth"]].drop_duplicates(list(KEYS)).reset_index(drop=True)


def template(known: pd.DataFrame) -> pd.DataFrame:
    """The table to fill in: a row a dataset, `estimate` empty.

    Args:
        known: of `datasets`.
    """
    keys = [key for key in KEYS if key != "part" or known.part.astype(bool).any()]
    return known[keys].assign(estimate=np.nan)


def judge(file_name: str, content: bytes, known: pd.DataFrame) -> pd.DataFrame:
    """The uploaded predictions as rows of a result table, for the datasets they name.

    Args:
        file_name: marked as an upload, it names the estimator.
        content: CSV as `guests.read_predictions` takes it.
        known: of `datasets`.

    Raises:
        TableError: the table cannot be read, predicts none of these datasets, or one row stands
            for several.
    """
    predictions = parse_predictions(file_name, content)
    rows = known.to_dict("records")
    if not any(map(predictions.names, rows)):
        raise TableError(
            f"{file_name} names none of the {len(known):,} datasets of this benchmark; its rows "
            f"must have the template's {', '.join(predictions.keys)}."
        )
    records = [_record(predictions, row) for row in rows]
    predicted = [record for record in records if record["estimate"] is not None]
    if not predicted:
        raise TableError(f"{file_name} has no finite number in its column estimate.")
    return tidy(predicted)


def _record(predictions: Predictions, row: dict) -> dict:
    answer = predictions.look_up(row)
    quantiles = answer.quantiles or [None] * len(quantile_columns())
    known = {"estimate": answer.estimate} | dict(zip(quantile_columns(), quantiles, strict=True))
    return {"estimator": predictions.name + UPLOADED} | row | known

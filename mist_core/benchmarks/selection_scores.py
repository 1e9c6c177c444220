"""Scores of selectors: how much of a blanket they take, and what a classifier makes of columns."""

from collections.abc import Iterable

import pandas as pd

LAW, TABLE = "law", "table"


def of_blanket(taken: Iterable[int], blanket: frozenset[int]) -> dict[str, float]:
    """Precision, recall and whether both are whole; what is empty is all right."""
    taken = set(taken)
    right = len(taken & blanket)
    return {
        "precision": right / len(taken) if taken else 1.0,
        "recall": right / len(blanket) if blanket else 1.0,
        "exact": float(taken == blanket),
    }


def by_law(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each selector, law and n: mean precision, recall, exact, columns and seconds."""
    laws = table[table.kind == LAW]
    scores = ["precision", "recall", "exact", "columns", "seconds"]
    return laws.groupby(["selector", "name", "n_samples"], sort=False)[scores].mean().reset_index()


def by_columns(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each selector, real table and number of columns: mean accuracy over the folds.

    Numbers that a selector reached in some folds only are left out.
    """
    tables = table[table.kind == TABLE]
    grouped = tables.groupby(["selector", "name", "columns"], sort=False)
    found = grouped.agg(accuracy=("accuracy", "mean"), folds=("accuracy", "size")).reset_index()
    all_folds = tables.groupby("name").seed.nunique()
    return found[found.folds == found.name.map(all_folds)].drop(columns="folds")


def rendered(table: pd.DataFrame) -> str:
    """Both for a terminal."""
    laws = table[table.kind == LAW]
    wide = [
        laws.pivot_table(score, ["name", "n_samples"], "selector", sort=False).round(2).to_string()
        for score in ("precision", "recall")
    ]
    accuracy = by_columns(table).pivot_table(
        "accuracy", ["name", "columns"], "selector", sort=False
    )
    return "\n\n".join(["Precision", wide[0], "Recall", wide[1], accuracy.round(3).to_string()])

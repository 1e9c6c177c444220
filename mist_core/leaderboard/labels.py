"""How the estimators of stored results are shown: a title, and whose they are."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

import pandas as pd

from mist_core.benchmarks.base import CLASSICAL, NEURAL, OTHER, OURS
from mist_core.benchmarks.estimators import ESTIMATORS, PREFIX, REFINED

YOURS, PUBLISHED = "yours", "published, own protocol"
KINDS = (OURS, CLASSICAL, NEURAL, OTHER, YOURS, PUBLISHED)


@dataclass(frozen=True)
class Label:
    """What a reader sees of an estimator.

    Attributes:
        title: its name; a user's file may have any.
        kind: one of KINDS.
        weights: the name of ours, None for others.
        refined: whether each answer of ours was refined on its dataset.
    """

    title: str
    kind: str
    weights: str | None = None
    refined: bool = False


def label(name: str, ours: Container[str]) -> Label:
    """The label of an estimator.

    Args:
        name: in the result table of a run.
        ours: names there of the weights of ours that the run judged; only the run knows: a file of
            a user's may have any name.
    """
    if name in ours:
        weights = name.removeprefix(PREFIX).removesuffix(REFINED)
        refined = name.endswith(REFINED)
        return Label(f"MIST {weights}" + ", refined" * refined, OURS, weights, refined)
    if name in ESTIMATORS:
        return Label(ESTIMATORS[name].title, ESTIMATORS[name].kind)
    return Label(name, OTHER)


def labelled(table: pd.DataFrame, labels: Mapping[str, Label]) -> pd.DataFrame:
    """A table of estimators with their `title` and `kind`."""
    if table.empty:
        return table
    return table.assign(
        title=table.estimator.map({name: shown.title for name, shown in labels.items()}),
        kind=table.estimator.map({name: shown.kind for name, shown in labels.items()}),
    )

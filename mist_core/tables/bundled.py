"""Three real tables that come with scikit-learn, each with a story; they load without a network."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from sklearn import datasets

from mist_core.tables.table import Table, table_from_frame

_DIABETES_NAMES = {
    "bp": "blood pressure",
    "s1": "cholesterol",
    "s2": "LDL",
    "s3": "HDL",
    "s4": "cholesterol / HDL",
    "s5": "log triglycerides",
    "s6": "glucose",
    "target": "progression",
}


@dataclass(frozen=True)
class Dataset:
    """A bundled table and the question it opens with.

    Attributes:
        question: what somebody would ask of it.
        story: what to look for, two sentences at most.
        source: where the data come from.
        target: the column or columns the page starts with.
        load: reads the table.
    """

    question: str
    story: str
    source: str
    target: tuple[str, ...]
    load: Callable[[], Table]


def _diabetes() -> Table:
    frame = datasets.load_diabetes(as_frame=True, scaled=False).frame.rename(
        columns=_DIABETES_NAMES
    )
    return table_from_frame(frame.assign(sex=frame["sex"].map({1.0: "1", 2.0: "2"})))


def _wine() -> Table:
    bunch = datasets.load_wine(as_frame=True)
    frame = bunch.frame.rename(columns=lambda name: name.replace("_", " ")).drop(columns="target")
    cultivar = bunch.target.map({0: "first", 1: "second", 2: "third"})
    return table_from_frame(frame.assign(cultivar=cultivar))


def _athletes() -> Table:
    bunch = datasets.load_linnerud(as_frame=True)
    frame = pd.concat([bunch.data, bunch.target], axis="columns")
    return table_from_frame(frame.rename(columns=str.lower))


DATASETS = {
    "Diabetes": Dataset(
        "What foretells the progress of diabetes?",
        "442 patients, ten measurements and how far the disease had come a year later. Numbers "
        "and one class; each measurement tells a little.",
        "Efron, Hastie, Johnstone and Tibshirani (2004), Least Angle Regression",
        ("progression",),
        _diabetes,
    ),
    "Wine": Dataset(
        "Which measurement tells the vineyard?",
        "178 wines from three cultivars and 13 chemical measurements. The target is a class, so "
        "no column can tell more than its entropy.",
        "Aeberhard and Forina (1991), Wine, UCI Machine Learning Repository",
        ("cultivar",),
        _wine,
    ),
    "Athletes": Dataset(
        "What can twenty rows tell?",
        "20 middle-aged men, three exercises and three body measures. So few rows that the "
        "intervals, not the order, are the finding.",
        "Linnerud (North Carolina State University), in Tenenhaus (1998), La régression PLS",
        ("weight", "waist", "pulse"),
        _athletes,
    ),
}

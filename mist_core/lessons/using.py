"""Lesson 6: what one can do with an estimate that has a gradient, and that costs milliseconds."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mist_core.explore.repeats import AskAll
from mist_core.files import write_whole
from mist_core.lessons.climbing import Climb, Gradient, begin, bent, climb, projection
from mist_core.lessons.lesson import Lesson, Reference, Screen
from mist_core.lessons.selecting import select, selection
from mist_core.lessons.squeezing import USUAL, bottleneck, squeezed
from mist_core.paths import RESULTS

__all__ = [
    "LESSON",
    "bottleneck",
    "climb",
    "projection",
    "select",
    "selection",
    "squeezed",
    "store",
    "stored",
]

LESSON = Lesson(
    "using",
    "Using it",
    (
        Screen(
            "projection",
            "Look for a direction",
            (
                "Y depends on one hidden direction among four columns, and not in a straight line.",
                "MIST's estimate has a gradient, so we turn the best of a few random directions "
                "uphill until it tells as much about Y as it can.",
                "No projection can tell more than all four columns do.",
            ),
            r"\max_w\; \hat I(w^\top X;\, Y) \le I(X; Y)",
        ),
        Screen(
            "bottleneck",
            "A bottleneck",
            (
                "A small classifier must squeeze two columns X through two noisy numbers T.",
                "What T tells about the class should rise; what it keeps of X costs.",
                "With noise both are finite, so that this [[information bottleneck]] can be "
                "measured.",
            ),
            r"\begin{gathered} I(T;\, \text{class}) \le \ln 2 \\ I(X; T) < \infty \end{gathered}",
        ),
        Screen(
            "selection",
            "Choose columns",
            (
                "Four columns may tell about Y, and there is room for two.",
                "A ranking looks at each column by itself.",
                "[[forward selection|Forward selection]] asks of each column what it adds to those "
                "already taken.",
            ),
            r"\max_k\; I(X_k;\, Y \mid X_{\text{taken}})",
        ),
    ),
    (
        Reference(
            "Tishby, Pereira and Bialek (1999), The information bottleneck method",
            "10.48550/arXiv.physics/0004057",
        ),
        Reference(
            "Goldfeld et al. (2019), Estimating information flow in deep neural networks",
            "10.48550/arXiv.1810.05728",
        ),
        Reference(
            "Peng, Long and Ding (2005), Feature selection based on mutual information: criteria "
            "of max-dependency, max-relevance, and min-redundancy",
            "10.1109/TPAMI.2005.159",
        ),
        Reference(
            "Brown, Pocock, Zhao and Luján (2012), Conditional likelihood maximisation: a unifying "
            "framework for information theoretic feature selection",
            url="https://jmlr.org/papers/v13/brown12a.html",
        ),
    ),
)


STORED = RESULTS / "lesson-using.json"
COMMAND = "python -m mist_core lesson-using"


@dataclass(frozen=True)
class Stored:
    """What the page shows before anybody moves a control.

    Attributes:
        climb: of the first seed.
        course: the classifier's, with the first seed and the noise of `USUAL`.
        sha256: of the weights that answered.
    """

    climb: Climb
    course: pd.DataFrame
    sha256: str


def store(estimate: Gradient, ask: AskAll, sha256: str) -> None:
    """Work out what `stored` gives, and keep it."""
    found = climb(0, estimate, ask, print)
    numbers = {"path": found.path.tolist(), "values": found.values.tolist(), "fresh": found.fresh}
    course = squeezed(USUAL, 0, ask, print).to_dict("list")
    kept = {"command": COMMAND, "sha256": sha256, "climb": numbers, "course": course}
    write_whole(STORED, json.dumps(kept).encode())


def stored() -> Stored:
    """The stored climb and course; rows come again from their seed."""
    kept = json.loads(STORED.read_text())
    found = kept["climb"]
    hidden, _, rng = begin(0)
    x, y = bent(hidden, rng)
    path, values = (np.array(found[name]) for name in ("path", "values"))
    climbed = Climb(x, y, hidden, path, values, found["fresh"], "using.stored().climb")
    return Stored(climbed, pd.DataFrame(kept["course"]), kept["sha256"])

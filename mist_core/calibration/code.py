"""A calibration study as a notebook: drawn again, or read from where it is stored."""

from dataclasses import replace

import pandas as pd

from mist_core.calibration.judge import MIST
from mist_core.calibration.stored import StoredStudy, stem
from mist_core.calibration.study import OneLaw, Study
from mist_core.calibration.summary import coverage, dependent
from mist_core.notebook import Step, Story

TITLE = "When it says 90 %, is it 90 %?"
FIRST = 40  # datasets of a stored study that its notebook draws anew


def drawn(study: Study | OneLaw, table: pd.DataFrame, weights: str, sha256: str) -> Story:
    """A study that was drawn on the page, as far as it got.

    Args:
        study: what was to be drawn.
        table: rows of `mist_core.calibration.judge` so far.
        weights, sha256: that were judged.
    """
    done = replace(study, n_datasets=int((table.method == MIST).sum()))
    again = Step(_DRAWN.format(study=done), "The same datasets, drawn and judged again:")
    return Story(TITLE, (again, _COUNTED), _shown(table), weights, sha256)


def stored(study: StoredStudy, weights: str, sha256: str) -> Story:
    """A study of the repository, and its first datasets with the weights as they are now."""
    first = replace(study.study, n_datasets=FIRST)
    steps = (
        Step(_STORED.format(name=stem(study.study.laws)), _ABOUT_STORED.format(study=study)),
        _COUNTED,
        Step(_AGAIN.format(study=first), f"The first {FIRST} of these datasets, judged today:"),
    )
    return Story(TITLE, steps, _shown(study.table), weights, sha256)


def _shown(table: pd.DataFrame) -> dict[str, float]:
    counted = coverage(dependent(table[table.method == MIST]))
    return {"share": float(counted.held.iloc[0] / max(counted.datasets.iloc[0], 1))}


_DRAWN = """\
import pandas as pd
from mist_core.calibration.judge import follow
from mist_core.calibration.study import OneLaw, Study

study = {study!r}
table = pd.concat(follow(study, estimator), ignore_index=True)
table[["family", "n_samples", "dim_x", "dim_y", "truth", "low", "high"]]
"""
_AGAIN = """\
import pandas as pd
from mist_core.calibration.judge import follow
from mist_core.calibration.study import Study

today = pd.concat(follow({study!r}, estimator), ignore_index=True)
coverage(dependent(today))
"""
_STORED = """\
from mist_core.calibration.stored import load

table = load({name!r}).table
"""
_ABOUT_STORED = "The stored study of {study.date}, made by `{study.command}`:"
_COUNTED = Step(
    """\
from mist_core.calibration.judge import MIST
from mist_core.calibration.summary import coverage, dependent

counted = coverage(dependent(table[table.method == MIST]))
share = (counted.held / counted.datasets).item()
counted
""",
    "How many 90 % intervals of dependent draws held the truth:",
)

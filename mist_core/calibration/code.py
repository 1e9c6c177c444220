"""A calibration study as a notebook: drawn again, or read from where it is stored."""

from dataclasses import replace

import pandas as pd

from mist_core.calibration.judge import MIST
from mist_core.calibration.samples import Samples
from mist_core.calibration.stored import StoredStudy, stem
from mist_core.calibration.study import OneLaw, Study
from mist_core.calibration.subsamples import Subsamples, intervals
from mist_core.calibration.summary import coverage, dependent
from mist_core.inference.posterior import UNITS, Posterior
from mist_core.notebook import Step, Story

TITLE = "When it says 90 %, is it 90 %?"
FIRST = 40  # datasets of a stored study that its notebook draws anew


def drawn(study: Study | OneLaw | Samples, table: pd.DataFrame, weights: str, sha256: str) -> Story:
    """A study that was drawn on the page, as far as it got.

    Args:
        study: what was to be drawn.
        table: rows of `mist_core.calibration.judge` so far.
        weights, sha256: that were judged.
    """
    done = int((table.method == MIST).sum())
    if isinstance(study, Samples):
        made, words = _READ.format(study=study, done=done), _ABOUT_READ
    else:
        made = _DRAWN.format(study=replace(study, n_datasets=done))
        words = "The same datasets, drawn and judged again:"
    steps = Step(made + _JUDGED, words), _COUNTED
    return Story(TITLE, steps, _shown(table), weights, sha256)


def stored(study: StoredStudy, weights: str, sha256: str) -> Story:
    """A study of the repository, and its first datasets with the weights as they are now."""
    first = replace(study.study, n_datasets=FIRST)
    steps = (
        Step(_STORED.format(name=stem(study.study.laws)), _ABOUT_STORED.format(study=study)),
        _COUNTED,
        Step(_AGAIN.format(study=first), f"The first {FIRST} of these datasets, judged today:"),
    )
    return Story(TITLE, steps, _shown(study.table), weights, sha256)


def subsampled(
    opened: Step,
    study: Subsamples,
    table: pd.DataFrame,
    whole: Posterior,
    *,
    unit: str,
    weights: str,
    sha256: str,
) -> Story:
    """Subsamples of a real table, as far as they got, beside the whole table's value.

    Args:
        opened: reads the table again.
        study: what was to be drawn.
        table: rows of `mist_core.calibration.judge` so far.
        whole: what all rows say, nats.
        unit: shown.
        weights, sha256: that were judged.
    """
    told = intervals(table, whole.median)
    again = Step(_SUBSAMPLES.format(study=study, done=len(told)) + _JUDGED, "The same subsamples:")
    value = _ANSWERED if whole.evidence is None else _REFINED.format(value=whole.median)
    counted = Step(value + _HELD, "How many 90 % intervals hold the whole table's value, in nats:")
    shown = {
        f"{UNITS[unit]!r} * whole": UNITS[unit] * whole.median,
        "share": float(told.inside.mean()),
    }
    return Story(TITLE, (opened, again, counted), shown, weights, sha256)


def _shown(table: pd.DataFrame) -> dict[str, float]:
    counted = coverage(dependent(table[table.method == MIST]))
    return {"share": float(counted.held.iloc[0] / max(counted.datasets.iloc[0], 1))}


_DRAWN = """\
from mist_core.calibration.study import OneLaw, Study

study = {study!r}
"""
_READ = """\
from mist_core.calibration.samples import read_samples
from mist_core.tables import read_table

study = read_samples(read_table({study.file!r}, header=True), {study.typed!r})
assert study.sha256 == "{study.sha256}", "This is another file than the page read."
study = study.first({done})
"""
_ABOUT_READ = "Put the file beside this notebook; another one is refused:"
_JUDGED = """\
import pandas as pd
from mist_core.calibration.judge import follow

table = pd.concat(follow(study, estimator), ignore_index=True)
table[["family", "n_samples", "dim_x", "dim_y", "truth", "low", "high"]]
"""
_SUBSAMPLES = """\
from mist_core.calibration.subsamples import Subsamples

study = Subsamples.of(table, {study.names!r}, {study.n_samples}, {done}, {study.seed})
"""
_ANSWERED = "whole = estimator.posterior(study.x, study.y).median\n"
# How far a refinement gets in its seconds depends on the machine.
_REFINED = "whole = {value!r}  # as it was refined on the page\n"
_HELD = """\
from mist_core.calibration.subsamples import intervals

told = intervals(table, whole)
share = told.inside.mean()
told
"""
_AGAIN = """\
import pandas as pd
from mist_core.calibration.judge import follow
from mist_core.calibration.study import Study

today = pd.concat(follow({study!r}, estimator), ignore_index=True)
coverage(dependent(today))
"""
_STORED = """\
from mist_core.calibration.samples import Samples
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

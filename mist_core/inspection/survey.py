"""All pairs of a table, or all columns against a target: what depends on what, and how surely."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from mist_core.inference.estimator import MISTEstimator
from mist_core.inspection.asking import answers
from mist_core.inspection.evidence import weighed
from mist_core.inspection.plan import planned
from mist_core.inspection.result import ASKING, DONE, PERMUTING, SCREENING, WEIGHING, Survey
from mist_core.tables.table import Table
from mist_core.threads import cores

_PAUSE = 0.3  # seconds between what is told while the network is asked


def survey(
    estimator: MISTEstimator,
    table: Table,
    target: str | Sequence[str] | None = None,
    sources: Sequence[Sequence[str]] | None = None,
    *,
    max_rows: int | None = None,
    seed: int = 0,
    progress: Callable[[Survey], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Survey:
    """What depends on what in a table.

    >>> survey(estimator, read_table("houses.csv"), "price").pairs             # doctest: +SKIP

    Args:
        estimator: its network is asked.
        table: the data; rows with a gap are left out pair by pair.
        target: a column, or several taken together, that the others are asked about; None asks
            about all pairs.
        sources: with a target: columns, or groups of them, instead of every other column of use.
        max_rows: a longer table is thinned to so many rows, drawn at random; None lets the number
            of pairs decide, see `plan.ROWS`.
        seed: of all draws: rows, permutations and the audit.
        progress: called with the survey so far, several times a second where much is to do.
        cancelled: asked as often; where it says True the survey ends with what it has.

    Raises:
        TableError: a column does not exist or is on both sides, or no two columns of use share
            four complete rows.
    """
    found = None
    for found in surveys(estimator, table, target, sources, max_rows=max_rows, seed=seed):
        if progress:
            progress(found)
        if cancelled and not found.is_done and cancelled():
            return replace(found, cancelled=True, stage=DONE, seconds_left=None)
    assert found is not None
    return found


def surveys(
    estimator: MISTEstimator,
    table: Table,
    target: str | Sequence[str] | None = None,
    sources: Sequence[Sequence[str]] | None = None,
    *,
    max_rows: int | None = None,
    seed: int = 0,
) -> Iterator[Survey]:
    """The survey as it grows, complete at last; arguments and errors as of `survey`."""
    plan = planned(table, target, sources, max_rows=max_rows, seed=seed)
    clock = _Clock()
    for done in plan.screened():
        yield clock.at(plan.survey, SCREENING, done, plan.survey.n_tested)
    pairs, asked, found = plan.chosen()
    evidence = weighed(pairs, found.n_tested, seed, cores())
    for known in evidence:
        found = replace(found, evidence=known)
        yield clock.at(found, WEIGHING, int(np.isfinite(known.p).sum()), len(pairs))
        if not np.isnan(known.p).any():
            break
    rows: list[dict] = []
    order = np.argsort(-found.evidence.statistic, kind="stable").tolist()
    ordered = [pairs[k] for k in order]
    for number, row in answers(estimator, ordered, of=len(pairs)):
        rows.append(row | {"place": order[number], "asked": asked[order[number]]})
        if clock.is_due or len(rows) == len(pairs):
            found = replace(found, answers=tuple(rows))
            yield clock.at(found, ASKING, len(rows), len(pairs))
    for known in evidence:
        found = replace(found, evidence=known)
        yield clock.at(found, PERMUTING, 0, 0)
    yield clock.at(found, DONE, len(pairs), len(pairs))


class _Clock:
    """Stages and the time that each of them still takes."""

    def __init__(self) -> None:
        self.stage, self.begun, self.told = "", time.monotonic(), -math.inf

    @property
    def is_due(self) -> bool:
        """Whether the last survey is so old that a user wants another."""
        return time.monotonic() > self.told + _PAUSE

    def at(self, found: Survey, stage: str, done: int, total: int) -> Survey:
        """The survey, so far into a stage."""
        if stage != self.stage:
            self.begun = time.monotonic() if self.stage else self.begun
            self.stage = stage
        self.told = time.monotonic()
        seconds = self.told - self.begun
        left = seconds * (total - done) / done if done else None
        return replace(found, stage=stage, done=done, total=total, seconds_left=left)

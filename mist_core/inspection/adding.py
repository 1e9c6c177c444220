"""What each column adds to others about a target: forward selection, and two columns' overlap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mist_core.errors import TableError
from mist_core.inference.containers import MIN_SAMPLES
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior
from mist_core.inspection.variable import Variable, read
from mist_core.relations.selection import Step, forward_selection
from mist_core.tables.pairs import complete_rows
from mist_core.tables.table import Table

# Columns taken one after the other, and those that are looked at, at most: the strongest alone.
MOST_STEPS, MOST_LOOKED_AT = 6, 40
MOST_ROWS = 2000
# A column with more gaps than this share would take too many rows from all the others.
MOST_GAPS = 0.2


@dataclass(frozen=True)
class Adding:
    """What was taken, in order, and what each column tells by itself.

    Attributes:
        target: the column that is told about.
        taken: names and what each added; see `Step`.
        alone: what each column tells by itself, the strongest first.
        left_out: columns with too many gaps.
        rows: complete ones that were used.
    """

    target: str
    taken: tuple[tuple[str, Step], ...]
    alone: tuple[tuple[str, Posterior], ...]
    left_out: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Overlap:
    """What two columns tell about a third: each alone, and each where the other is known."""

    first: Posterior
    second: Posterior
    first_given: Posterior
    second_given: Posterior

    @property
    def shared(self) -> float:
        """What both tell alike, nats; below 0 where they tell more together than by themselves."""
        one = self.first.mean - self.first_given.mean
        return (one + self.second.mean - self.second_given.mean) / 2


def adding(estimator: MISTEstimator, table: Table, target: str) -> Adding:
    """Columns in the order in which each adds most to those before, while it surely adds any.

    Raises:
        TableError: no column can be compared, or too few rows are complete.
    """
    others = [c.name for c in table.columns if c.usable and c.name != target]
    sparse = [name for name in others if table[name].missing.mean() > MOST_GAPS]
    names = [name for name in others if name not in sparse]
    if not names:
        raise TableError("No column with few gaps is left to compare with the target.")
    sides, rows = _matrices(table, [target, *names])
    y, columns = sides[0], sides[1:]
    alone = estimator.posteriors((column, y) for column in columns)
    order = sorted(range(len(names)), key=lambda k: -alone[k].mean)
    looked_at = order[:MOST_LOOKED_AT]
    steps = forward_selection([columns[k] for k in looked_at], y, estimator, most=MOST_STEPS)
    return Adding(
        target,
        tuple((names[looked_at[step.place]], step) for step in steps),
        tuple((names[k], alone[k]) for k in order),
        tuple(sparse),
        rows,
    )


def overlap(
    estimator: MISTEstimator, table: Table, first: str, second: str, target: str
) -> Overlap:
    """What two columns tell about a third, alone and given each other.

    Raises:
        TableError: too few rows are complete.
    """
    (a, b, y), _ = _matrices(table, [first, second, target])
    return Overlap(
        estimator.posterior(a, y),
        estimator.posterior(b, y),
        estimator.conditional(a, y, b),
        estimator.conditional(b, y, a),
    )


def _matrices(table: Table, names: Sequence[str]) -> tuple[list[Tensor], int]:
    """Each column as an estimator reads it, at rows that are complete in all, and how many."""
    rows = complete_rows(table, names, max_rows=MOST_ROWS)
    if len(rows) < MIN_SAMPLES:
        raise TableError(f"Only {len(rows)} rows have no gap in these columns; 4 are needed.")
    parts = (Variable((read(table[name], rows),)) for name in names)
    return [torch.from_numpy(np.ascontiguousarray(part.matrix(None))) for part in parts], len(rows)

"""Samples that somebody brings along, each with its true mutual information."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import torch

from mist_core.calibration.study import A_DRAW
from mist_core.errors import TableError
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.markdown import counted
from mist_core.priors.batch import Batch, Composition
from mist_core.tables.columns.column import Column
from mist_core.tables.table import Table

SAMPLE, TRUTH = "sample", "truth"
LAWS = "your samples"
MOST_SAMPLES, MOST_COLUMNS = 5000, 64
FORMAT = (
    "One row a line, numbers only: the columns of X are named x1, x2, …, those of Y y1, y2, …; "
    "`sample` says which sample a row is of, and `truth` is the true mutual information of that "
    "sample in nats. A file of one sample needs neither of these two: type its truth in."
)
EXAMPLE = "mist-samples-example.csv"
EXAMPLE_SAMPLES, EXAMPLE_ROWS = 24, 100


@dataclass(frozen=True, eq=False)
class Sample:
    """One dataset.

    Attributes:
        x, y: (n, p) and (n, q) float64, finite.
        truth: nats.
    """

    x: np.ndarray
    y: np.ndarray
    truth: float

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.x), self.x.shape[1], self.y.shape[1]


@dataclass(frozen=True)
class Samples:
    """A study of samples from a file, as `Study` otherwise.

    Attributes:
        sha256: of the file.
        typed: the truth of its one sample, where it was not in the file.
        file: its name.
        samples: at least one.
    """

    sha256: str
    typed: float | None
    file: str
    samples: tuple[Sample, ...] = field(compare=False, repr=False)
    laws: str = LAWS

    @property
    def n_datasets(self) -> int:
        return len(self.samples)

    def first(self, count: int) -> "Samples":
        """The first samples only."""
        return replace(self, samples=self.samples[:count])

    def draws(self) -> Iterator[tuple[int, Batch, np.random.Generator]]:
        """As `Study.draws`: neighbours of one shape come together."""
        numbered = enumerate(self.samples)
        for _, alike in itertools.groupby(numbered, key=lambda place: place[1].shape):
            while group := list(itertools.islice(alike, A_DRAW)):
                first, samples = group[0][0], [sample for _, sample in group]
                x, y = (torch.tensor(np.stack([getattr(s, w) for s in samples])) for w in "xy")
                truth = torch.tensor([s.truth for s in samples], dtype=torch.float64)
                batch = Batch(x, y, truth, (Composition.of(self.laws),) * len(samples))
                yield first, batch, np.random.default_rng(first)


def read_samples(table: Table, typed: float | None = None, file: str = EXAMPLE) -> Samples:
    """The samples of a table of the FORMAT.

    Args:
        table: of a file.
        typed: the truth of its one sample, nats, where it has no column of that name.
        file: its name.

    Raises:
        TableError: it is not of that format; the message says what to change.
    """
    x, y = (_side(table, side) for side in "xy")
    truths = _truths(table, typed)
    groups = [
        *pd.DataFrame(index=range(table.n_rows)).groupby(_names(table), sort=False).groups.items()
    ]
    if len(groups) > MOST_SAMPLES:
        raise TableError(f"The file has {len(groups):,} samples: {MOST_SAMPLES:,} at most.")
    if typed is not None and not _has(table, TRUTH) and len(groups) > 1:
        raise TableError("Several samples need a column truth: one number typed in is not enough.")
    samples = tuple(Sample(x[rows], y[rows], _truth(name, truths[rows])) for name, rows in groups)
    return Samples(table.sha256, None if _has(table, TRUTH) else typed, file, samples)


def needs_truth(table: Table) -> bool:
    """Whether its truth has to be typed in."""
    return not _has(table, TRUTH)


def example() -> pd.DataFrame:
    """Samples of the FORMAT: bivariate normal ones of several correlations."""
    rng = np.random.default_rng(0)
    parts = []
    for number, told in enumerate(np.linspace(0.05, 1.2, EXAMPLE_SAMPLES), start=1):
        x, noise = rng.standard_normal((2, EXAMPLE_ROWS))
        r = np.sqrt(-np.expm1(-2 * told))
        rows = {SAMPLE: number, "x1": x, "y1": r * x + np.sqrt(1 - r * r) * noise, TRUTH: told}
        parts.append(pd.DataFrame(rows))
    return pd.concat(parts, ignore_index=True).round(6)


def _has(table: Table, name: str) -> bool:
    return name in map(str.lower, table.names)


def _column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name.lower() == name)


def _names(table: Table) -> np.ndarray:
    """(n_rows,) the name of each row's sample."""
    if not _has(table, SAMPLE):
        return np.zeros(table.n_rows, dtype=object)
    names = _column(table, SAMPLE).texts
    if (missing := pd.isna(names)).any():
        raise TableError(
            f"The column sample is empty in {counted(missing.sum(), 'row')}: name each one's."
        )
    return names


def _side(table: Table, side: str) -> np.ndarray:
    """(n_rows, columns) numbers of one side."""
    others = [
        n for n in table.names if n.lower()[0] not in "xy" and n.lower() not in (SAMPLE, TRUTH)
    ]
    if others:
        raise TableError(
            f"The column {others[0]!r:.80} is none of sample, truth, x1, x2, …, y1, y2, …: rename "
            "it or take it out."
        )
    columns = [column for column in table.columns if column.name.lower()[0] == side]
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise TableError(
            f"The file has {len(columns)} columns whose names begin with {side}: 1 to "
            f"{MOST_COLUMNS} are needed, such as {side}1."
        )
    return np.column_stack([_numbers(column) for column in columns])


def _numbers(column: Column) -> np.ndarray:
    bad = ~np.isfinite(column.numbers)
    if bad.any():
        raise TableError(
            f"The column {column.name!r:.80} has {counted(bad.sum(), 'cell')} without a finite "
            "number: fill them in, or take their rows out."
        )
    return column.numbers


def _truths(table: Table, typed: float | None) -> np.ndarray:
    """(n_rows,) nats."""
    if _has(table, TRUTH):
        return _numbers(_column(table, TRUTH))
    if typed is None:
        raise TableError("The file has no column truth: type the true mutual information in.")
    return np.full(table.n_rows, float(typed))


def _truth(name: object, truths: np.ndarray) -> float:
    """The one truth of a sample, whose rows are enough."""
    said = f"Sample {str(name)!r:.60}" if name else "The sample"
    if len(truths) < MIN_SAMPLES:
        raise TableError(
            f"{said} has {counted(len(truths), 'row')}: {MIN_SAMPLES} or more are needed."
        )
    if (other := truths[truths != truths[0]]).size:
        raise TableError(
            f"{said} has the truths {truths[0]:g} and {other[0]:g}: give all its rows the same."
        )
    if not (np.isfinite(truths[0]) and truths[0] >= 0):
        raise TableError(f"{said} has the truth {truths[0]:g}: information is 0 or more.")
    return float(truths[0])

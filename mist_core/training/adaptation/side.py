"""One side of a table read for imitation, and set beside what was made of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import source
from mist_core.errors import TableError
from mist_core.priors.synthesis.synthesizer import MOST_TIED, Side, fit_side
from mist_core.tables.columns.column import CLASS, ORDINAL, Column
from mist_core.tables.table import Table
from mist_core.training.adaptation.energy_test import TwoSample, energy_test


@dataclass(frozen=True)
class FittedSide:
    """How well one side is imitated.

    Attributes:
        names: its columns, in the order of the frames; untrusted text.
        data: rows of the table that the fit has not seen.
        simulated: as many rows drawn from the fit; classes as their text.
        test: of the two.
        discrete: columns drawn by the copula beside the flow.
    """

    names: tuple[str, ...]
    data: pd.DataFrame
    simulated: pd.DataFrame
    test: TwoSample
    discrete: tuple[str, ...]

    def sentences(self) -> list[str]:
        """What was done with the side and how it turned out; names are to be escaped."""
        numeric = [name for name in self.names if name not in self.discrete]
        said = [_how(numeric, self.discrete)]
        if self.discrete and numeric:
            said.append(
                f"{', '.join(self.discrete)}: few values, which no flow can give; drawn by a "
                "Gaussian copula beside the others, so that they tell only what these tell."
            )
        verdict = "cannot be told from" if self.test.p_value > 0.05 else "differ from"
        said.append(
            f"Simulated rows {verdict} {len(self.data)} rows the fit has not seen "
            f"(energy distance {self.test.distance:.3f}, p = {self.test.p_value:.3f})."
        )
        return said


@dataclass(frozen=True, eq=False)
class SideReader:
    """One side's columns as numbers: numeric ones first, then those of few values.

    Attributes:
        numeric, discrete: the columns.
        values: (rows of the table, columns) float64; class numbers for classes.
        labels: of each class column, its class names in the order of their numbers.
    """

    numeric: tuple[Column, ...]
    discrete: tuple[Column, ...]
    values: np.ndarray
    labels: dict[str, tuple]

    @classmethod
    def of(cls, table: Table, names: Sequence[str], rows: np.ndarray) -> "SideReader":
        """The columns of these names, those of few values found by looking at `rows`."""
        columns = [table[name] for name in names]
        few = [column for column in columns if _is_discrete(column, rows)]
        many = [column for column in columns if column not in few]
        values, labels = [], {}
        for column in [*many, *few]:
            if column.is_class:
                codes, found = pd.factorize(column.values, sort=True)
                values.append(codes.astype(float))
                labels[column.name] = tuple(map(str, found))
            else:
                values.append(column.numbers)
        return cls(tuple(many), tuple(few), np.stack(values, 1), labels)

    def fit(self, rows: np.ndarray, *, seed: int, progress: Callable[[float], None]) -> Side:
        """The side fitted to these rows of the table.

        Raises:
            TableError: a column has one value in all of them.
        """
        values = torch.from_numpy(self.values[rows])
        self._require_varied(values)
        a = len(self.numeric)
        classes = tuple(column.is_class for column in self.discrete)
        return fit_side(values[:, :a], values[:, a:], classes, seed=seed, progress=progress)

    def compare(self, sides: list[Side], rows: np.ndarray, seed: int) -> FittedSide:
        """Simulated rows of all fits beside rows of the table."""
        draws = source(np.random.SeedSequence(seed, spawn_key=(7,)))
        counts = [len(part) for part in np.array_split(rows, len(sides))]
        parts = [simulate(side, k, draws.generator) for side, k in zip(sides, counts, strict=True)]
        simulated = torch.cat(parts).numpy()
        real = self.values[rows]
        test = energy_test(self._spread_out(real), self._spread_out(simulated), rng=draws.rng)
        names = tuple(column.name for column in (*self.numeric, *self.discrete))
        discrete = tuple(column.name for column in self.discrete)
        return FittedSide(names, self._frame(real), self._frame(simulated), test, discrete)

    def _require_varied(self, values: Tensor) -> None:
        columns = (*self.numeric, *self.discrete)
        for column, numbers in zip(columns, values.unbind(-1), strict=True):
            if len(numbers.unique()) < 2:
                raise TableError(f"{column.name!r} has one value in nearly all rows: leave it out.")

    def _frame(self, values: np.ndarray) -> pd.DataFrame:
        columns = {}
        for k, column in enumerate((*self.numeric, *self.discrete)):
            labels = self.labels.get(column.name)
            cells = values[:, k]
            columns[column.name] = np.array(labels)[cells.astype(int)] if labels else cells
        return pd.DataFrame(columns)

    def _spread_out(self, values: np.ndarray) -> np.ndarray:
        """Classes as indicators, for distances that know no order among them."""
        parts = []
        for k, column in enumerate((*self.numeric, *self.discrete)):
            labels = self.labels.get(column.name)
            cells = values[:, [k]]
            parts.append(cells == np.arange(len(labels)) if labels else cells)
        return np.concatenate(parts, 1).astype(float)


@torch.no_grad()
def simulate(side: Side, count: int, generator: torch.Generator) -> Tensor:
    """(count, columns) rows of a side by itself, numeric columns first, classes as numbers."""
    u = torch.randn(count, side.dim, generator=generator)
    edges = side.edges(0)
    given = u if edges is None else torch.searchsorted(edges, u)
    return side.decode(side.push(given, 0, generator=generator))


def _is_discrete(column: Column, rows: np.ndarray) -> bool:
    if column.is_class or column.kind in (CLASS, ORDINAL):
        return True
    counts = np.unique(column.numbers[rows], return_counts=True)[1]
    return bool(counts.max() > MOST_TIED * len(rows))


def _how(numeric: Sequence[str], discrete: Sequence[str]) -> str:
    if not numeric:
        return f"{', '.join(discrete)}: few values, drawn as a normal cut at their shares."
    if len(numeric) == 1:
        return (
            f"{numeric[0]}: one column needs no flow, because the normal scores that the network "
            "reads remove its marginal anyway."
        )
    return f"{', '.join(numeric)}: one flow of {len(numeric)} columns."

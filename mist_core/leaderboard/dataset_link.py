"""One dataset of a benchmark by its address, drawn again as the benchmark drew it."""

from __future__ import annotations

import functools
from dataclasses import astuple, dataclass
from pathlib import Path

from mist_core.benchmarks.base import Dataset
from mist_core.benchmarks.bmi import bmi_cells
from mist_core.benchmarks.grids import extended_cells, grid_cells
from mist_core.benchmarks.tasks import Cell
from mist_core.errors import ParameterError
from mist_core.explore.code import script
from mist_core.explore.scenario import Sample
from mist_core.leaderboard.results import read, stamp

# How a benchmark counts its repetitions.
REPETITION = {"mtest": "redraw", "mtest-extended": "repetition", "bmi40": "seed"}


@dataclass(frozen=True)
class BenchmarkDataset:
    """A dataset of a benchmark whose datasets stand alone; it draws and codes as a `Scene` does.

    Attributes:
        benchmark: key of REPETITION.
        task: what is asked.
        n_samples: rows.
        dim_x: columns of X.
        seed, draw: which of the repetitions, and which of its draws.
    """

    benchmark: str
    task: str
    n_samples: int
    dim_x: int
    seed: int
    draw_number: int

    @classmethod
    def parse(cls, address: str) -> BenchmarkDataset | None:
        """The dataset of an address, or None if it is none."""
        benchmark, _, rest = address.partition("/")
        task, *numbers = rest.rsplit("/", 4)
        if benchmark not in REPETITION or len(numbers) < 4:
            return None
        if not all(number.isdecimal() and len(number) < 8 for number in numbers):
            return None
        dataset = cls(benchmark, task, *map(int, numbers))
        return dataset if dataset.address == address else None  # one way to write each

    @classmethod
    def stored(cls, address: str, folder: Path) -> BenchmarkDataset | None:
        """The same, if a stored result is about it: a link may ask for anything, and of any size.

        Args:
            address: of unknown origin.
            folder: of stored results.
        """
        dataset = cls.parse(address)
        if dataset is None or dataset not in _stored(dataset.benchmark, folder, stamp(folder)):
            return None
        return dataset

    @property
    def address(self) -> str:
        """What `parse` reads: a link may hold it."""
        return "/".join(map(str, astuple(self)))

    def find(self) -> Dataset:
        """The dataset as the benchmark asks it.

        Raises:
            ParameterError: the benchmark has no such dataset.
        """
        return self._cell().datasets([self.draw_number])[0]

    def draw(self, n_samples: int = 0) -> Sample:
        """All rows of the dataset: it has no others, however many are asked for.

        Raises:
            ParameterError: as `find`.
        """
        found = self.find()
        return Sample(found.x.numpy(), found.y.numpy(), found.truth, 0.0)

    def drawing(self, n_samples: int) -> str:
        """Python that draws its first rows as x, y and `truth`."""
        return _SCRIPT.format(d=self, n=n_samples)

    def code(self, n_samples: int, weights: str = "general", unit: str = "nats") -> str:
        """Python that draws its first rows and estimates their MI."""
        return script(self.drawing(n_samples), weights, unit)

    def __str__(self) -> str:
        repetition = f"{REPETITION[self.benchmark]} {self.seed}"
        return (
            f"{self.benchmark}, {self.task}, {self.n_samples:,} rows, {repetition}, "
            f"draw {self.draw_number}"
        )

    def _cell(self) -> Cell:
        key = (self.task, self.n_samples, self.dim_x, self.seed)
        try:
            cell = _cells_of(self.benchmark, self.task, self.n_samples)[key]
        except KeyError:
            raise ParameterError(f"{self.benchmark} has no dataset {self.address}.") from None
        if self.draw_number >= cell.draws:
            raise ParameterError(f"{self.address}: expected a draw below {cell.draws}.")
        return cell


@functools.lru_cache(maxsize=8)
def _stored(benchmark: str, folder: Path, stamp: tuple) -> frozenset[BenchmarkDataset]:
    """All datasets that stored results are about; `stamp` changes when they do."""
    table = read(benchmark, folder).table
    if table.empty:
        return frozenset()
    keys = table[["task", "n_samples", "dim_x", "seed", "draw"]].drop_duplicates()
    return frozenset(
        BenchmarkDataset(benchmark, task, *map(int, numbers))
        for task, *numbers in keys.itertuples(index=False)
    )


@functools.cache
def _cells_of(benchmark: str, task: str, n_samples: int) -> dict[tuple, Cell]:
    """The cells that may hold a dataset, by task, n, columns and repetition."""
    cells = _CELLS[benchmark](task, n_samples)
    return {(c.task, c.n_samples, c.dim_x, c.seed): c for c in cells}


@functools.cache
def _grid() -> list[Cell]:
    return list(grid_cells())


_CELLS = {
    "mtest": lambda task, n: _grid(),
    # Its streams follow from the shape, so any n may be asked for.
    "mtest-extended": lambda task, n: extended_cells(rows=(n,)),
    "bmi40": lambda task, n: bmi_cells(rows=(n,)),
}
_SCRIPT = """\
from mist_core.leaderboard.dataset_link import BenchmarkDataset

sample = BenchmarkDataset.parse("{d.address}").draw().first({n})
x, y, truth = sample.x, sample.y, sample.truth  # the truth in nats
"""

"""The published test grids, and the same families under every transform on a wider grid.

The grids are those of MIST (2025, doi:10.48550/arXiv.2511.18945): twenty values of n from 10 to
500, one dimension per (n, family), nine draws. Unlike the published evaluation we score the true
mutual information on full X and Y, without bootstrap, and draw the grids ten times, because a
single draw of them says little at small n.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from mist_core.benchmarks.tasks import Cell
from mist_core.distributions.numerics.randomness import TEST_ENTROPY, Source, source
from mist_core.priors.batch import Batch
from mist_core.priors.paper import (
    PAPER_BASES,
    PAPER_DIMS,
    PAPER_FAMILIES,
    PAPER_IN_FAMILY,
    PAPER_OUT_OF_FAMILY,
    PAPER_ROWS,
    PAPER_TRANSFORMS,
    PaperFamily,
    draw_paper,
)

REDRAWS = 10
DRAWS = 9
N_SAMPLES = tuple(int(n) for n in np.linspace(*PAPER_ROWS, 20).round())
EXTENDED_ROWS = (10, 20, 50, 100, 200, 500, 1000, 2000)
EXTENDED_DIMS = (2, 4, 8, 16, 32)
EXTENDED_DRAWS = 10
# Far above the redraws, which are children 0, 1, ... of the same entropy.
_EXTENDED = 1000


@dataclass(frozen=True, kw_only=True)
class GridCell(Cell):
    """Draws of one family, all parameters anew for each; its `task` is one of PAPER_FAMILIES.

    Attributes:
        stream: which child of which child of the test entropy; no two cells share one.
    """

    stream: tuple[int, int]

    def draw(self) -> Batch:
        randomness = _source(self.stream)
        return draw_paper(self.task, self.n_samples, self.dim_x, self.draws, randomness)


def grid_cells(n_redraws: int = REDRAWS) -> list[GridCell]:
    """The published grids: all cells of the first `n_redraws` redraws, always the same ones."""
    tasks = itertools.product((*PAPER_IN_FAMILY, *PAPER_OUT_OF_FAMILY), N_SAMPLES)
    return [
        _cell(task, n_samples, _dim((redraw, number)), redraw, DRAWS, (redraw, number))
        for (number, (task, n_samples)), redraw in _redrawn(list(tasks), n_redraws)
    ]


def extended_cells(
    rows: tuple[int, ...] = EXTENDED_ROWS,
    dims: tuple[int, ...] = EXTENDED_DIMS,
    draws: int = EXTENDED_DRAWS,
) -> list[GridCell]:
    """Every base under every transform, at every n and every dimension.

    A cell's stream follows from its law and shape, so a smaller grid has the same datasets.
    """
    shapes = itertools.product(PAPER_BASES, PAPER_TRANSFORMS, rows, dims)
    order = {name: number for number, name in enumerate((*PAPER_BASES, *PAPER_TRANSFORMS))}
    return [
        _cell(
            PaperFamily(base, transform).name,
            n,
            dim,
            0,
            draws,
            (_EXTENDED + 100 * order[base] + order[transform], 100 * n + dim),
        )
        for base, transform, n, dim in shapes
    ]


def _redrawn(tasks: list, n_redraws: int):
    for redraw in range(n_redraws):
        for numbered in enumerate(tasks):
            yield numbered, redraw


def _cell(
    task: str, n_samples: int, dim: int, seed: int, draws: int, stream: tuple[int, int]
) -> GridCell:
    return GridCell(
        task=task,
        family=PAPER_FAMILIES[task].base,
        n_samples=n_samples,
        dim_x=dim,
        dim_y=dim,
        seed=seed,
        draws=draws,
        stream=stream,
    )


def _source(stream: tuple[int, int]) -> Source:
    """Child of a child of the test entropy, as `SeedSequence.spawn` counts."""
    return source(np.random.SeedSequence(TEST_ENTROPY, spawn_key=stream))


def _dim(stream: tuple[int, int]) -> int:
    return int(_source(stream).rng.integers(*PAPER_DIMS, endpoint=True))

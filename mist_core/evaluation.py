"""The published test grids: drawn with their truth, scored whole, by a network or by a baseline.

The grids are those of MIST (2025, doi:10.48550/arXiv.2511.18945): twenty values of n from 10 to
500, one dimension per (n, family), nine draws. Unlike the published evaluation we score the true
mutual information on full X and Y, without bootstrap, and draw the grids ten times, because a
single draw of them says little at small n.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from mist_core.baselines import estimate_baseline
from mist_core.meta_distribution import (
    PAPER_DIMS,
    PAPER_IN_FAMILY,
    PAPER_OUT_OF_FAMILY,
    PAPER_ROWS,
    TEST_ENTROPY,
    Batch,
    Source,
    concatenate,
    draw_paper,
    source,
)
from mist_core.model import LEVELS, Network

REDRAWS = 10
DRAWS = 9
N_SAMPLES = tuple(int(n) for n in np.linspace(*PAPER_ROWS, 20).round())
# Datasets of one shape that a network sees together: neighbour statistics take n^2 numbers each.
_CELLS_PER_BATCH = 7


@dataclass(frozen=True)
class Cell:
    """One (redraw, family, n) of the grids: DRAWS datasets of one shape.

    Attributes:
        family: name of the law and its transform.
        in_family: whether the published model trained on it.
        redraw: 0..REDRAWS-1.
        n_samples: rows of each dataset.
        dim: columns of X and of Y.
        number: of the cell in its redraw; no two cells share a stream.
    """

    family: str
    in_family: bool
    redraw: int
    n_samples: int
    dim: int
    number: int

    def draw(self) -> Batch:
        """The datasets of this cell, the same ones at every call."""
        return draw_paper(
            self.family, self.n_samples, self.dim, DRAWS, _source(self.redraw, self.number)
        )


def grid_cells(n_redraws: int = REDRAWS) -> list[Cell]:
    """All cells of the first `n_redraws` redraws, always the same ones."""
    families = [(name, True) for name in PAPER_IN_FAMILY]
    families += [(name, False) for name in PAPER_OUT_OF_FAMILY]
    return [
        Cell(*family, redraw, n_samples, _dim(redraw, number), number)
        for redraw in range(n_redraws)
        for number, (family, n_samples) in enumerate(itertools.product(families, N_SAMPLES))
    ]


def score_network(
    network: Network, cells: Iterable[Cell], progress: Callable[[int], None] = lambda n: None
) -> pd.DataFrame:
    """Predicts every dataset of `cells`.

    Args:
        network: any architecture, in evaluation mode.
        cells: from `grid_cells`.
        progress: called with the number of datasets after each batch.

    Returns:
        One row a dataset: the fields of `Cell` but the number, `draw`, `truth`, `mean`, `median`,
        and a column "q<level>" for each quantile level; nats.
    """

    def score(batch: list[Cell]) -> pd.DataFrame:
        data = concatenate([cell.draw() for cell in batch])
        return _identify(batch, data).assign(**_predictions(network, data))

    return _side_by_side(score, _batches_of_one_shape(cells), progress)


def score_baseline(
    name: str, cells: Iterable[Cell], progress: Callable[[int], None] = lambda n: None
) -> pd.DataFrame:
    """Estimates every dataset of `cells` with one baseline.

    Args:
        name: key in `BASELINES`.
        cells: from `grid_cells`.
        progress: called with the number of datasets after each cell.

    Returns:
        A table like that of `score_network` without quantiles; `mean` is missing where the
        baseline failed, and `failure` says why.
    """

    def score(cell: Cell) -> pd.DataFrame:
        data = cell.draw()
        pairs = zip(data.x, data.y, strict=True)
        results = [estimate_baseline(name, x, y) for x, y in pairs]
        return _identify([cell], data).assign(
            mean=np.array([result.mutual_information for result in results], float),
            seconds=[result.seconds for result in results],
            failure=[result.failure for result in results],
        )

    return _side_by_side(score, cells, progress)


def quantile_columns() -> list[str]:
    """Names of the quantile columns, in the order of LEVELS: "q0.05" is the 5 % quantile."""
    return [f"q{level:.3g}" for level in LEVELS.tolist()]


def _source(redraw: int, number: int) -> Source:
    """Child `number` of child `redraw` of the test entropy, as `SeedSequence.spawn` counts."""
    return source(np.random.SeedSequence(TEST_ENTROPY, spawn_key=(redraw, number)))


def _dim(redraw: int, number: int) -> int:
    return int(_source(redraw, number).rng.integers(*PAPER_DIMS, endpoint=True))


def _batches_of_one_shape(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    def shape(cell: Cell) -> tuple[int, int]:
        return cell.n_samples, cell.dim

    for _, group in itertools.groupby(sorted(cells, key=shape), key=shape):
        while batch := list(itertools.islice(group, _CELLS_PER_BATCH)):
            yield batch


def _side_by_side(
    score: Callable[..., pd.DataFrame], parts: Iterable, progress: Callable[[int], None]
) -> pd.DataFrame:
    """Scores the parts in a thread a core: torch and the baselines both leave Python's lock."""
    tables = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for table in pool.map(score, parts):
            tables.append(table)
            progress(len(table))
    keys = ["redraw", "in_family", "family", "n_samples", "draw"]
    ascending = [True, False, True, True, True]
    return pd.concat(tables).sort_values(keys, ascending=ascending, ignore_index=True)


def _predictions(network: Network, data: Batch) -> dict[str, np.ndarray]:
    device = next(network.parameters()).device
    with torch.inference_mode():
        prediction = network(network.prepare(data.x.to(device), data.y.to(device)))
    quantiles = prediction.quantiles.double().cpu().numpy().T  # (L, B)
    return {
        "mean": prediction.mean.double().cpu().numpy(),
        "median": quantiles[len(LEVELS) // 2],
        **dict(zip(quantile_columns(), quantiles, strict=True)),
    }


def _identify(cells: list[Cell], data: Batch) -> pd.DataFrame:
    """The columns that say which dataset a row is, and its truth."""
    fields = ("family", "in_family", "redraw", "n_samples", "dim")
    columns = {field: np.repeat([getattr(c, field) for c in cells], DRAWS) for field in fields}
    columns["draw"] = np.tile(np.arange(DRAWS), len(cells))
    return pd.DataFrame(columns | {"truth": data.mutual_information.cpu().numpy()})

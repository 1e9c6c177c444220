"""bmi's forty tasks as cells: Beyond Normal (Czyż et al., 2023, doi:10.48550/arXiv.2306.11078)."""

import functools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from mist_core.benchmarks.baselines.installed import require_bmi
from mist_core.benchmarks.tasks import Cell
from mist_core.errors import ParameterError
from mist_core.priors.batch import Batch, Composition

ROWS = (500, 1000, 5000, 10_000)
SEEDS = 5


@dataclass(frozen=True, kw_only=True)
class TaskCell(Cell):
    """One dataset of one task; its `task` is bmi's identifier and its `family` bmi's title."""

    def draw(self) -> Batch:
        # Several estimators see each dataset, and bmi's samplers are slow: all fit into memory.
        return _draw(self)


def bmi_cells(
    rows: Sequence[int] = ROWS, n_seeds: int = SEEDS, names: Sequence[str] = ()
) -> list[TaskCell]:
    """The tasks at every n with seeds 0, 1, ..., as `task.sample(n, seed)` draws them.

    Args:
        rows: values of n.
        n_seeds: datasets of each task and n.
        names: bmi's identifiers; all forty tasks if empty.

    Raises:
        ParameterError: a name that bmi does not have.
        BaselineError: bmi is not installed.
    """
    tasks = benchmark_tasks()
    if unknown := sorted(set(names) - tasks.keys()):
        raise ParameterError(f"bmi has no task {', '.join(unknown)}; see its BENCHMARK_TASKS.")
    return [
        TaskCell(
            task=name,
            family=tasks[name].name,
            n_samples=n,
            dim_x=tasks[name].dim_x,
            dim_y=tasks[name].dim_y,
            seed=seed,
        )
        for name in names or tasks
        for n in rows
        for seed in range(n_seeds)
    ]


@functools.cache
def benchmark_tasks() -> dict:
    """bmi's tasks by identifier; imported late because it pulls in jax and its deprecations.

    Raises:
        BaselineError: bmi is not installed.
    """
    require_bmi()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jax

        jax.config.update("jax_platforms", "cpu")
        from bmi.benchmark import BENCHMARK_TASKS

    return BENCHMARK_TASKS


@functools.cache
def _draw(cell: TaskCell) -> Batch:
    task = benchmark_tasks()[cell.task]
    sides = task.sample(cell.n_samples, seed=cell.seed)
    x, y = (torch.from_numpy(np.array(side)).unsqueeze(0) for side in sides)
    truth = torch.tensor([task.mutual_information], dtype=torch.float64)
    return Batch(x, y, truth, (Composition.of(cell.task),))

"""The benchmarks by name: which cells they ask, how they sum up, and what may be chosen."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from mist_core.benchmarks import bmi, consistency, efficiency, grids
from mist_core.benchmarks.base import Estimator
from mist_core.benchmarks.bmi_scores import render_bmi, summarize_bmi
from mist_core.benchmarks.consistency_scores import render_checks, summarize_checks
from mist_core.benchmarks.efficiency_scores import render_efficiency, summarize_efficiency
from mist_core.benchmarks.scores import render, render_shapes, summarize, summarize_shapes
from mist_core.benchmarks.tasks import Cell


@dataclass(frozen=True)
class Choice:
    """One option of a benchmark: a number, or several of a kind, separated by commas.

    Attributes:
        default: what a run without it does.
        help: one phrase.
        many: the type of each of several values; None for a single whole number.
        most: the largest single value.
    """

    default: int | tuple
    help: str
    many: type | None = None
    most: int = 1_000_000

    def read(self, text: str) -> int | tuple:
        """The value of a command-line word; ValueError or argparse's error if it is none."""
        if self.many:
            return tuple(self.many(part) for part in text.split(","))
        value = int(text)
        if not 1 <= value <= self.most:
            raise argparse.ArgumentTypeError(f"expected 1 to {self.most}, got {value}")
        return value


def written(value: int | tuple) -> str:
    """A value as a command-line word."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Benchmark:
    """What is asked of estimators, and what is made of their answers.

    Attributes:
        help: one phrase.
        weights: those of ours it judges unless told otherwise.
        choices: options by name, passed to `cells` as keywords.
        cells: the datasets.
        summarize: from the result table to records for the stored JSON.
        render: from those records to text for a terminal.
        within: the estimator, asked only what it can answer.
    """

    help: str
    weights: str
    choices: dict[str, Choice]
    cells: Callable[..., Sequence[Cell]]
    summarize: Callable[[pd.DataFrame], list[dict]]
    render: Callable[[list[dict]], str]
    within: Callable[[Estimator], Estimator] = lambda estimator: estimator


BENCHMARKS: dict[str, Benchmark] = {
    "mtest": Benchmark(
        "the published test grids, redrawn ten times",
        "paper",
        {"n_redraws": Choice(grids.REDRAWS, "redraws of the grids", most=grids.REDRAWS)},
        grids.grid_cells,
        summarize,
        render,
    ),
    "mtest-extended": Benchmark(
        "every published family under every transform, up to 2,000 rows",
        "paper",
        {
            "rows": Choice(grids.EXTENDED_ROWS, "values of n", int),
            "dims": Choice(grids.EXTENDED_DIMS, "columns a side", int),
            "draws": Choice(grids.EXTENDED_DRAWS, "datasets of each kind"),
        },
        grids.extended_cells,
        summarize_shapes,
        render_shapes,
    ),
    "bmi40": Benchmark(
        "bmi's forty tasks",
        "general",
        {
            "rows": Choice(bmi.ROWS, "values of n", int),
            "n_seeds": Choice(bmi.SEEDS, "datasets of each task and n"),
            "names": Choice((), "bmi's identifiers of tasks, all unless given", str),
        },
        bmi.bmi_cells,
        summarize_bmi,
        render_bmi,
    ),
    "selfconsistency": Benchmark(
        "independence, additivity, data processing, symmetry, invariance, growth",
        "general",
        {
            "rows": Choice(consistency.ROWS, "values of n", int),
            "n_seeds": Choice(consistency.SEEDS, "repetitions of each check"),
        },
        consistency.check_cells,
        summarize_checks,
        render_checks,
    ),
    "efficiency": Benchmark(
        "errors beside the best possible, up to a million rows",
        "general",
        {
            "rows": Choice(efficiency.ROWS, "values of n", int),
            "n_seeds": Choice(efficiency.SEEDS, "datasets of each law and n, at most"),
        },
        efficiency.efficiency_cells,
        summarize_efficiency,
        render_efficiency,
        efficiency.within_rows,
    ),
}

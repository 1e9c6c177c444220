"""`python -m mist_core evaluate mtest | speed`."""

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch

from mist_core import runs, speed
from mist_core.baselines import BASELINES
from mist_core.errors import ParameterError
from mist_core.estimator import MISTEstimator
from mist_core.evaluation import DRAWS, REDRAWS, Cell, grid_cells, score_baseline, score_network
from mist_core.evaluation_summary import render, summarize

RESULTS = Path(__file__).parent.parent / "results"
MIST = "mist"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the two benchmarks with their options."""
    benchmarks = parser.add_subparsers(dest="benchmark", required=True)
    mtest = benchmarks.add_parser("mtest", help="the published test grids, redrawn ten times")
    mtest.add_argument(
        "--estimators", default=MIST, help=f"comma-separated: {MIST}, {', '.join(BASELINES)}"
    )
    mtest.add_argument("--redraws", type=int, default=REDRAWS, choices=range(1, REDRAWS + 1))
    timing = benchmarks.add_parser("speed", help="one estimate and a batch beside bmi's KSG")
    timing.add_argument("--repeats", type=int, default=5)
    for benchmark in (mtest, timing):
        benchmark.add_argument("--weights", default="paper", help="a shipped name or a file")
        benchmark.add_argument("--out", type=Path, help="path without its ending")


def main(options: argparse.Namespace) -> None:
    """Runs one benchmark, prints it and stores it."""
    {"mtest": _mtest, "speed": _speed}[options.benchmark](options)


def _mtest(options: argparse.Namespace) -> None:
    names = _estimator_names(options.estimators)
    estimator = MISTEstimator.load(options.weights) if MIST in names else None
    cells = grid_cells(options.redraws)
    torch.set_num_threads(1)  # batches run side by side instead
    start = time.perf_counter()
    table = pd.concat([_score(name, estimator, cells) for name in names], ignore_index=True)
    seconds = time.perf_counter() - start
    records = summarize(table)
    print(render(records), f"\n{len(table)} estimates in {seconds:.0f} s", sep="\n")
    command = _command(options, estimators=options.estimators, redraws=str(options.redraws))
    summary = runs.provenance(command, estimator, seconds) | {"scores": records}
    label = "-".join(_label(options.weights) if name == MIST else name for name in names)
    _store(options.out or RESULTS / f"mtest-{label}", summary, table)


def _speed(options: argparse.Namespace) -> None:
    estimator = MISTEstimator.load(options.weights)
    start = time.perf_counter()
    measured = speed.measure(estimator, options.repeats)
    seconds = time.perf_counter() - start
    print(speed.render(measured, runs.hardware()))
    scores = dataclasses.asdict(measured) | {"ratios": measured.ratios()}
    command = _command(options, repeats=str(options.repeats))
    summary = runs.provenance(command, estimator, seconds) | {"speed": scores}
    _store(options.out or RESULTS / f"speed-{_label(options.weights)}", summary)


def _estimator_names(text: str) -> list[str]:
    names = text.split(",")
    unknown = set(names) - {MIST, *BASELINES}
    if unknown:
        known = ", ".join([MIST, *BASELINES])
        raise ParameterError(f"Expected estimators among {known}; got {', '.join(unknown)}.")
    return names


def _score(name: str, estimator: MISTEstimator | None, cells: list[Cell]) -> pd.DataFrame:
    progress = _progress(name, DRAWS * len(cells))
    if name == MIST:
        table = score_network(estimator.network, cells, progress)
    else:
        table = score_baseline(name, cells, progress)
    return table.assign(estimator=name)


def _progress(name: str, total: int) -> Callable[[int], None]:
    """Counts on one line of a terminal; silent where standard error is a file."""
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if sys.stderr.isatty():
            end = "\n" if done == total else "\r"
            print(f"{name}: {done} of {total} datasets", end=end, file=sys.stderr, flush=True)

    return report


def _command(options: argparse.Namespace, **arguments: str) -> list[str]:
    """What to type to repeat the run; of a weights file only its name, for paths are private."""
    arguments = {"weights": _label(options.weights)} | arguments
    words = [word for key, value in arguments.items() for word in (f"--{key}", value)]
    return ["evaluate", options.benchmark, *words]


def _label(weights: str) -> str:
    return Path(weights).stem


def _store(stem: Path, summary: dict, table: pd.DataFrame | None = None) -> None:
    runs.save_run(stem, summary, table)
    print(f"Stored as {stem.name} in {stem.parent.name}/")

"""`python -m mist_core evaluate BENCHMARK`: scores, stored with all it takes to repeat them."""

import argparse
import json
import os
import re
import zlib
from pathlib import Path

import torch

from mist_core import paths
from mist_core.benchmarks import provenance
from mist_core.benchmarks.base import NEURAL, Estimator
from mist_core.benchmarks.estimators import ESTIMATORS, RefinedWeights, Weights, estimator
from mist_core.benchmarks.external import read_estimator, read_predictions
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.registry import BENCHMARKS, Benchmark, Choice, written
from mist_core.benchmarks.runner import chosen, evaluate
from mist_core.benchmarks.tasks import Cell, tidy
from mist_core.commands import evaluate_conditional, evaluate_selection, evaluate_speed
from mist_core.commands.options import count, positive
from mist_core.commands.progress_bar import Bar
from mist_core.errors import ParameterError
from mist_core.inference.estimator import MISTEstimator

# What is asked in ways of its own.
OTHERS = {
    "speed": evaluate_speed,
    "conditional": evaluate_conditional,
    "selection": evaluate_selection,
}
# Ours by the words of the command line: instant answers, and refined ones.
OURS = {"mist": Weights, "refined": RefinedWeights}
SHORT = {"dv": "donsker-varadhan"}
TIME_LIMIT = 600.0  # seconds for one estimate of a baseline
EVERY = Choice(1, "neural baselines see only every k-th draw")
MOST_LETTERS = 120  # of a stored result's name: a list of tasks may be long


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the benchmarks with their options."""
    benchmarks = parser.add_subparsers(dest="benchmark", required=True)
    for name, benchmark in BENCHMARKS.items():
        _configure(benchmarks.add_parser(name, help=benchmark.help), benchmark)
    for name, other in OTHERS.items():
        other.configure(benchmarks.add_parser(name, help=other.HELP))


def main(options: argparse.Namespace) -> None:
    """Runs one benchmark, prints it and stores it; the same command goes on after a kill."""
    if options.benchmark in OTHERS:
        return OTHERS[options.benchmark].main(options)
    benchmark = BENCHMARKS[options.benchmark]
    estimators = _estimators(options)
    cells = benchmark.cells(**{name: getattr(options, name) for name in benchmark.choices})
    stem = _stem(options, benchmark, [one.name for one in estimators])
    journal = Journal(provenance.unfinished(stem, _plan(options, benchmark)))
    if options.jobs > 1:
        torch.set_num_threads(1)  # datasets run side by side instead
    table = tidy([row for e in estimators for row in _run(e, cells, journal, options)])
    records = benchmark.summarize(table)
    seconds = journal.seconds()
    print(benchmark.render(records), f"\n{len(table)} estimates in {seconds:.0f} s", sep="\n")
    judged = {e.name: e.estimator for e in estimators if isinstance(e, Weights)}
    summary = provenance.provenance(_command(options, benchmark), judged, seconds)
    summary |= {"benchmark": options.benchmark, "jobs": options.jobs, "scores": records}
    provenance.save_result(stem, summary, table)
    journal.discard()
    print(f"Stored as {stem.name} in {stem.parent.name}/")


def _configure(parser: argparse.ArgumentParser, benchmark: Benchmark) -> None:
    known = ", ".join([*OURS, *ESTIMATORS])
    parser.add_argument("--estimators", default="mist", help=f"separated by commas: {known}")
    parser.add_argument(
        "--weights", default=benchmark.weights, help="of ours: names or files, by commas"
    )
    parser.add_argument("--every", type=EVERY.read, default=EVERY.default, help=EVERY.help)
    parser.add_argument(
        "--estimator-file", type=Path, action="append", default=[], help="has estimate(x, y)"
    )
    parser.add_argument(
        "--predictions", type=Path, action="append", default=[], help="CSV of estimates"
    )
    parser.add_argument("--time-limit", type=positive, default=TIME_LIMIT, help="s, of a baseline")
    parser.add_argument(
        "--jobs", type=count, default=os.cpu_count() or 1, help="datasets at work side by side"
    )
    parser.add_argument("--out", type=Path, help="results/x.parquet; x.json comes beside it")
    for name, choice in benchmark.choices.items():
        option = _option(name)
        parser.add_argument(
            option, dest=name, type=choice.read, default=choice.default, help=choice.help
        )


def _option(name: str) -> str:
    """n_redraws is --redraws and names is --tasks, for on the command line no n is meant."""
    return {"names": "--tasks"}.get(name, f"--{name.removeprefix('n_')}")


def _estimators(options: argparse.Namespace) -> list[Estimator]:
    """Whom to ask, in the order of the command."""
    asked: list[Estimator] = []
    for name in filter(None, options.estimators.split(",")):
        name = SHORT.get(name, name)
        if name in OURS:
            asked += [ours(weights, OURS[name]) for weights in options.weights.split(",")]
        elif name in ESTIMATORS:
            asked.append(estimator(name, options.time_limit))
        else:
            known = ", ".join([*OURS, *ESTIMATORS])
            raise ParameterError(f"Expected estimators among {known}; got {name}.")
    asked += map(read_estimator, options.estimator_file)
    asked += map(read_predictions, options.predictions)
    names = [one.name for one in asked]
    if len(set(names)) < len(names) or not names:
        raise ParameterError(f"Expected different estimators, at least one; got {names}.")
    return asked


def ours(weights: str, kind: type[Weights] = Weights) -> Weights:
    """Ours with a shipped name or a weights file, named after it."""
    return kind.named(Path(weights).stem, MISTEstimator.load(weights))


def _run(
    judged: Estimator, cells: list[Cell], journal: Journal, options: argparse.Namespace
) -> list[dict]:
    every = options.every if judged.kind == NEURAL else 1
    bar = Bar(judged.name, len(chosen(cells, every)))
    able = BENCHMARKS[options.benchmark].within(judged)
    return evaluate(able, cells, journal, every=every, jobs=options.jobs, progress=bar)


def _stem(options: argparse.Namespace, benchmark: Benchmark, names: list[str]) -> Path:
    """Where the run is stored; a part of the benchmark never takes the whole one's place."""
    if options.out:
        return options.out.with_suffix("") if options.out.suffix == ".parquet" else options.out
    words = [options.benchmark, *(name.removeprefix("mist-").replace(".", "-") for name in names)]
    for name, choice in benchmark.choices.items():
        if getattr(options, name) != choice.default:
            words += [_option(name).strip("-"), written(getattr(options, name))]
    name = re.sub(r"[^\w-]+", "-", "-".join(words))
    if len(name) > MOST_LETTERS:  # what is cut off still tells one choice from another
        name = f"{name[:MOST_LETTERS]}-{zlib.crc32(name.encode()):08x}"
    return paths.RESULTS / name


def _plan(options: argparse.Namespace, benchmark: Benchmark) -> str:
    """What the numbers of the datasets in a journal depend on."""
    chosen_values = {name: getattr(options, name) for name in benchmark.choices}
    return f"{options.benchmark} {json.dumps(chosen_values)}"


def _command(options: argparse.Namespace, benchmark: Benchmark) -> list[str]:
    """What to type to repeat the run; of a file only its name, for paths are private."""
    weights = ",".join(Path(name).stem for name in options.weights.split(","))
    words = ["evaluate", options.benchmark, "--weights", weights]
    words += ["--estimators", options.estimators]
    for name, choice in benchmark.choices.items():
        if getattr(options, name) != choice.default:
            words += [_option(name), written(getattr(options, name))]
    if options.every > 1:
        words += ["--every", str(options.every)]
    if options.time_limit != TIME_LIMIT:
        words += ["--time-limit", f"{options.time_limit:g}"]
    for option in ("estimator_file", "predictions"):
        for path in getattr(options, option):
            words += [f"--{option.replace('_', '-')}", path.name]
    return words

"""`python -m mist_core adapt table.csv --x a,b --y c`: weights for data like a table's.

Fits flows to both sides, trains on laws of known information behind them, and judges the weights
on simulations of rows that neither the fit nor the training has seen.
"""

import argparse
import shutil
import sys
from pathlib import Path

from mist_core.benchmarks import provenance
from mist_core.commands import train
from mist_core.commands.options import TABLE, named_table, names
from mist_core.inference.estimator import MISTEstimator
from mist_core.jobs.comparison import EVERYTHING, HELD_OUT, Bench, Comparison, benches, compare
from mist_core.jobs.plan import Plan, start_path
from mist_core.networks.registry import load_network
from mist_core.paths import home
from mist_core.priors.spec import to_text
from mist_core.training.adaptation.adapt import Adaptation, adapt
from mist_core.training.adaptation.side import FittedSide
from mist_core.training.architectures import SETTINGS
from mist_core.training.rehearsal import rehearsed
from mist_core.weights import library

REHEARSAL = 0.3
# Draws that judge: a thousand datasets of held-out look-alikes, fewer of the standing laws.
DRAWS = {HELD_OUT: 64, EVERYTHING: 16}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the settings of `train` may follow."""
    parser.add_argument("table", help=TABLE)
    parser.add_argument("--x", required=True, help="names of the columns of X, by commas")
    parser.add_argument("--y", required=True, help="names of the columns of Y, by commas")
    parser.add_argument("--weights", default=library.default(), help="name to start from")
    parser.add_argument("--out", type=Path, help="weights file; in the data folder unless given")
    parser.add_argument("--rehearsal", type=float, default=REHEARSAL, help="share of earlier laws")
    parser.add_argument("--report", type=Path, help="where to store the scores, without ending")
    for name, kind in SETTINGS.items():
        default = {"minutes": 3.0, "seed": 1}.get(name)
        parser.add_argument(f"--{name}", type=kind, default=default)


def main(options: argparse.Namespace) -> None:
    """Fit, train, judge; the same command after an interruption goes on with the training.

    Raises:
        TableError: the table or the columns cannot be used.
        JobError: a share of rehearsal outside [0, 1).
    """
    table = named_table(options.table)
    start = library.path_of(options.weights)
    found = adapt(table, *map(names, (options.x, options.y)), seed=options.seed, progress=_show)
    _print_sides(found)
    plan = Plan(
        to_text(rehearsed(found.meta, start, options.rehearsal)),
        options.minutes,
        options.seed,
        start=options.weights,
    )
    folder = home() / "adapted" / f"{found.meta.sides[:12]}-{options.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    if not start_path(folder).exists():
        shutil.copyfile(start, start_path(folder))
    out = options.out or folder / "weights.safetensors"
    _train(plan, folder, out, options)
    comparisons = _judge(plan, start_path(folder), out)
    print(f"The weights are in {out}.")
    if options.report:
        _store(options, found, comparisons, out)


def _train(plan: Plan, folder: Path, out: Path, options: argparse.Namespace) -> None:
    """As the Train page would, with the settings given."""
    parser = argparse.ArgumentParser()
    train.configure(parser)
    arguments = [*plan.arguments(folder)[1:], "--out", str(out)]
    for name in SETTINGS:
        value = getattr(options, name.replace("-", "_"))
        arguments += [] if value is None else [f"--{name}", str(value)]
    train.main(parser.parse_args(arguments))


def _judge(plan: Plan, before: Path, after: Path) -> list[Comparison]:
    networks = [load_network(path)[0] for path in (before, after)]
    by_name: dict[str, Bench] = {bench.name: bench for bench in benches(plan)}
    comparisons = []
    for name, draws in DRAWS.items():

        def report(share: float, name: str = name) -> None:
            _show(share, f"Judging on {name} …")

        comparisons.append(compare(*networks, by_name[name], report, draws=draws))
        print(comparisons[-1].interval_sentence("nats"))
    return comparisons


def _print_sides(found: Adaptation) -> None:
    for name, side in (("X", found.x), ("Y", found.y)):
        for sentence in side.sentences():
            print(f"{name}  {sentence}")


def _show(share: float, words: str) -> None:
    """One line that is written over; nothing where standard error is a file."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words} {share:.0%}", end="", file=sys.stderr, flush=True)
        if share >= 1:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _known(numbers: dict) -> dict:
    """Without what is not known: of one draw there is no standard error, and JSON has no NaN."""
    return {name: value for name, value in numbers.items() if value == value}


def _store(
    options: argparse.Namespace, found: Adaptation, comparisons: list[Comparison], out: Path
) -> None:
    judged = {"before": MISTEstimator.load(library.path_of(options.weights))}
    judged["after"] = MISTEstimator.load(out)
    summary = provenance.provenance(sys.argv[1:], judged, 60 * options.minutes) | {
        "sides": {name: _tested(side) for name, side in (("x", found.x), ("y", found.y))},
        "comparisons": [_known(c.to_dict()) for c in comparisons],
    }
    provenance.save_result(options.report, summary)


def _tested(side: FittedSide) -> dict:
    test = {"energy_distance": side.test.distance, "p_value": side.test.p_value}
    return {"columns": list(side.names), **test}

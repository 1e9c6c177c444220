"""`python -m mist_core evaluate speed`: ours beside its peers, as ratios and as a table."""

import argparse
import dataclasses
from pathlib import Path

from mist_core import runs, speed, speed_table
from mist_core.benchmarks import Choice, written
from mist_core.estimator import MISTEstimator
from mist_core.journal import Journal
from mist_core.progress import Bar

HELP = "seconds an estimate, ours beside its peers, over rows and columns"
CHOICES = {
    "repeats": Choice(5, "timed runs of each, after one that is not counted"),
    "rows": Choice(speed_table.ROWS, "values of n", int),
    "dims": Choice(speed_table.DIMS, "columns a side", int),
    "limit": Choice(60, "seconds that one estimate may take"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--weights", default="general", help="a shipped name or a file")
    parser.add_argument("--out", type=Path, help="results/x.parquet; x.json comes beside it")
    for name, choice in CHOICES.items():
        parser.add_argument(f"--{name}", type=choice.read, default=choice.default, help=choice.help)


def main(options: argparse.Namespace) -> None:
    """Measures the table, then the ratios to KSG, prints and stores both."""
    estimator, label = MISTEstimator.load(options.weights), Path(options.weights).stem
    stem = options.out or runs.RESULTS / f"speed-{label}"
    stem = stem.with_suffix("") if stem.suffix == ".parquet" else stem
    chosen = {name: getattr(options, name) for name in CHOICES}
    journal = Journal(runs.unfinished(stem, f"speed {chosen}"))
    entered = speed_table.entrants(f"mist-{label}", estimator, options.limit)
    shapes = len(options.rows) * len(options.dims)
    table = speed_table.measure_table(
        entered, journal, progress=Bar("speed", shapes * len(entered)), **chosen
    )
    exponents = speed_table.growth(table)
    ratios = speed.measure(estimator, options.repeats)
    print(speed_table.render_table(table, exponents))
    print(speed.render(ratios, runs.hardware()))
    words = [word for name, value in chosen.items() for word in (f"--{name}", written(value))]
    command = ["evaluate", "speed", "--weights", label, *words]
    summary = runs.provenance(command, {f"mist-{label}": estimator}, journal.seconds())
    scores = dataclasses.asdict(ratios) | {"ratios": ratios.ratios()}
    runs.save_run(
        stem, summary | {"benchmark": "speed", "speed": scores, "growth": exponents}, table
    )
    journal.discard()
    print(f"Stored as {stem.name} in {stem.parent.name}/")

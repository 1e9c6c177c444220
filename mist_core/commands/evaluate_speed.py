"""`python -m mist_core evaluate speed`: ours beside its peers, as ratios and as a table."""

import argparse
import dataclasses
from pathlib import Path

from mist_core import paths
from mist_core.benchmarks import provenance, speed, speed_scores
from mist_core.benchmarks.estimators import Weights
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.registry import Choice, written
from mist_core.commands.progress_bar import Bar
from mist_core.inference.estimator import MISTEstimator

HELP = "seconds an estimate, ours beside its peers, over rows and columns"
CHOICES = {
    "repeats": Choice(5, "timed runs of each, after one that is not counted"),
    "rows": Choice(speed.ROWS, "values of n", int),
    "dims": Choice(speed.DIMS, "columns a side", int),
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
    stem = options.out or paths.RESULTS / f"speed-{label}"
    stem = stem.with_suffix("") if stem.suffix == ".parquet" else stem
    chosen = {name: getattr(options, name) for name in CHOICES}
    journal = Journal(provenance.unfinished(stem, f"speed {chosen}"))
    ours = Weights.named(label, estimator)
    timed = speed.entered(ours, options.limit)
    shapes = len(options.rows) * len(options.dims)
    table = speed.measure_table(
        timed, journal, progress=Bar("speed", shapes * len(timed)), **chosen
    )
    exponents = speed_scores.growth(table)
    ratios = speed_scores.beside_ksg(ours, options.repeats)
    print(speed_scores.render_table(table, exponents))
    print(speed_scores.render_ratios(ratios, provenance.hardware()))
    words = [word for name, value in chosen.items() for word in (f"--{name}", written(value))]
    command = ["evaluate", "speed", "--weights", label, *words]
    summary = provenance.provenance(command, {f"mist-{label}": estimator}, journal.seconds())
    scores = dataclasses.asdict(ratios) | {"ratios": ratios.ratios()}
    provenance.save_result(
        stem, summary | {"benchmark": "speed", "speed": scores, "growth": exponents}, table
    )
    journal.discard()
    print(f"Stored as {stem.name} in {stem.parent.name}/")

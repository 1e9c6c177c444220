"""`python -m mist_core calibrate laws | grids | bins | common`: coverage, beside others'."""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from mist_core import paths
from mist_core.benchmarks import provenance
from mist_core.benchmarks.estimators import Weights
from mist_core.benchmarks.grids import REDRAWS, GridCell, grid_cells
from mist_core.calibration import stored
from mist_core.calibration.bins import EVIDENT, EVIDENT_ROWS, by_bins, detection
from mist_core.calibration.findings import findings
from mist_core.calibration.judge import CLASSIC, MIST, follow, judge, peers
from mist_core.calibration.methods import on_grids
from mist_core.calibration.study import LAWS, Study
from mist_core.calibration.text import about_grids
from mist_core.commands.options import count, whole
from mist_core.commands.progress_bar import Bar
from mist_core.inference.estimator import MISTEstimator
from mist_core.priors.paper import PAPER_IN_FAMILY
from mist_core.weights import common_test, library

# Without the quantiles, which nothing reads here.
_FOR_BINS = ["method", "family", "n_samples", "dim_x", "dim_y", "truth", "low", "high", "pit"]
# Of the run that is stored; other choices make a trial, which never takes its place.
DATASETS, REDRAWS_USED, BIN_DATASETS, BIN_SEED = 1000, 2, 64_000, 9
_SHOWN = ["title", "datasets", "failed", "coverage", "score", "mist_coverage", "mist_score"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the two kinds of study with their options."""
    kinds = parser.add_subparsers(dest="kind", required=True)
    laws = kinds.add_parser("laws", help="datasets from chosen laws, as the calibration page shows")
    laws.add_argument("--laws", default="paper in-family", choices=LAWS, metavar="LAWS")
    laws.add_argument("--datasets", type=count, default=DATASETS)
    laws.add_argument("--peers", type=whole, default=100, help="datasets that the slow peers see")
    laws.add_argument("--rows", type=int, nargs=2, metavar=("LOW", "HIGH"))
    laws.add_argument("--dims", type=int, nargs=2, metavar=("LOW", "HIGH"))
    laws.add_argument("--seed", type=whole, default=0)
    laws.add_argument("--weights", help="a shipped name or a file; those trained on such laws")
    grids = kinds.add_parser("grids", help="a draw of each cell of the published test grids")
    grids.add_argument("--redraws", type=int, default=REDRAWS_USED, choices=range(1, REDRAWS + 1))
    grids.add_argument("--weights", default="paper", help="a shipped name or a file")
    bins = kinds.add_parser("bins", help="many general draws, by rows and by columns, us alone")
    bins.add_argument("--datasets", type=count, default=BIN_DATASETS)
    bins.add_argument("--seed", type=whole, default=BIN_SEED)
    bins.add_argument("--weights", default="general", help="a shipped name or a file")
    kinds.add_parser("common", help="the common test set, all shipped weights")
    for kind in (laws, grids, bins):
        kind.add_argument("--out", type=Path, help="path without its ending")


def main(options: argparse.Namespace) -> None:
    """Runs one study, prints it and stores it."""
    {"laws": _laws, "grids": _grids, "bins": _bins, "common": _common}[options.kind](options)


def _laws(options: argparse.Namespace) -> None:
    chosen = LAWS[options.laws]
    rows, dims = tuple(options.rows or chosen.rows), tuple(options.dims or chosen.dims)
    study = Study(options.laws, rows, dims, options.datasets, options.seed)
    weights = options.weights or chosen.weights
    estimator, classic = MISTEstimator.load(weights), MISTEstimator.load(CLASSIC)
    start = time.perf_counter()
    table = _collect(follow(study, estimator, classic, options.peers), study.n_datasets)
    found = findings(table, "nats")
    for name in ("headline", "reliability", "laws"):
        if name in found:
            print(found[name].sentence)
    _print_methods(found["methods"].table)
    command = ["laws", "--laws", f"'{options.laws}'", "--datasets", str(study.n_datasets)]
    command += ["--peers", str(options.peers), "--rows", *map(str, rows)]
    command += ["--dims", *map(str, dims), "--seed", str(study.seed)]
    provenance = _provenance(command, weights, {MIST: estimator, CLASSIC: classic}, start)
    whole = (study, weights) == (Study.of(options.laws, DATASETS, 0), chosen.weights)
    path = _path(options, stored.stem(options.laws), whole)
    stored.save(path, study, table, provenance)


def _grids(options: argparse.Namespace) -> None:
    estimator, classic = MISTEstimator.load(options.weights), MISTEstimator.load(CLASSIC)
    cells = grid_cells(options.redraws)
    start = time.perf_counter()
    table = _collect(_follow_grids(cells, estimator, classic), len(cells))
    compared = on_grids(table)
    for (split, n), scores in compared.groupby(["split", "n"], sort=False):
        print(f"\n{split}, n in {n}")
        _print_methods(scores)
    print(about_grids(compared, "nats"))
    command, judged = (
        ["grids", "--redraws", f"{options.redraws}"],
        {MIST: estimator, CLASSIC: classic},
    )
    provenance = _provenance(command, options.weights, judged, start)
    whole = (options.redraws, options.weights) == (REDRAWS_USED, "paper")
    path = _path(options, stored.GRIDS, whole)
    stored.save(path, None, table, provenance)


def _bins(options: argparse.Namespace) -> None:
    study = Study.of("general", options.datasets, options.seed)
    estimator = MISTEstimator.load(options.weights)
    start = time.perf_counter()
    table = _collect(follow(study, estimator), study.n_datasets)[_FOR_BINS]
    print(by_bins(table).to_string(index=False, float_format="{:.3f}".format))
    shares = detection(table)
    print(
        f"5 % quantile 0 in {shares['silent']:.1%} of independent draws, above 0 in "
        f"{shares['found']:.1%} of those of {EVIDENT} nats and {EVIDENT_ROWS:,} rows or more"
    )
    command = ["bins", "--datasets", str(study.n_datasets), "--seed", str(study.seed)]
    provenance = _provenance(command, options.weights, {MIST: estimator}, start)
    whole = (study.n_datasets, study.seed, options.weights) == (BIN_DATASETS, BIN_SEED, "general")
    path = _path(options, stored.BINS, whole)
    stored.save(path, study, table, provenance)


def _common(options: argparse.Namespace) -> None:
    """Judges what is not yet stored of the shipped weights."""
    found = {}
    for name in library.shipped():
        estimator = MISTEstimator.load(name)
        known = common_test.known_scores(estimator.sha256)
        rows = common_test.judged(estimator) if known is None else known
        found[estimator.sha256] = rows
        for score, told in common_test.estimates(rows).items():
            print(f"{name}: {score} {told.value:.3f} ± {told.standard_error:.3f}", flush=True)
    common_test.ship(found, paths.RESULTS)


def _path(options: argparse.Namespace, stem: str, whole: bool) -> Path:
    """Where the run is stored."""
    return options.out or paths.RESULTS / (stem if whole else f"{stem}-trial")


def _follow_grids(
    cells: list[GridCell], estimator: MISTEstimator, classic: MISTEstimator
) -> Iterator[pd.DataFrame]:
    """The first draw of each cell, by every method; resampling is too slow for all nine."""
    for number, cell in enumerate(cells):
        batch, rng = cell.draw().chosen([0]), np.random.default_rng(number)
        for judged in (Weights(MIST, estimator), *peers(classic)):
            table = judge(judged, batch, rng, first=number)
            yield table.assign(in_family=cell.task in PAPER_IN_FAMILY)


def _collect(tables: Iterator[pd.DataFrame], total: int) -> pd.DataFrame:
    """All tables as one, counting the datasets."""
    parts, bar = [], Bar("calibrate", total)
    for table in tables:
        parts.append(table)
        bar(int((table.method == MIST).sum()))
    return pd.concat(parts, ignore_index=True)


def _print_methods(scores: pd.DataFrame) -> None:
    if len(scores):
        print(scores[_SHOWN].to_string(index=False, float_format="{:.3g}".format))


def _provenance(
    arguments: list[str], weights: str, judged: dict[str, MISTEstimator], start: float
) -> dict:
    """The run's record; of a weights file only its name, for paths are private."""
    command = ["calibrate", *arguments, "--weights", Path(weights).stem]
    return provenance.provenance(command, judged, time.perf_counter() - start)

"""`mist scan table.csv --target price`: what the columns of a table tell about one another.

With `--jobs` or `--cluster` the table is Parquet, of any size, and the work is done in tiles that
lie in $MIST_HOME/scans: the same command goes on where it was ended, however it was.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from mist_core.commands.options import TABLE, count, named_table, names
from mist_core.commands.progress_bar import Bar
from mist_core.files import storing, write_whole
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import UNITS
from mist_core.paths import home
from mist_core.scan import associations, with_left_out
from mist_core.spreadsheet import to_csv
from mist_core.weights import library

_NATS = ["mutual_information", "low", "q25", "median", "q75", "high"]
_PRINTED = ["x", "y", "mutual_information", "low", "high", "strength", "q", "rows", "flags"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("table", help=f"{TABLE}, or a folder of Parquet files")
    parser.add_argument(
        "--target", type=names, help="what the others tell about, names by commas; else every pair"
    )
    parser.add_argument("--unit", choices=list(UNITS), default="nats")
    parser.add_argument("--rows", type=count, help="at most so many, drawn; else the pairs decide")
    parser.add_argument("--weights", default=library.default(), help="name of the weights")
    parser.add_argument("--out", type=Path, help="CSV or Parquet file for the result; else printed")
    parser.add_argument("--jobs", type=count, help="by so many processes, in tiles that are kept")
    parser.add_argument("--cluster", metavar="ADDRESS", help="by the workers of a Dask scheduler")


def main(options: argparse.Namespace) -> None:
    """Measures all pairs and prints or stores them, the strongest first.

    Raises:
        TableError: the file is no table, or its columns cannot be used.
        WeightsError: there are no such weights.
        JobError: there is no such cluster, or it went away.
        StorageError: the result cannot be written.
    """
    in_tiles = options.jobs or options.cluster or Path(options.table).is_dir()
    found = _in_tiles(options) if in_tiles else _at_once(options)
    found[_NATS] *= UNITS[options.unit]
    if options.out:
        content = found.to_parquet() if options.out.suffix == ".parquet" else to_csv(found)
        with storing(options.out):
            write_whole(options.out, content)
        print(f"{len(found):,} pairs in {options.unit} stored in {options.out}")
    else:
        print(_in_print(found[_PRINTED].rename(columns={_NATS[0]: f"MI ({options.unit})"})))


def _at_once(options: argparse.Namespace) -> pd.DataFrame:
    table = named_table(options.table)
    estimator = MISTEstimator.load(library.path_of(options.weights))
    return associations(
        table, options.target, estimator=estimator, max_rows=options.rows, progress=_bar()
    )


def _in_tiles(options: argparse.Namespace) -> pd.DataFrame:
    from mist_core.inspection.tiles import ordered, scan_in_tiles

    weights = library.path_of(options.weights)
    target = options.target and tuple(options.target)
    order = ordered(Path(options.table), target, weights, max_rows=options.rows)
    bars: dict[str, Bar] = {}

    def progress(stage: str, done: int, total: int) -> None:
        bar = bars.setdefault(stage, Bar(stage, total))
        bar(done - bar.done)

    how = {"jobs": options.jobs, "cluster": options.cluster}
    return with_left_out(scan_in_tiles(order, home() / "scans", **how, progress=progress))


def _bar() -> Callable[[int, int], None]:
    bars: list[Bar] = []

    def progress(done: int, total: int) -> None:
        if not bars:
            bars.append(Bar("pairs", total))
        bars[0](done - bars[0].done)

    return progress


def _in_print(found: pd.DataFrame) -> str:
    """Aligned columns; what a terminal would obey in a name is left out."""
    texts = found.select_dtypes(exclude="number").columns
    found[texts] = found[texts].map(lambda text: "".join(filter(str.isprintable, text)))
    return found.to_string(index=False, float_format="{:.3f}".format, na_rep="")

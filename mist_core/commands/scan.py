"""`mist scan table.csv --target price`: what the columns of a table tell about one another."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from mist_core.commands.options import TABLE, count, named_table, names
from mist_core.commands.progress_bar import Bar
from mist_core.files import storing, write_whole
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import UNITS
from mist_core.scan import associations
from mist_core.spreadsheet import to_csv
from mist_core.weights import library

_NATS = ["mutual_information", "low", "q25", "median", "q75", "high"]
_PRINTED = ["x", "y", "mutual_information", "low", "high", "strength", "q", "rows", "flags"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("table", help=TABLE)
    parser.add_argument(
        "--target", type=names, help="what the others tell about, names by commas; else every pair"
    )
    parser.add_argument("--unit", choices=list(UNITS), default="nats")
    parser.add_argument("--rows", type=count, help="at most so many, drawn; else the pairs decide")
    parser.add_argument("--weights", default=library.default(), help="name of the weights")
    parser.add_argument("--out", type=Path, help="CSV file for the result; else it is printed")


def main(options: argparse.Namespace) -> None:
    """Measures all pairs and prints or stores them, the strongest first.

    Raises:
        TableError: the file is no table, or its columns cannot be used.
        WeightsError: there are no such weights.
        StorageError: the result cannot be written.
    """
    table = named_table(options.table)
    estimator = MISTEstimator.load(library.path_of(options.weights))
    found = associations(
        table, options.target, estimator=estimator, max_rows=options.rows, progress=_bar()
    )
    found[_NATS] *= UNITS[options.unit]
    if options.out:
        with storing(options.out):
            write_whole(options.out, to_csv(found))
        print(f"{len(found):,} pairs in {options.unit} stored in {options.out}")
    else:
        print(_in_print(found[_PRINTED].rename(columns={_NATS[0]: f"MI ({options.unit})"})))


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

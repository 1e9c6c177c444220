"""`mist null`: draws what evidence against independence is measured by, and stores it.

Needed again where the functions of `mist_core.inspection.basis` change; new weights need it not.
"""

import argparse
from pathlib import Path

from mist_core.commands.options import count, whole
from mist_core.commands.progress_bar import Bar
from mist_core.files import storing
from mist_core.inspection import null
from mist_core.paths import NULL


def configure(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--draws", type=count, default=null.DRAWS, help="at each number of rows")
    parser.add_argument("--seed", type=whole, default=0)
    parser.add_argument("--out", type=Path, default=NULL)


def main(options: argparse.Namespace) -> None:
    """Draws at each n of the grid and stores all.

    Raises:
        ParameterError: too few draws for a tail.
        StorageError: the file cannot be written.
    """
    drawn = null.draw(options.draws, options.seed, Bar("rows", len(null.GRID)))
    with storing(options.out):
        null.save(drawn, options.out)
    print(f"{options.draws:,} draws at each of {len(null.GRID)} numbers of rows: {options.out}")

"""What words of a command line mean; one out of range is answered with a sentence."""

import argparse
import math
from pathlib import Path

from mist_core.errors import TableError
from mist_core.tables.bundled import DATASETS
from mist_core.tables.table import Table, read_table

TABLE = f"a file (CSV, Excel, Parquet) or a bundled table: {', '.join(DATASETS)}"


def count(word: str) -> int:
    """A whole number of at least one."""
    return _at_least(1, word)


def whole(word: str) -> int:
    """A whole number of at least zero, such as a seed."""
    return _at_least(0, word)


def positive(word: str) -> float:
    """A finite number above zero."""
    value = float(word)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {word}")
    return value


def names(word: str) -> list[str]:
    """Names separated by commas."""
    return [name.strip() for name in word.split(",") if name.strip()]


def named_table(word: str) -> Table:
    """A bundled table by its name, or a file's.

    Raises:
        TableError: there is no such file, or it is no table.
    """
    if word in DATASETS:
        return DATASETS[word].load()
    if not Path(word).exists():
        known = ", ".join(DATASETS)
        raise TableError(f"{word:.200}: there is no such file, and it is none of {known}.")
    return read_table(word)


def _at_least(least: int, word: str) -> int:
    value = int(word)
    if value < least:
        raise argparse.ArgumentTypeError(f"expected at least {least}, got {value}")
    return value

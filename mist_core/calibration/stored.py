"""Stored calibration studies: written by the command, read by the page."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from mist_core.benchmarks import provenance
from mist_core.calibration.judge import MIST
from mist_core.calibration.study import Study
from mist_core.paths import RESULTS

GRIDS, BINS = "calibration-grids", "calibration-bins"


@dataclass(frozen=True)
class StoredStudy:
    """A finished study.

    Attributes:
        study: what was drawn; None for the published grids.
        table: rows of `mist_core.calibration.judge`.
        command: what to type to repeat it.
        date: on which it ran, ISO.
        weights: SHA-256 of the weights judged.
        stamp: differs where the content does.
    """

    study: Study | None
    table: pd.DataFrame
    command: str
    date: str
    weights: str
    stamp: tuple


def stem(laws: str) -> str:
    """File name, without its ending, of the stored study of these laws."""
    return "calibration-" + re.sub(r"\W+", "-", laws)


def save(path: Path, study: Study | None, table: pd.DataFrame, made: dict) -> None:
    """Writes <path>.json and <path>.parquet."""
    drawn = {"study": asdict(study)} if study else {}
    provenance.save_result(path, made | drawn, table)


def load(name: str, folder: Path = RESULTS) -> StoredStudy | None:
    """The stored study with this file name, or None where there is none."""
    summary, table = (folder / f"{name}.{ending}" for ending in ("json", "parquet"))
    if not (summary.exists() and table.exists()):
        return None
    origin = json.loads(summary.read_text())
    return StoredStudy(
        _study(origin.get("study")),
        _as_judged(pd.read_parquet(table)),
        origin["command"],
        origin["date"],
        origin["weights"][MIST]["sha256"],
        (name, table.stat().st_mtime_ns, table.stat().st_size),
    )


def _as_judged(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its numbers as they were before `provenance.save_result` halved them.

    Earlier versions kept the names of laws that stand side by side only joined.
    """
    if "laws" not in table:
        table = table.assign(laws=table.family.str.split("+"))
    return table.astype(dict.fromkeys(table.select_dtypes("float32"), "float64"))


def _study(fields: dict | None) -> Study | None:
    """The study again: JSON knows no tuples."""
    if fields is None:
        return None
    ranges = {name: tuple(fields[name]) for name in ("rows", "dims")}
    return Study(**fields | ranges)

"""A stored result that is one table, with the command, date and machine it is of."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd


@dataclass(frozen=True)
class Stored:
    """What a command has stored.

    Attributes:
        table: a row an answer; its columns are the benchmark's own.
        command, date, machine: where it comes from.
    """

    table: pd.DataFrame
    command: str
    date: str
    machine: str

    @classmethod
    def of(cls, folder: Path, stem: str) -> Self | None:
        """What lies in a folder such as `paths.RESULTS`; None where nothing does, or no use."""
        try:
            table = pd.read_parquet(folder / f"{stem}.parquet")
            told = json.loads((folder / f"{stem}.json").read_text())
            return cls(table, told["command"], told["date"], told["hardware"]["cpu"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

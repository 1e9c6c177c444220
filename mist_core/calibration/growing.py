"""A calibration study on its way: it grows table by table, and can be stopped and go on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from mist_core.calibration.judge import MIST
from mist_core.errors import MISTError


@dataclass
class GrowingStudy:
    """The tables of a study so far, and those to come.

    Attributes:
        rest: of `mist_core.calibration.judge.follow`.
        tables: those that have come.
        running: whether it is to go on.
        error: why it cannot.
    """

    rest: Iterator[pd.DataFrame]
    tables: list[pd.DataFrame] = field(default_factory=list)
    running: bool = True
    error: MISTError | None = None

    @property
    def table(self) -> pd.DataFrame:
        """All rows so far."""
        return pd.concat(self.tables, ignore_index=True)

    @property
    def done(self) -> int:
        """Datasets judged."""
        return sum(int((table.method == MIST).sum()) for table in self.tables)

    def advance(self) -> None:
        """Draw one batch, or let one more estimator judge the last.

        Raises:
            MISTError: it cannot go on; the same one whenever it is asked again.
        """
        if self.error:
            raise self.error
        try:
            table = next(self.rest, None)
        except MISTError as error:
            self.running, self.error = False, error
            raise
        if table is None:
            self.running = False
        else:
            self.tables.append(table)

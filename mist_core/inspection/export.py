"""The numbers of a survey as files: all of them, with what made them."""

import io
from dataclasses import dataclass

import pandas as pd

from mist_core import __version__
from mist_core.inspection.result import Survey
from mist_core.spreadsheet import to_csv

ARTICLE = "MIST (2025), arXiv 2511.18945"


@dataclass(frozen=True)
class Made:
    """What a survey was made of.

    Attributes:
        table: name of the file or of the bundled table; untrusted text.
        table_sha256: of its bytes.
        weights: name of the weights that answered.
        weights_sha256: of their file.
    """

    table: str
    table_sha256: str
    weights: str
    weights_sha256: str

    @property
    def citation(self) -> str:
        """How to name the numbers in a text."""
        return (
            f"mist-core {__version__}, weights {self.weights} ({self.weights_sha256[:12]}); "
            f"after {ARTICLE}"
        )


def numbers(survey: Survey, made: Made) -> pd.DataFrame:
    """All columns of `Survey.pairs`, in nats, and in each row what made them."""
    return survey.pairs.assign(
        unit="nats",
        table=made.table,
        table_sha256=made.table_sha256,
        weights=made.weights,
        weights_sha256=made.weights_sha256,
        version=__version__,
        citation=made.citation,
    )


def as_csv(survey: Survey, made: Made) -> bytes:
    """The numbers as CSV; no spreadsheet runs a cell of it as a formula."""
    return to_csv(numbers(survey, made))


def as_parquet(survey: Survey, made: Made) -> bytes:
    """The numbers as Parquet; texts as they are."""
    file = io.BytesIO()
    numbers(survey, made).to_parquet(file, index=False)
    return file.getvalue()

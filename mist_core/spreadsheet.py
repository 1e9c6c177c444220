"""Tables as CSV that any spreadsheet can open and none runs."""

import pandas as pd

# Spreadsheets run cells that begin with these as formulae.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(frame: pd.DataFrame) -> bytes:
    """CSV whose text cells and headings no spreadsheet will run as a formula."""
    text = frame.select_dtypes(["object", "string", "category"]).columns
    safe = frame.assign(**{column: frame[column].map(_defused) for column in text})
    return safe.rename(columns=_defused).to_csv(index=False).encode(errors="replace")


def _defused(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell

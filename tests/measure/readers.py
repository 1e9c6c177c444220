"""How other readers do on the files of `tests.tables.wild`: the table in docs/reading.md.

Run: python -m tests.measure.readers (needs clevercsv beside the requirements).
"""

import io
import tempfile
import warnings
from collections.abc import Callable

import charset_normalizer
import pandas as pd
from dateutil import parser as dateutil

from tests.tables.wild import WILD, Wild, agrees

RIGHT, WRONG, REFUSED = "right", "wrong", "refused"


def duckdb_sniffer(data: bytes) -> pd.DataFrame:
    import duckdb

    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        return duckdb.connect().execute("SELECT * FROM read_csv($1)", [file.name]).df()


def clever_csv(data: bytes) -> pd.DataFrame:
    import clevercsv

    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        return clevercsv.read_dataframe(file.name)


def pandas_sniffer(data: bytes) -> pd.DataFrame:
    encoding = charset_normalizer.from_bytes(data).best().encoding
    return pd.read_csv(io.BytesIO(data), sep=None, engine="python", encoding=encoding)


def calamine(data: bytes) -> pd.DataFrame:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return pd.DataFrame(rows[1:], columns=rows[0])


def openpyxl(data: bytes) -> pd.DataFrame:
    return pd.read_excel(io.BytesIO(data), engine="openpyxl")


def ours(data: bytes) -> pd.DataFrame:
    from mist_core.tables import read_table

    return read_table(data).to_frame()


READERS = {
    "DuckDB": duckdb_sniffer,
    "clevercsv": clever_csv,
    "pandas and charset-normalizer": pandas_sniffer,
    "python-calamine": calamine,
    "openpyxl": openpyxl,
    "ours": ours,
}
DATES = {
    "pandas": lambda cells: pd.to_datetime(pd.Series(cells), utc=True),
    "dateutil": lambda cells: pd.to_datetime(pd.Series(map(dateutil.parse, cells)), utc=True),
}


def judge(read: Callable[[bytes], pd.DataFrame], wild: Wild) -> str:
    """Whether a reader gives the table that was meant, another one, or an error."""
    try:
        frame = read(wild.data)
    except Exception:
        return RIGHT if wild.refused else REFUSED
    if wild.refused or frame.shape[1] != len(wild.meant):
        return WRONG
    cells = zip((frame.iloc[:, i] for i in range(frame.shape[1])), wild.meant.values(), strict=True)
    named = [str(name).strip() for name in frame] == [n.strip() for n in wild.meant]
    return RIGHT if named and all(agrees(*pair) for pair in cells) else WRONG


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"| file | {' | '.join(READERS)} |\n|---|{'---|' * len(READERS)}")
    totals = dict.fromkeys(READERS, 0)
    for name, wild in WILD.items():
        verdicts = {reader: judge(read, wild) for reader, read in READERS.items()}
        for reader, verdict in verdicts.items():
            totals[reader] += verdict == RIGHT
        print(f"| {name} | {' | '.join(verdicts.values())} |")
    print(f"| **right, of {len(WILD)}** | {' | '.join(map(str, totals.values()))} |")


if __name__ == "__main__":
    main()

"""How other readers do on the files of `tests.tables.wild`: the tables in docs/reading.md.

Run: python -m tests.measure.readers (needs clevercsv beside the requirements).
"""

import io
import random
import tempfile
import warnings
from collections.abc import Callable, Sequence

import chardet
import charset_normalizer
import numpy as np
import pandas as pd
from dateutil import parser as dateutil

from mist_core.tables import read_table
from mist_core.tables.files.encoding import decode
from mist_core.tables.files.source import Source
from tests.tables.wild import WILD, Wild, agrees

RIGHT, WRONG, REFUSED, OTHER_FORMAT = "right", "wrong", "refused", "–"
EXCEL, PARQUET, TEXT = "Excel", "Parquet", "text"
DRAWS = 12
WORDS = {
    "cp1252": "Köln Málaga Besançon Zürich Århus naïve São-Paulo Düsseldorf",
    "mac_roman": "Köln Málaga Besançon Zürich Århus naïve São-Paulo",
    "cp850": "Köln Málaga Besançon Zürich München",
    "cp1250": "Łódź Kraków Gdańsk Plzeň Košice Győr",
    "cp1251": "Москва Шахты Ёлкино Санкт-Петербург мужчина женщина",
    "koi8_r": "Москва Шахты Ёлкино женщина",
    "cp866": "Москва Шахты Ёлкино",
    "gbk": "上海 北京市 广州 男 女 未知",
    "big5": "臺北 高雄市 男 女",
    "shift_jis": "東京都 おおさか カナダ 男 女",
    "euc_jp": "東京都 おおさか カナダ",
    "euc_kr": "서울 부산 남자 여자",
    "cp1253": "Αθήνα Πάτρα",
    "cp1254": "İstanbul Ağrı Şişli",
}


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
    return read_table(data).to_frame()


READERS: dict[str, tuple[Callable[[bytes], pd.DataFrame], Sequence[str]]] = {
    "DuckDB": (duckdb_sniffer, [TEXT]),
    "clevercsv": (clever_csv, [TEXT]),
    "pandas": (pandas_sniffer, [TEXT]),
    "calamine": (calamine, [EXCEL]),
    "openpyxl": (openpyxl, [EXCEL]),
    "ours": (ours, [TEXT, EXCEL, PARQUET]),
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


def files() -> None:
    """The table of all files and readers."""
    print(f"| file | {' | '.join(READERS)} |\n|---|{'---|' * len(READERS)}")
    verdicts: dict[str, list[str]] = {reader: [] for reader in READERS}
    for name, wild in WILD.items():
        form = next((kind for kind in (EXCEL, PARQUET) if name.startswith(kind)), TEXT)
        for reader, (read, forms) in READERS.items():
            verdicts[reader].append(judge(read, wild) if form in forms else OTHER_FORMAT)
        print(f"| {name} | {' | '.join(found[-1] for found in verdicts.values())} |")
    tried = [f"{v.count(RIGHT)} of {len(v) - v.count(OTHER_FORMAT)}" for v in verdicts.values()]
    print(f"| **right** | {' | '.join(tried)} |")


def dates() -> None:
    """Which files of dates pandas and dateutil read, given the column's cells."""
    readers = {
        "pandas": lambda cells: pd.to_datetime(pd.Series(cells), utc=True),
        "dateutil": lambda cells: pd.to_datetime([dateutil.parse(c) for c in cells], utc=True),
    }
    print(f"\n| dates | {' | '.join(readers)} |\n|---|---|---|")
    for name, wild in WILD.items():
        meant = wild.meant.get("value", [0])
        if isinstance(meant[0], np.datetime64):
            cells = [line.split(",")[0] for line in wild.data.decode().splitlines()[1:]]
            print(f"| {name} | {' | '.join(_dates(r, cells, meant) for r in readers.values())} |")


def _dates(read: Callable, cells: list[str], meant: Sequence) -> str:
    try:
        found = pd.Series(read(cells)).dt.tz_localize(None)
    except Exception:
        return REFUSED
    return RIGHT if (found == pd.Series(meant)).all() else WRONG


def encodings() -> None:
    """How often a file's letters are decoded as they were meant, by how many cells have some."""
    guesses = {
        "charset-normalizer": lambda data: charset_normalizer.from_bytes(data).best().encoding,
        "chardet": lambda data: chardet.detect(data)["encoding"],
        "chardet, as used here": lambda data: decode(Source(data)).encoding,
    }
    print(f"\n| cells with letters | {' | '.join(guesses)} |\n|---|---|---|---|")
    for size in (3, 6, 24, 200):
        rng = random.Random(size)
        right = dict.fromkeys(guesses, 0)
        for encoding, words in [*WORDS.items()] * DRAWS:
            cells = [rng.choice(words.split()) for _ in range(size)]
            text = "city,plain\n" + "".join(f"{c},{rng.gauss(50, 12):.2f}\n" for c in cells)
            for name, guess in guesses.items():
                right[name] += _decodes(guess, text, text.encode(encoding))
        shares = [f"{n / (DRAWS * len(WORDS)):.0%}" for n in right.values()]
        print(f"| {size} | {' | '.join(shares)} |")


def _decodes(guess: Callable, text: str, data: bytes) -> bool:
    try:
        return data.decode(guess(data)) == text
    except Exception:
        return False


def main() -> None:
    warnings.simplefilter("ignore")
    files()
    dates()
    encodings()


if __name__ == "__main__":
    main()

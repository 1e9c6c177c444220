"""Fifty-odd files as they come in the wild, each with the table that was meant.

Kinds from public reports on readers of tables; every file is made here, a few hundred bytes each.
Beside our own reader they are read by others' (`tests.measure.readers`, docs/reading.md).
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

ROWS = 24
_RNG = np.random.default_rng(20)
PLAIN = _RNG.normal(50, 12, ROWS).round(2).tolist()  # a column without any difficulty
COUNTS = [850, 1250, 990, 2300, 12345, 640, 7001, 15, 128, 45210, 1020, 3] * 2
SHARES = [35, 7, 62, 18, 91, 44, 29, 53, 76, 12, 88, 5] * 2
DAYS = np.arange("2023-01-03", "2024-03-01", dtype="M8[D]")[::17][:ROWS]
WORDS = ["north", "south", "east"] * 8
CITIES = ["Köln", "Málaga", "Besançon"] * 8
ШАХТЫ = ["Шахты", "Москва", "Ёлкино"] * 8
CHINESE = ["上海", "北京市", "广州"] * 8
JAPANESE = ["東京都", "おおさか", "カナダ"] * 8


@dataclass(frozen=True)
class Wild:
    """A file and what was meant by it.

    Attributes:
        data: the file's bytes.
        meant: a list a column: float (NaN where missing), datetime64, or str (None where missing).
        refused: instead, words of the sentence that has to come.
        said: words that have to stand in the table's note or in a column's reason.
    """

    data: bytes
    meant: dict[str, Sequence] = field(default_factory=dict)
    refused: str = ""
    said: str = ""


def rows(columns: dict[str, Sequence], mark: str = ",", end: str = "\n") -> str:
    """The columns as delimited text with a header, cells as they are."""
    lines = [mark.join(columns)]
    lines += [mark.join(map(str, cells)) for cells in zip(*columns.values(), strict=True)]
    return end.join(lines) + end


def column(cells: Sequence, meant: Sequence, mark: str = ",", said: str = "") -> Wild:
    """A file of one difficult column beside a plain one."""
    plain = [f"{v:.2f}".replace(".", ",") if mark == ";" else f"{v:.2f}" for v in PLAIN]
    text = rows({"value": cells, "plain": plain}, mark)
    return Wild(text.encode(), {"value": meant, "plain": PLAIN}, said=said)


def words(cells: Sequence[str], encoding: str, end: str = "\n") -> Wild:
    """A file whose words need its encoding."""
    text = rows({"city": cells, "plain": PLAIN}, end=end)
    return Wild(text.encode(encoding), {"city": cells, "plain": PLAIN})


def dates(write: Callable, said: str = "", step: str = "0s", zone: str = "0h") -> Wild:
    """A file of dates; `write` makes the text of a moment `zone` ahead of what is meant."""
    moments = DAYS.astype("M8[ms]") + np.arange(ROWS) * pd.Timedelta(step).to_timedelta64()
    cells = [write(pd.Timestamp(m).to_pydatetime()) for m in moments]
    return column(cells, list(moments - pd.Timedelta(zone).to_timedelta64()), said=said)


def lines(above: str, *, mark: str = ",", below: str = "", said: str = "") -> Wild:
    """A plain table with lines above and below it."""
    table = {"day": SHARES, "temp": PLAIN, "region": WORDS}
    return Wild((above + rows(table, mark) + below).encode(), table, said=said)


def agrees(read: pd.Series, meant: Sequence) -> bool:
    """Whether a column holds what was meant, in a type that says so."""
    if len(read) != len(meant):
        return False
    if all(isinstance(cell, float) and cell != cell for cell in meant):
        return bool(read.isna().all())
    if isinstance(meant[0], np.datetime64):
        if not pd.api.types.is_datetime64_any_dtype(read):
            return False
        moments = pd.to_datetime(read, utc=True).dt.tz_localize(None)
        return bool(((moments == pd.Series(meant)) | (moments.isna() & pd.isna(meant))).all())
    if any(isinstance(cell, str) for cell in meant):
        gaps = [None if pd.isna(cell) else str(cell) for cell in read]
        return [g if g is None else g.casefold() for g in gaps] == [
            None if m is None else m.casefold() for m in meant
        ]
    if not pd.api.types.is_numeric_dtype(read):
        return False
    return np.array_equal(read.to_numpy(float), np.array(meant, float), equal_nan=True)


def _workbook(fill: Callable) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(buffer)
    return buffer.getvalue()


def _sheet(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.append(["Weather report"])
    sheet.append([])
    sheet.append(["when", "temp", "count", "region"])
    for day, temp, count, region in zip(DAYS, PLAIN, COUNTS, WORDS, strict=True):
        sheet.append([day.item(), temp, count, region])
    sheet["B6"] = "#DIV/0!"
    book.create_sheet("empty")


def _numbers_as_text(book: openpyxl.Workbook) -> None:
    for cells in zip(["temp", *(f"{v:.2f} °C" for v in PLAIN)], ["region", *WORDS], strict=True):
        book.active.append(cells)


def _parquet() -> bytes:
    table = pa.table(
        {
            "when": pa.array(DAYS.astype("M8[s]"), pa.timestamp("us")),
            "number": pa.array([None, *PLAIN[1:]]),
            "id": pa.array([2**60 + i for i in range(ROWS)]),
            "region": pa.array(WORDS).dictionary_encode(),
            "flag": pa.array([i % 3 == 0 for i in range(ROWS)]),
        }
    )
    buffer = io.BytesIO()
    pa.parquet.write_table(table, buffer)
    return buffer.getvalue()


def _every(step: int, cell: object, cells: Sequence) -> list:
    return [cell if i % step == 0 else value for i, value in enumerate(cells)]


NAN = float("nan")
_GAPS = _every(8, NAN, PLAIN)
_TABLE = {"day": SHARES, "temp": PLAIN, "region": WORDS}
_LONG_CODES = [f"9007199254740{993 + i}" for i in range(ROWS)]
_REPEATED = rows(_TABLE).splitlines(keepends=True)
_NAMES = "day,temp,region\n"
_TSV = "\t"

WILD: dict[str, Wild] = {
    # How the file is written
    "UTF-8 with its mark": Wild(b"\xef\xbb\xbf" + rows(_TABLE).encode(), _TABLE),
    "UTF-16 without its mark": Wild(rows(_TABLE).encode("utf-16-le"), _TABLE),
    "Windows-1252": words(CITIES, "cp1252"),
    "Windows-1251": words(ШАХТЫ, "cp1251"),
    "GBK": words(CHINESE, "gbk"),
    "Shift JIS": words(JAPANESE, "shift_jis"),
    "Mac Roman": words(CITIES, "mac_roman", end="\r"),
    "cut within a letter": Wild(
        (rows({"plain": PLAIN, "city": CITIES}) + "1.5,Kö").encode()[:-1],
        {"plain": [*PLAIN, 1.5], "city": [*CITIES, "K�"]},
        said="cannot be decoded",
    ),
    # How the lines are laid out
    "semicolons and decimal commas": column(SHARES, SHARES, ";"),
    "bars within a comma file": Wild(
        rows({"genres": ["Action|Comedy", "Drama|War", "Action|Comedy"] * 8, "y": PLAIN}).encode(),
        {"genres": ["Action|Comedy", "Drama|War", "Action|Comedy"] * 8, "y": PLAIN},
    ),
    "columns set out by spaces": Wild(
        "".join(
            f"{a:>8} {b:>8} {c:<8}\n"
            for a, b, c in zip(*[[k, *v] for k, v in _TABLE.items()], strict=True)
        ).encode(),
        _TABLE,
    ),
    "a title": lines("Weather report\n", said="above"),
    "a title padded by a spreadsheet": lines("Weather report,,\n,,\n", said="above"),
    "a comment with delimiters": lines("# logger 3, site 4, rate 5\n", said="above"),
    "a title with one delimiter": lines("Weather station 12, north ridge\n", said="above"),
    "a source below": lines("", below="\nSource: the weather office\n", said="left out"),
    "a cut last line": lines("", below="17,4", said="left out"),
    "a header repeated": Wild(
        "".join(_NAMES * (i % 6 == 1) + line for i, line in enumerate(_REPEATED)).encode(),
        _TABLE,
        said="repeated header",
    ),
    "a line of units": Wild(
        rows(
            {k: [u, *v] for (k, v), u in zip(_TABLE.items(), ["d", "°C", ""], strict=True)}
        ).encode(),
        _TABLE,
        said="°C",
    ),
    "delimiters at the ends of lines": Wild(
        rows(_TABLE).replace("\n", ",\n").replace("region,", "region").encode(), _TABLE
    ),
    "row names without a name, as R writes them": Wild(
        (_NAMES + "".join(f"r{i},{x}" for i, x in enumerate(_REPEATED[1:]))).encode(),
        {"row names": [f"r{i}" for i in range(ROWS)], **_TABLE},
    ),
    "years as names": Wild(
        rows({"place": WORDS, "1990": PLAIN, "1991": SHARES, "1992": PLAIN}).encode(),
        {"place": WORDS, "1990": PLAIN, "1991": SHARES, "1992": PLAIN},
    ),
    "no names": Wild(
        rows(_TABLE).split("\n", 1)[1].encode(),
        {"column 1": SHARES, "column 2": PLAIN, "column 3": WORDS},
    ),
    "repeated and empty names": Wild(
        rows(dict(zip(["a", "a ", ""], _TABLE.values(), strict=True))).encode(),
        {"a": SHARES, "a (2)": PLAIN, "column 3": WORDS},
    ),
    "a delimiter and a newline in quotes": Wild(
        rows({"word": ['"x, y\nz"', '"say ""so"""', "w"] * 8, "plain": PLAIN}).encode(),
        {"word": ["x, y\nz", 'say "so"', "w"] * 8, "plain": PLAIN},
    ),
    "blanks before quotes": Wild(
        rows({"word": ["a", "b", "c"] * 8, "plain": [f' "{v}, approx"' for v in WORDS]}).encode(),
        {"word": ["a", "b", "c"] * 8, "plain": [f"{v}, approx" for v in WORDS]},
    ),
    # Numbers
    "percent": column([f"{v} %" for v in SHARES], SHARES, said="%"),
    "dollars": column([f'"${v:,}.00"' for v in COUNTS], COUNTS, said="$"),
    "euros and decimal commas": column(
        [f"{v / 4:.2f} €".replace(".", ",") for v in COUNTS], [v / 4 for v in COUNTS], ";", "€"
    ),
    "a unit": column([f"{v} kg" for v in SHARES], SHARES, said="kg"),
    "thousands by dots": column(
        [f"{v:,}".replace(",", ".") for v in COUNTS], COUNTS, ";", "thousand"
    ),
    "thousands by commas between tabs": column(
        [f"{v:,}" for v in COUNTS], COUNTS, _TSV, "thousand"
    ),
    "thousands by spaces": column(
        [f"{v:,}".replace(",", " ") for v in COUNTS], COUNTS, said="thousand"
    ),
    "thousands by no-break spaces": column(
        [f"{v:,}".replace(",", "\u202f") for v in COUNTS], COUNTS, said="thousand"
    ),
    "thousands by apostrophes": column(
        [f"{v:,}".replace(",", "'") for v in COUNTS], COUNTS, said="thousand"
    ),
    "a Unicode minus": column(
        [f"{30 - v}".replace("-", "−") for v in SHARES], [30 - v for v in SHARES]
    ),
    "losses in parentheses": column(
        [f"({v}.5)" if v > 50 else f"{v}.5" for v in SHARES],
        [-v - 0.5 if v > 50 else v + 0.5 for v in SHARES],
        said="parenthes",
    ),
    "decimal comma beside decimal point": column(
        [f'"{v:.1f}"'.replace(".", ",") for v in PLAIN], [round(v, 1) for v in PLAIN], said="comma"
    ),
    "below detection": column(_every(6, "<0.5", PLAIN), _every(6, NAN, PLAIN), said="<0.5"),
    "an overflow": column(["1e400", *PLAIN[1:]], [NAN, *PLAIN[1:]], said="1e400"),
    "nine in ten are numbers": column(
        _every(12, "broken", PLAIN), _every(12, NAN, PLAIN), said="broken"
    ),
    "codes with leading zeros": column(
        [f"0{v % 4 + 1}{v % 3}" for v in SHARES],
        [f"0{v % 4 + 1}{v % 3}" for v in SHARES],
        said="zero",
    ),
    "numbers of 17 digits": column(_LONG_CODES, _LONG_CODES, said="digits"),
    "-99 for missing": column(_every(6, -99, SHARES), _every(6, NAN, SHARES), said="-99"),
    **{
        f"{word} for missing": column(_every(8, word, PLAIN), _GAPS)
        for word in ("None", "<NA>", "--", "#DIV/0!", "\\N", "inf", "1.#QNAN", "unknown")
    },
    # Dates
    "day-month-two-digit year": dates(lambda d: d.strftime("%d.%m.%y"), "day first"),
    "month-day-two-digit year": dates(lambda d: d.strftime("%m/%d/%y"), "month first"),
    "a zone": dates(lambda d: d.isoformat() + "+02:00", "zone", "3723.25s", "2h"),
    "fractions of seconds": dates(lambda d: d.strftime("%Y-%m-%d %H:%M:%S.%f"), "", "3723.25s"),
    "names of months": dates(lambda d: d.strftime("%d-%b-%Y")),
    "a.m. and p.m.": dates(lambda d: d.strftime("%m/%d/%Y %I:%M:%S %p"), "month first", "3723s"),
    "dates without marks": dates(lambda d: d.strftime("%Y%m%d")),
    # Classes
    "TRUE beside True": column(
        ["TRUE", "True", "false"] * 8, ["true", "true", "false"] * 8, said="true"
    ),
    # Other formats
    "Excel, with a title and a second sheet": Wild(
        _workbook(_sheet),
        {
            "when": list(DAYS),
            "temp": [*PLAIN[:2], NAN, *PLAIN[3:]],
            "count": COUNTS,
            "region": WORDS,
        },
        said="Sheet",
    ),
    "Excel, numbers as text with a unit": Wild(
        _workbook(_numbers_as_text), {"temp": PLAIN, "region": WORDS}, said="°C"
    ),
    "Parquet": Wild(
        _parquet(),
        {
            "when": list(DAYS),
            "number": [NAN, *PLAIN[1:]],
            "id": [str(2**60 + i) for i in range(ROWS)],
            "region": WORDS,
            "flag": ["true" if i % 3 == 0 else "false" for i in range(ROWS)],
        },
    ),
    # Nothing that could be read
    "nothing": Wild(b"  \n", refused="empty"),
    "random bytes": Wild(bytes(range(256)) * 8, refused="not text"),
    "a page of HTML": Wild(
        b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", refused="HTML"
    ),
    "lines of all lengths": Wild(
        b"a,b,c\n1,2,3\n1,2\n4,5,6\n4,5,6,7\n", refused="Line 3 has 2 cells"
    ),
    "a quotation mark left open": Wild(b'a,b\n1,2\n3,"4\n5,6\n', refused="quotation mark"),
}

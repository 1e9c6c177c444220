"""Fifty malformed files, each with the table that was meant or the sentence that has to come."""

import gzip
import io
import json
import zipfile
from collections.abc import Sequence

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet

from tests.tables.wild import COUNTS, DAYS, NAN, PLAIN, SHARES, WORDS, Wild, column, rows

TABLE = {"day": SHARES, "temp": PLAIN, "region": WORDS}
LINES = rows(TABLE).splitlines()
_RULES = "+-----+--------+-------+"
_PRINTED = [f"| {a:>4} | {b:>6} | {c:>6} |" for a, b, c in (line.split(",") for line in LINES)]


def meant(text: str | bytes, said: str = "") -> Wild:
    """A file that means the plain table."""
    return Wild(text if isinstance(text, bytes) else text.encode(), TABLE, said=said)


def refused(text: str | bytes, words: str) -> Wild:
    """A file that is none; `words` have to come."""
    return Wild(text if isinstance(text, bytes) else text.encode(), refused=words)


def words(cells: Sequence[str], meant: Sequence[str] | None = None, said: str = "") -> Wild:
    """A file with a column of words."""
    text = rows({"word": cells, "plain": PLAIN})
    return Wild(text.encode(), {"word": meant or cells, "plain": PLAIN}, said=said)


def lines(change, end: str = "\n") -> str:
    """The plain table with every line changed."""
    return end.join(change(i, line) for i, line in enumerate(LINES))


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, rows(TABLE))
    return buffer.getvalue()


def workbook(*table: Sequence) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in table:
        book.active.append(list(row))
    book.save(buffer)
    return buffer.getvalue()


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pa.parquet.write_table(table, buffer)
    return buffer.getvalue()


_BOOK = workbook(list(TABLE), *zip(*TABLE.values(), strict=True))
_PARQUET = parquet(pa.table({"a": PLAIN, "b": PLAIN}))
_TWICE = [w.encode().decode("cp1252") for w in ("Köln", "Malmö", "Bonn")] * 8

MALFORMED: dict[str, Wild] = {
    # Lines
    "three kinds of newlines": meant(
        "".join(x + "\n\r\n\r"[i % 3 :][:1] for i, x in enumerate(LINES))
    ),
    "an empty line after each": meant("\n\n".join(LINES)),
    "two carriage returns": meant("\r\r\n".join(LINES)),
    "delimiters at the ends of some lines": meant(lines(lambda i, x: x + ",," * (i % 4 == 2))),
    "a delimiter before each line": meant(lines(lambda i, x: "," + x)),
    "whole lines in quotation marks": meant(lines(lambda i, x: f'"{x}"'), "quotation marks"),
    "whole lines in quotation marks, cells in doubled ones": meant(
        lines(lambda i, x: '"' + ",".join(f'""{c}""' for c in x.split(",")) + '"')
    ),
    "comments among the rows": meant(
        lines(lambda i, x: "# sensor changed\n" + x if i % 7 == 5 else x), "another width"
    ),
    "room kept behind the table": meant(rows(TABLE).encode() + b"\0" * 100),
    "a printed table with rulers": meant(
        "\n".join([_RULES, _PRINTED[0], _RULES, *_PRINTED[1:], _RULES])
    ),
    "a Markdown table": meant("\n".join([_PRINTED[0], "|---|---|---|", *_PRINTED[1:]])),
    "rulers of equals signs": meant(
        "\n".join(
            ["==== ====== ======", *(x.replace(",", "  ") for x in LINES), "==== ====== ======"]
        )
    ),
    "names parted otherwise": meant("day;temp;region\n" + "\n".join(LINES[1:])),
    "a row of totals": meant(rows(TABLE) + f"Total,{sum(PLAIN):.2f},\n", "totals"),
    "a row of totals in words of others": meant(
        rows(TABLE) + f",{sum(PLAIN):.2f},Summe\n", "totals"
    ),
    "a second table below": meant(rows(TABLE) + "\nx,y,z\n1,2,q\n3,4,q\n5,6,r\n", "second table"),
    "a wider table below": meant(rows(TABLE) + "\nname,height\na,1\nb,2\n", "below the table"),
    "short rows": refused(
        lines(lambda i, x: x[: x.rfind(",")] if i % 3 == 2 else x), "has 2 cells"
    ),
    "two delimiters": refused(
        lines(lambda i, x: x.replace(",", ";") if i % 2 else x), "cells where"
    ),
    "marks of a merge": refused(
        "\n".join(
            [*LINES[:5], "<<<<<<< HEAD", LINES[5], "=======", LINES[6], ">>>>>>> b", *LINES[7:]]
        ),
        "merge conflict",
    ),
    "a decimal comma without quotation marks": refused(
        rows({"a": [f"{v:.2f}".replace(".", ",") for v in PLAIN], "b": SHARES, "c": WORDS}),
        "a number with a comma",
    ),
    "decimal commas without quotation marks": refused(
        rows({k: [f"{v:.2f}".replace(".", ",") for v in PLAIN] for k in "ab"}),
        "a number with a comma",
    ),
    "thousands without quotation marks": refused(
        rows({"a": [f"{v + 1000:,}" for v in COUNTS], "b": range(24)}), "a number with a comma"
    ),
    "names in every cell": refused(
        "\n".join(f"day={a},temp={b}" for a, b in zip(SHARES, PLAIN, strict=True)), "day=35"
    ),
    "a sparse matrix": refused(
        "\n".join(
            f"{i % 2} 1:{a} 2:{b}" for i, (a, b) in enumerate(zip(SHARES, PLAIN, strict=True))
        ),
        "repeats the name",
    ),
    "more names than cells": refused(LINES[0] + ",x,y\n" + "\n".join(LINES[1:]), "5 names"),
    "delimiters alone": refused(",,,\n,,,\n,,,\n", "no row with a value"),
    # Letters
    "UTF-8 beside Windows-1252": Wild(
        rows({"word": ["Köln", "Malmö", "Bonn"] * 8, "plain": PLAIN})
        .encode()
        .replace("Malmö".encode(), "Malmö".encode("cp1252"), 3),
        {"word": ["Köln", "Malmö", "Bonn"] * 8, "plain": PLAIN},
        said="Windows-1252",
    ),
    "letters encoded twice": words(_TWICE, said="encoded twice"),
    "accents in two forms": words(
        ["Köln", "Ko\u0308ln", "Bonn"] * 8, ["Köln", "Köln", "Bonn"] * 8, "alike"
    ),
    "blanks that look alike": words(
        ["New York", "New\u00a0York", "New  York"] * 7 + ["Rome"] * 3,
        ["New York"] * 21 + ["Rome"] * 3,
        "alike",
    ),
    "soft hyphens": words(
        [w[:2] + "\u00ad" * (i % 2) + w[2:] for i, w in enumerate(WORDS)], WORDS, "alike"
    ),
    "marks of direction around numbers": column([f"\u200e{v}\u200f" for v in PLAIN], PLAIN),
    "two marks of byte order": meant("\ufeff\ufeff" + rows(TABLE)),
    "colours of a terminal": refused(lines(lambda i, x: f"\x1b[1m{x}\x1b[0m"), "not text"),
    "zero bytes among the letters": refused(rows(TABLE).replace("5", "5\0", 2), "not text"),
    # Cells
    "texts shielded from a spreadsheet": column(
        [f'="{v + 0.25}"' for v in SHARES], [v + 0.25 for v in SHARES]
    ),
    "numbers behind apostrophes": column([f"'{v}" for v in PLAIN], PLAIN),
    "about so many": column([f"~{v}" for v in SHARES], SHARES, said="approximation"),
    "with a margin": column([f"{v} ± 0.3" for v in PLAIN], PLAIN, said="±"),
    "with the last digits' error": column([f"{v}(3)" for v in PLAIN], PLAIN, said="left out"),
    "with footnotes": column(
        [f"{v}{('*', ' [1]', '', '†')[i % 4]}" for i, v in enumerate(PLAIN)], PLAIN, said="*"
    ),
    "decimal commas with powers of ten": column(
        [f"{v * 1e3:.3e}".replace(".", ",") for v in PLAIN],
        [float(f"{v * 1e3:.3e}") for v in PLAIN],
        ";",
        "comma",
    ),
    "names of time zones": column(
        [f"{d} 00:00:00 CET" for d in DAYS], list(DAYS.astype("M8[ms]")), said="zones"
    ),
    "both orders of day and month": column(
        [d.item().strftime(("%d/%m/%Y", "%m/%d/%Y")[i % 2]) for i, d in enumerate(DAYS)],
        [d.item().strftime(("%d/%m/%Y", "%m/%d/%Y")[i % 2]) for i, d in enumerate(DAYS)],
        said="others month first",
    ),
    "the 31st of February": column(
        ["31.02.2023" if i % 6 == 1 else d.item().strftime("%d.%m.%Y") for i, d in enumerate(DAYS)],
        [np.datetime64("NaT") if i % 6 == 1 else d for i, d in enumerate(DAYS)],
        said="31.02.2023",
    ),
    "one letter among digits": column(
        ["1O5" if i % 9 == 1 else v for i, v in enumerate(PLAIN)],
        [NAN if i % 9 == 1 else v for i, v in enumerate(PLAIN)],
        said="1O5",
    ),
    # Other things than tables
    "a list of JSON": refused("[1, 2, 3]", "JSON"),
    "lines of JSON": refused("\n".join(json.dumps({"a": v}) for v in SHARES), "JSON"),
    "an error of a store": refused("<Error><Code>AccessDenied</Code></Error>", "XML"),
    "a page after a comment": refused("\n<!-- sign in -->\n<html><body></body></html>", "HTML"),
    "a pointer of Git LFS": refused("version https://git-lfs.github.com/spec/v1\nsize 12\n", "LFS"),
    "a file of Weka": refused("% weather\n@RELATION w\n@attribute a numeric\n@data\n1\n", "ARFF"),
    "a Word document": refused(archive("[Content_Types].xml", "word/document.xml"), "Word"),
    "a zipped table": refused(archive("table.csv"), "zip"),
    "a compressed table": refused(gzip.compress(rows(TABLE).encode()), "gzip"),
    "half a workbook": refused(_BOOK[: len(_BOOK) // 2], "damaged or cut"),
    "a workbook of one column": refused(workbook(*[[v] for v in SHARES]), "no sheet with a table"),
    "half a Parquet file": refused(_PARQUET[:-60], "Parquet file cannot be read"),
    "a damaged Parquet file": refused(_PARQUET[:40] + bytes(60) + _PARQUET[100:], "cannot be read"),
    "a Parquet file of one column": refused(parquet(pa.table({"a": PLAIN})), "1 column"),
    "columns of lists": Wild(
        parquet(pa.table({"a": PLAIN, "l": [[1.0]] * 24, "b": SHARES})),
        {"a": PLAIN, "l": [NAN] * 24, "b": SHARES},
        said="neither numbers nor text",
    ),
}

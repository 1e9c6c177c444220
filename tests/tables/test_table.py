"""A CSV's bytes become the right table, or a sentence that says what to mend."""

import numpy as np
import pandas as pd
import pytest

from mist_core.errors import TableError
from mist_core.inference.cells import MAX_CLASSES
from mist_core.tables import Table, read_table, table_from_frame
from mist_core.tables.files.layout import MAX_COLUMNS
from mist_core.tables.files.source import MAX_BYTES

PLAIN = b"a,b\n1.5,x\n2.5,y\n3.5,x\n"


def cells(table: Table) -> dict[str, list]:
    return {c.name: [None if v != v else v for v in c.values.astype(object)] for c in table.columns}


WRITTEN_ALIKE = {
    "semicolons": b"a;b\n1.5;x\n2.5;y\n3.5;x\n",
    "tabs": b"a\tb\n1.5\tx\n2.5\ty\n3.5\tx\n",
    "bars": b"a|b\n1.5|x\n2.5|y\n3.5|x\n",
    "decimal commas": b"a;b\n1,5;x\n2,5;y\n3,5;x\n",
    "quoted decimal commas": b'a,b\n"1,5",x\n"2,5",y\n"3,5",x\n',
    "a byte-order mark": b"\xef\xbb\xbf" + PLAIN,
    "UTF-16 with its mark": PLAIN.decode().encode("utf-16"),
    "UTF-16 without": PLAIN.decode().encode("utf-16-le"),
    "big-endian UTF-16 without": PLAIN.decode().encode("utf-16-be"),
    "UTF-32": PLAIN.decode().encode("utf-32"),
    "Windows newlines": PLAIN.replace(b"\n", b"\r\n"),
    "old Mac newlines": PLAIN.replace(b"\n", b"\r"),
    "no last newline": PLAIN.rstrip(),
    "blank lines around": b"\n\n" + PLAIN + b"\n \n\n",
    "a blank line within": PLAIN.replace(b"2.5", b"\n2.5"),
    "empty rows of a spreadsheet": PLAIN + b",\n,\n",
    "the end mark of DOS": PLAIN + b"\x1a",
    "Excel's first line": b"sep=;\na;b\n1.5;x\n2.5;y\n3.5;x\n",
    "blanks around cells": b"a , b\n 1.5 , x\n2.5 ,y \n3.5,x\n",
    "quotes everywhere": b'"a","b"\n"1.5","x"\n"2.5","y"\n"3.5","x"\n',
}


@pytest.mark.parametrize("data", WRITTEN_ALIKE.values(), ids=WRITTEN_ALIKE.keys())
def test_the_same_table_however_it_is_written(data):
    assert cells(read_table(data)) == {"a": [1.5, 2.5, 3.5], "b": ["x", "y", "x"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_letters_beyond_ascii_survive_every_encoding(encoding):
    table = read_table("größe,café\n1,été\n2,ñ\n3,ñ\n".encode(encoding))
    assert cells(table) == {"größe": [1, 2, 3], "café": ["été", "ñ", "ñ"]}


READ_AS = {
    "a quoted newline": (b'a,b\n1,"x\ny"\n2,z\n2,z\n', {"a": [1, 2, 2], "b": ["x\ny", "z", "z"]}),
    "a quoted delimiter": (b'a,b\n1,"x,y"\n2,z\n2,z\n', {"a": [1, 2, 2], "b": ["x,y", "z", "z"]}),
    "a doubled quote": (b'a,b\n1,"x""y"\n2,z\n2,z\n', {"a": [1, 2, 2], "b": ['x"y', "z", "z"]}),
    "a newline in the header": (b'"a\nb",c\n1,2\n3,4\n', {"a b": [1, 3], "c": [2, 4]}),
    "repeated names": (b"a,a,a\n1,2,3\n4,5,6\n", {"a": [1, 4], "a (2)": [2, 5], "a (3)": [3, 6]}),
    "an empty name": (b"a,\n1,2\n3,4\n", {"a": [1, 3], "column 2": [2, 4]}),
    "no names": (b"1,x\n2,y\n2,x\n", {"column 1": [1, 2, 2], "column 2": ["x", "y", "x"]}),
    "names 0 1 2 from pandas": (
        b",0,1\n0,1.5,2\n1,2.5,3\n",
        {"column 1": [0, 1], "0": [1.5, 2.5], "1": [2, 3]},
    ),
    "grouped thousands": (b'a,b\n"1,234.5",1\n"12,345",2\n', {"a": [1234.5, 12345], "b": [1, 2]}),
    "German thousands": (b"a;b\n1.234,5;1\n12.345;2\n", {"a": [1234.5, 12345], "b": [1, 2]}),
    "exponents and signs": (b"a,b\n-1e-3,+2\n.5,3.\n", {"a": [-0.001, 0.5], "b": [2, 3]}),
    "gaps": (b"a,b\n1,x\nNA,y\n2,\n?,x\n", {"a": [1, None, 2, None], "b": ["x", "y", None, "x"]}),
    "underscores are words": (b"a,b\n1_000,1\n2_000,2\n1_000,2\n", None),
}


@pytest.mark.parametrize(("data", "expected"), READ_AS.values(), ids=READ_AS.keys())
def test_cells_are_read_as_they_were_meant(data, expected):
    expected = expected or {"a": ["1_000", "2_000", "1_000"], "b": [1, 2, 2]}
    assert cells(read_table(data)) == expected


REFUSED = {
    "an empty file": (b"", "empty"),
    "blank lines only": (b"\n \n\n", "empty"),
    "random bytes": (bytes(range(256)) * 20, "not text"),
    "a spreadsheet": (b"PK\x03\x04" + bytes(100), "zip archive"),
    "a Parquet file": (b"PAR1" + bytes(100), "Parquet"),
    "zero bytes in text": (b"a,b\n1,\x00\n2,3\n", "not text"),
    "one column": (b"a\n1\n2\n3\n", "Only one column was found"),
    "a header alone": (b"a,b\n", "no rows below"),
    "rows without a value": (b"a,b\n,\nNA,?\n", "no row with a value"),
    "a long row": (b"a,b\n1,2\n1,2,3\n4,5\n", "Line 3 has 3 cells where most lines have 2"),
    "a short row": (b"a,b,c\n1,2,3\n1,2\n4,5,6\n", "Line 3 has 2 cells where most lines have 3"),
    "an open quotation mark": (b'a,b\n1,2\n3,"4\n5,6\n', "Line 3 opens a quotation mark"),
    "too many columns": (b",".join([b"1"] * (MAX_COLUMNS + 1)) + b"\n", "20,001 columns"),
}


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_table_is_refused_with_one_sentence(data, message):
    with pytest.raises(TableError, match=message) as error:
        read_table(data)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_file_above_the_limit_is_refused_before_it_is_decoded():
    with pytest.raises(TableError, match="50 MB"):
        read_table(b"1,2\n" * (MAX_BYTES // 4 + 1))


def test_the_header_can_be_forced_either_way():
    assert read_table(b"1,2\n3,4\n").names == ("column 1", "column 2")
    assert read_table(b"1,2\n3,4\n", header=True).names == ("1", "2")
    assert read_table(b"a,b\nc,d\n", header=False).n_rows == 2


def test_names_and_cells_never_reach_sql():
    hostile = "x\"; DROP TABLE cells; --,'); SELECT 1; --\n1,'); DROP TABLE cells; --\n2,b\n2,b\n"
    table = read_table(hostile.encode())
    assert table.names == ('x"; DROP TABLE cells; --', "'); SELECT 1; --")
    assert cells(table)["'); SELECT 1; --"] == ["'); DROP TABLE cells; --", "b", "b"]


def test_long_files_keep_their_order_and_every_row():
    n = 60_000
    rows = "\n".join(f'{i},"{i % 7}\n{i % 3}",{i / 8}' for i in range(n))
    table = read_table(f"i,text,x\n{rows}\n".encode())
    assert np.array_equal(table["i"].numbers, np.arange(n))
    assert np.array_equal(table["x"].numbers, np.arange(n) / 8)
    assert table["text"].texts[10] == "3\n1"


def test_the_hash_is_that_of_the_bytes():
    assert read_table(PLAIN).sha256 == read_table(PLAIN).sha256
    assert read_table(PLAIN).sha256 != read_table(PLAIN + b"4.5,y\n").sha256


def test_frames_have_a_checksum_of_their_names_and_cells():
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5], "b": ["x", "y", None]})
    others = [frame.rename(columns={"a": "c"}), frame.iloc[::-1], frame.fillna("x"), frame * 1]
    known, *changed, same = (table_from_frame(f).sha256 for f in (frame, *others))
    assert same == known and len({known, *changed}) == 4


def kind_of(values, name: str = "v") -> str:
    rows = "\n".join(f"{value}|{i % 2}" for i, value in enumerate(values))
    return read_table(f"{name}|w\n{rows}\n".encode(), header=True)[name].kind


RNG = np.random.default_rng(5)
KINDS = {
    "decimals": (RNG.normal(size=60).round(3), "continuous"),
    "many whole numbers": (RNG.integers(0, 300, 200), "continuous"),
    "few whole numbers": (RNG.integers(1, 6, 60), "ordinal"),
    "two numbers": ([0, 1] * 30, "class"),
    "words": (["red", "green", "blue"] * 20, "class"),
    "booleans": (["true", "false", "false"] * 20, "class"),
    "row numbers": (range(60), "identifier"),
    "row numbers from the end": (range(60, 0, -1), "identifier"),
    "whole numbers in order": (range(900, 300, -10), "continuous"),
    "years": (range(1960, 2020), "continuous"),
    "names": ([f"n{i}" for i in range(60)], "identifier"),
    "many classes": ([f"n{i % (MAX_CLASSES + 1)}" for i in range(200)], "class"),
    "mostly different texts": ([f"n{i % 180}" for i in range(200)], "identifier"),
    "one number": ([3] * 60, "constant"),
    "one word": (["x"] * 60, "constant"),
    "nothing": ([""] * 60, "constant"),
    "dates": ([f"2024-03-{1 + i % 28:02d}" for i in range(60)], "date"),
    "dates and times": ([f"2024-03-01 {i % 24:02d}:30" for i in range(60)], "date"),
    "numbers with a stray word": ([*RNG.normal(size=60).round(3), "broken"], "continuous"),
}


@pytest.mark.parametrize(("values", "kind"), KINDS.values(), ids=KINDS.keys())
def test_a_column_is_what_it_looks_like(values, kind):
    assert kind_of(values) == kind


def test_distinct_whole_numbers_called_id_are_an_identifier():
    shuffled = np.random.default_rng(0).permutation(1000)[:40]
    assert kind_of(shuffled, "size") == "continuous"
    assert kind_of(shuffled, "patient_id") == "identifier"


@pytest.mark.parametrize("order", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"])
def test_dates_become_days_whatever_their_order(order):
    days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    rows = "\n".join(f"{day.astype(object).strftime(order)}|{i % 2}" for i, day in enumerate(days))
    assert np.array_equal(read_table(f"d|w\n{rows}".encode())["d"].numbers, days.astype(float))


def test_a_kind_can_be_overridden_where_the_cells_allow_it():
    table = read_table(b"grade,color\n1,red\n2,red\n1,blue\n2,blue\n3,red\n3,blue\n")
    changed = table.with_kinds({"grade": "class"})
    assert table["grade"].kind == "ordinal" and changed["grade"].is_class
    assert changed["color"] is table["color"]
    with pytest.raises(TableError, match="has no numbers"):
        table.with_kinds({"color": "continuous"})
    with pytest.raises(TableError, match="no column 'size'"):
        table.with_kinds({"size": "class"})


def test_classes_beyond_the_63_most_frequent_merge_into_one():
    texts = [f"n{i}" for i in range(MAX_CLASSES - 1)] * 3 + ["rare 1", "rare 2"]
    column = read_table(
        ("x|w\n" + "".join(f"{t}|{i % 2}\n" for i, t in enumerate(texts))).encode()
    )["x"]
    assert column.values.nunique() == MAX_CLASSES
    assert set(column.values[column.numbers != column.numbers].tail(2)) == {"(all others)"}
    assert "63 most frequent of 65 classes" in column.reason


def test_numbers_and_names_can_be_put_back_as_classes():
    rows = "".join(f"{i / 7:.3f},name {i}\n" for i in range(MAX_CLASSES + 1))
    table = read_table(f"x,w\n{rows}".encode()).with_kinds({"x": "class", "w": "class"})
    for name in ("x", "w"):
        assert table[name].values.nunique() == MAX_CLASSES
        assert "merged into one" in table[name].reason


def test_words_among_numbers_count_as_missing_until_read_as_classes():
    rows = "".join(f"{i % 30},{i % 2}\n" for i in range(99)) + "n.d.,1\n"
    column = read_table(f"x,w\n{rows}".encode())["x"]
    assert column.missing.sum() == 1
    assert column.as_kind("class").missing.sum() == 0


def test_a_single_date_in_doubt_is_constant_whatever_other_dates_say():
    rows = "".join(f"{13 + i % 9}/03/2023|05/03/2023|{i / 8}\n" for i in range(20))
    table = read_table(f"day|same|x\n{rows}".encode())
    assert [column.kind for column in table.columns] == ["date", "constant", "continuous"]


def test_letters_of_an_old_mac_that_fit_no_encoding_are_read_all_the_same():
    table = read_table(b"a,b\r\x81\x84,1\rx,2\ry,3\rx,4\r")
    assert table.names == ("a", "b") and "guess" in table.note

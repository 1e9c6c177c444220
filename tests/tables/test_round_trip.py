"""Whatever is written is read again; whatever is not a table is a TableError, and nothing else."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mist_core.errors import TableError
from mist_core.tables import Table, read_table
from tests.tables.wild import WILD

FEW = settings(max_examples=60, deadline=None)
# Halves and thirds cannot be taken for row numbers, dates or words for missing.
NUMBERS = st.floats(-1e12, 1e12, allow_subnormal=False).map(
    lambda v: v + 0.5 if v == round(v) else v
)
WORDS = st.text("abcdefgäöß ŁЖ京,;\"'\n|\t", min_size=1, max_size=8).map(lambda w: f"x{w}x")
COLUMNS = st.integers(12, 40).flatmap(
    lambda n: st.tuples(
        st.lists(NUMBERS, min_size=n, max_size=n), st.lists(WORDS, min_size=n, max_size=n)
    )
)


def read(data: bytes) -> Table | None:
    try:
        return read_table(data)
    except TableError as error:
        assert "\n" not in str(error) and str(error).endswith(".")
        return None


def written(numbers: list, words: list, delimiter: str, quoting: int) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerows([["number", "word"], *zip(map(repr, numbers), words, strict=True)])
    return buffer.getvalue()


@FEW
@example(([0.5] * 12, ["x;x"] * 11 + ['x\t "x']), "\t", csv.QUOTE_MINIMAL, "utf-8")
@given(
    columns=COLUMNS,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_a_written_csv_is_read_again(columns, delimiter, quoting, encoding):
    numbers, words = columns
    table = read_table(written(numbers, words, delimiter, quoting).encode(encoding))
    assert table.names == ("number", "word")
    assert np.array_equal(table["number"].numbers, numbers)
    assert list(table["word"].texts) == words


@FEW
@given(columns=COLUMNS)
def test_a_written_workbook_is_read_again(columns):
    numbers, words = columns
    words = [word.replace("\n", " ").replace("\t", " ") for word in words]
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in [("number", "word"), *zip(numbers, words, strict=True)]:
        book.active.append(row)
    book.save(buffer)
    table = read_table(buffer.getvalue())
    # openpyxl itself writes 16 digits.
    np.testing.assert_allclose(table["number"].numbers, numbers, rtol=1e-15)
    assert list(table["word"].texts) == words


@FEW
@given(columns=COLUMNS, days=st.integers(-20_000, 40_000))
def test_a_written_parquet_file_is_read_again(columns, days):
    numbers, words = columns
    dates = np.datetime64(days, "D") + np.arange(len(numbers))
    frame = pd.DataFrame({"number": numbers, "word": words, "day": dates.astype("M8[ns]")})
    table = read_table(frame.to_parquet(index=False))
    assert np.array_equal(table["number"].numbers, numbers)
    assert list(table["word"].texts) == words
    assert np.array_equal(table["day"].numbers, days + np.arange(len(numbers)))


@FEW
@given(data=st.binary(max_size=600))
def test_any_bytes_are_a_table_or_a_table_error(data):
    read(data)


@settings(max_examples=300, deadline=None)
@given(text=st.text("ab19.,;\t|\"' \n-%€/:eNAx#é", max_size=200))
def test_any_text_is_a_table_or_a_table_error(text):
    table = read(text.encode())
    if table:
        assert all(len(c.numbers) == len(c.values) == table.n_rows for c in table.columns)
        assert all(np.isfinite(c.numbers[~np.isnan(c.numbers)]).all() for c in table.columns)
        table.to_frame()


@FEW
@given(
    name=st.sampled_from(sorted(WILD)),
    cuts=st.lists(st.tuples(st.integers(0, 8_000), st.binary(max_size=4)), min_size=1, max_size=4),
)
def test_a_damaged_file_is_a_table_or_a_table_error(name, cuts):
    data = WILD[name].data
    for place, put in cuts:
        place %= len(data)
        data = data[:place] + put + data[place + len(put) // 2 + 1 :]
    read(data)


@FEW
@given(
    cells=st.lists(
        st.text("0123456789.,-/: eE%$€<>kMQpam'ÅéZT", max_size=14), min_size=4, max_size=30
    )
)
def test_a_column_of_anything_can_be_read_in_every_way(cells):
    text = "x\ty\n" + "".join(f'"{cell}"\t{i / 8}\n' for i, cell in enumerate(cells))
    table = read(text.encode())
    column = table.columns[0] if table else None
    for kind in ("continuous", "ordinal", "class", "identifier"):
        try:
            changed = column.as_kind(kind) if column else None
        except TableError:
            continue
        assert changed is None or len(changed.values) == len(column.numbers)

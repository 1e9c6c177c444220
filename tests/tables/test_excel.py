"""A workbook is read wherever its table stands, and no workbook ends the process that reads it."""

import datetime as dt
import io
from collections.abc import Sequence

import numpy as np
import openpyxl
import pytest

from mist_core.errors import TableError
from mist_core.tables import read_table

ROWS = [
    ("when", "score", "team"),
    *[(dt.date(2023, 1, 1 + i), i / 4, "ab"[i % 2]) for i in range(9)],
]


def workbook(*sheets: tuple[str, Sequence[Sequence]], stray: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if stray:
        book.worksheets[0][stray] = "stray"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_first_sheet_with_a_table_is_read_and_another_by_its_name():
    data = workbook(("cover", [["Report"]]), ("first", ROWS), ("second", [*ROWS, ROWS[1]]))
    table = read_table(data)
    assert table.sheets == ("cover", "first", "second") and "sheet first" in table.note
    assert read_table(data, sheet="second").n_rows == table.n_rows + 1
    with pytest.raises(TableError, match="no sheet 'third': choose one of 'cover', 'first'"):
        read_table(data, sheet="third")


def test_dates_are_dates_and_numbers_keep_their_digits():
    table = read_table(
        workbook(("s", [("x", "y"), *[(dt.datetime(2023, 1, i, 6), i / 3) for i in range(1, 9)]]))
    )
    assert np.allclose(table["x"].numbers, np.arange(19358, 19366) + 0.25)
    np.testing.assert_allclose(table["y"].numbers, np.arange(1, 9) / 3, rtol=1e-15)


def test_a_table_may_stand_anywhere_on_its_sheet():
    moved = [[], ["A title"], [], *[[None, None, *row] for row in ROWS]]
    assert read_table(workbook(("s", moved))).names == ROWS[0]


@pytest.mark.parametrize("stray", ["XFD1048576", "XFD200000"])
def test_a_stray_cell_far_away_is_an_error_and_not_the_end_of_the_process(stray):
    with pytest.raises(TableError, match=r"far from the table.*CSV"):
        read_table(workbook(("s", ROWS), stray=stray))


def test_a_damaged_workbook_is_an_error():
    data = workbook(("s", ROWS))
    for cut in (len(data) // 2, len(data) - 30):
        with pytest.raises(TableError):
            read_table(data[:cut])

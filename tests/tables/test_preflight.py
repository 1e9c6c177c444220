"""What a user says of a column is done, and what its cells do not bear out is refused."""

import numpy as np
import pandas as pd
import pytest

from mist_core.errors import TableError
from mist_core.tables import Reading, Table, preflight, read_table, table_from_frame

N = 40
SCORES = [7 if i == 3 else i % 5 for i in range(N)]
ANSWERS = [["none", "light", "heavy", ""][i % 4] for i in range(N)]
AMOUNTS = [f"1.{100 + i}" for i in range(N)]
DAYS = [f"0{1 + (4 * i) % 9}/0{1 + (7 * i) % 9}/2023" for i in range(N)]
TEXT = "score|answer|amount|day|note\n" + "".join(
    f"{s}|{a}|{m}|{d}|{'broken' if i == 5 else i / 8}\n"
    for i, (s, a, m, d) in enumerate(zip(SCORES, ANSWERS, AMOUNTS, DAYS, strict=True))
)


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(TEXT.encode())


def said(table: Table, column: str, **changes) -> Table:
    """The table after a user has edited one row of its preflight."""
    found = preflight.preflight(table)
    edited = found.copy()
    for field, value in changes.items():
        edited.loc[edited["column"] == column, field.replace("_", " ")] = value
    return preflight.as_said(table, found, edited)


def test_it_says_how_each_column_was_read_and_which_cells_are_odd(table):
    found = preflight.preflight(table).set_index("column")
    assert found.loc["score", "read as"] == "ordinal"
    assert found.loc["note", "odd cells"] == "1: broken (1)"
    assert found.loc["answer", "missing"] == N // 4
    assert (found["because"] != "").all()


def test_nothing_said_changes_nothing(table):
    found = preflight.preflight(table)
    assert preflight.as_said(table, found, found).columns == table.columns


def test_a_number_named_as_missing_is_missing(table):
    changed = said(table, "score", also_missing="7, 8")["score"]
    assert changed.missing.sum() == 1 and np.isnan(changed.numbers[3])
    assert "7 (1)" in changed.reason


def test_a_word_named_as_missing_is_missing(table):
    assert said(table, "answer", also_missing="none")["answer"].missing.sum() == N // 2


def test_missing_can_be_a_class(table):
    changed = said(table, "answer", gaps_are_a_class=True)["answer"]
    assert not changed.missing.any()
    assert set(changed.values) == {"none", "light", "heavy", "(missing)"}


def test_what_was_taken_for_a_gap_can_be_a_value():
    rows = "".join(f"{-99 if i % 6 == 0 else i}|{i / 8}\n" for i in range(N))
    table = read_table(f"x|y\n{rows}".encode())
    assert table["x"].missing.sum() == 7
    assert said(table, "x", **{"no gaps but values": "-99"})["x"].missing.sum() == 0


def test_a_mark_in_doubt_can_be_said(table):
    assert "guess" in table["amount"].reason
    assert table["amount"].numbers[0] == 1.1
    assert said(table, "amount", decimal_mark="comma")["amount"].numbers[0] == 1100


def test_an_order_of_dates_in_doubt_can_be_said(table):
    assert "which nothing tells for sure" in table["day"].reason
    other = said(table, "day", dates="month first")["day"]
    swapped = np.flatnonzero(table["day"].numbers != other.numbers)
    assert 0 < len(swapped) < N and other.reason.endswith("month first")


def test_a_kind_is_changed_and_an_impossible_one_refused(table):
    assert said(table, "day", read_as="continuous")["day"].kind == "continuous"
    assert said(table, "note", read_as="class")["note"].missing.sum() == 0
    with pytest.raises(TableError, match="no numbers"):
        said(table, "answer", read_as="continuous")
    with pytest.raises(TableError, match="no dates"):
        said(table, "answer", read_as="date")


def test_other_columns_settle_a_mark_in_doubt():
    rows = "".join(f"1.{100 + i}\t{i},5\n" for i in range(N))
    amount = read_table(f"amount\tshare\n{rows}".encode())["amount"]
    assert amount.numbers[0] == 1100 and "guess" in amount.reason


def test_a_reading_is_of_what_stood_there(table):
    twice = table.with_readings({"score": Reading(missing=("7",))})
    assert twice.with_readings({"score": Reading()})["score"].missing.sum() == 0


def test_a_line_sums_up_what_was_read():
    n = 60
    frame = pd.DataFrame(
        {
            "number": [i / 7 for i in range(n)],
            "gappy": [None if i == 3 else i / 9 for i in range(n)],
            "tied": [0.0 if i % 2 else i / 3 for i in range(n)],
            "kind": ["ab"[i % 2] for i in range(n)],
            "same": ["x"] * n,
        }
    )
    line = preflight.summary(table_from_frame(pd.concat([frame, frame[:2]])))
    assert line == (
        "62 rows, 5 columns: 3 numbers, 1 class, 1 constant, 1 with gaps, 1 tied, "
        "2 rows like others"
    )


def test_a_table_of_nothing_but_constants_is_summed_up_too():
    line = preflight.summary(table_from_frame(pd.DataFrame({"a": [1] * 9, "b": ["x"] * 9})))
    assert line == "9 rows, 2 columns: 2 constants"

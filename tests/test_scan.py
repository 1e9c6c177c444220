"""Associations are one tidy row a pair, each on its own complete rows; nothing goes in silence."""

import numpy as np
import pandas as pd
import pytest

import mist_core
from mist_core import TableError, associations, estimate
from mist_core.scan import COLUMNS
from mist_core.tables import read_table


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    price = rng.standard_normal(200)
    return pd.DataFrame(
        {
            "size": price + 0.3 * rng.standard_normal(200),
            "colour": rng.choice(["red", "green"], 200),
            "age": np.where(np.arange(200) < 50, np.nan, price + rng.standard_normal(200)),
            "place": "here",
            "price": price,
        }
    )


def test_the_public_name_is_the_function_of_the_scan():
    assert mist_core.associations is mist_core.scan.associations
    assert "associations" in mist_core.__all__


def test_a_target_gets_a_row_a_column_the_strongest_first(frame):
    found = associations(frame, "price")
    assert tuple(found.columns) == COLUMNS
    assert found.x.tolist() == ["size", "age", "colour", "place"]
    known = found.dropna()
    assert (known.y == "price").all()
    assert (known.low <= known.mutual_information).all()
    assert (known.mutual_information <= known.high).all()
    assert known.mutual_information.is_monotonic_decreasing


def test_a_row_is_the_posterior_of_its_pair(frame):
    first = associations(frame, "price").iloc[0]
    posterior = estimate(frame["size"], frame["price"])
    assert first.mutual_information == pytest.approx(posterior.mean, abs=1e-6)
    assert (first.low, first.high) == pytest.approx(posterior.interval(0.9), abs=1e-6)


def test_a_gap_costs_rows_only_in_its_pairs(frame):
    rows = associations(frame).set_index(["x", "y"]).rows
    assert rows["age", "price"] == 150 and rows["size", "age"] == 150
    assert rows["size", "price"] == rows["colour", "price"] == 200


def test_without_a_target_there_is_every_pair_once(frame):
    found = associations(frame)
    pairs = {frozenset(pair) for pair in found.dropna()[["x", "y"]].itertuples(index=False)}
    assert len(pairs) == len(found.dropna()) == 6


def test_what_could_not_be_used_comes_last_and_says_why(frame):
    frame = frame.assign(rare=[0.5, 0.1, 0.9] + [np.nan] * 197)
    for target in (None, "price"):
        found = associations(frame, target)
        left_out = found[found.mutual_information.isna()]
        assert list(left_out.index) == list(found.index[-len(left_out) :])
        reasons = left_out["flags"].groupby(left_out.x).first()
        assert "same value throughout" in reasons["place"]
        assert "3 complete rows" in "".join(left_out["flags"])


def test_several_columns_make_one_target(frame):
    found = associations(frame, ["price", "colour"])
    assert found.y[0] == "price + colour" and set(found.x) == {"size", "age", "place"}


def test_numbered_columns_are_named_by_their_numbers():
    x = np.random.default_rng(0).standard_normal((30, 3))
    assert set(associations(pd.DataFrame(x), 2).x) == {"0", "1"}


def test_a_table_read_from_a_file_gives_the_same(frame):
    numbers = frame[["size", "price"]]
    table = read_table(numbers.to_csv(index=False).encode())
    pd.testing.assert_frame_equal(associations(table), associations(numbers))


def test_progress_ends_at_all_pairs(frame):
    seen = []
    associations(frame, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6) and [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_names_twice_unknown_targets_and_empty_tables_are_refused(frame):
    with pytest.raises(TableError, match="called 'price'"):
        associations(pd.concat([frame, frame[["price"]]], axis="columns"))
    with pytest.raises(TableError, match="no column 'weight'"):
        associations(frame, "weight")
    with pytest.raises(TableError, match="complete rows"):
        associations(frame[:3])
    with pytest.raises(TableError, match="Expected a DataFrame or a Table, got list"):
        associations([[1.0, 2.0]] * 9)

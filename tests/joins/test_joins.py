"""Two tables with a key: the second's columns are ranked as the join would rank them."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from mist_core import MISTEstimator
from mist_core.errors import TableError
from mist_core.joins import Keys, informing, likely_keys, shared
from mist_core.tables import Table, table_from_frame

N = 5_000
STRENGTHS = (0.95, 0.85, 0.7, 0.5, 0.3)


@pytest.fixture(scope="module")
def general() -> MISTEstimator:
    return MISTEstimator.load()


def tables(seed: int = 0, useless: int = 0) -> tuple[Table, Table]:
    """Things with a price, and a second table with columns that tell less and less about it."""
    rng = np.random.default_rng(seed)
    names = np.array([f"thing {k}" for k in rng.permutation(2 * N)[:N]])
    price = rng.standard_normal(N)
    second = {"item": names}
    for k, rho in enumerate(STRENGTHS):
        column = rho * price + np.sqrt(1 - rho**2) * rng.standard_normal(N)
        second[f"c{k}"] = np.exp(column) if k % 2 else column
    second |= {f"u{k}": rng.standard_normal(N) for k in range(useless)}
    first = pd.DataFrame({"thing": names, "price": price}).sample(frac=1, random_state=1)
    return table_from_frame(first), table_from_frame(pd.DataFrame(second))


def test_columns_are_ranked_by_what_they_tell(general):
    first, second = tables(useless=3)
    found = informing(general, first, "thing", "price", second, "item")
    pairs = found.survey.pairs
    assert found.keys == 1024 and found.share == 1 and found.most_repeated == 1
    assert list(pairs["x"][:5]) == [f"c{k}" for k in range(5)]
    assert (pairs["q"][5:] > 0.05).all() and (pairs["q"][:5] < 0.01).all()
    assert spearmanr(pairs["mutual_information"][:5], STRENGTHS).statistic == pytest.approx(1)


def test_the_drawn_keys_are_the_same_whatever_the_order_of_rows():
    first, second = (
        Keys.of(table[name]) for table, name in zip(tables(), ("thing", "item"), strict=True)
    )
    again = Keys.of(table_from_frame(tables()[0].to_frame().iloc[::-1])["thing"])
    assert np.array_equal(shared(first, second).hashes, shared(again, second).hashes)
    assert np.array_equal(shared(first, second).hashes, first.distinct[:1024])


@pytest.mark.parametrize("overlap", [0.02, 0.5, 0.9])
def test_few_shared_keys_are_all_found(overlap):
    rng = np.random.default_rng(0)
    ids = rng.permutation(100_000)
    common = int(overlap * 20_000)
    first = pd.DataFrame({"id": ids[:20_000], "x": 1.5})
    second = pd.DataFrame({"id": ids[20_000 - common : 40_000 - common], "y": 1.5})
    sides = [Keys.of(table_from_frame(frame)["id"]) for frame in (first, second)]
    found = shared(*sides)
    assert len(found.hashes) == min(1024, common)
    assert found.share == pytest.approx(overlap, abs=0.05)


def test_rows_of_one_key_are_aggregated(general):
    rng = np.random.default_rng(0)
    x = rng.standard_normal(400)
    first = pd.DataFrame({"id": np.repeat(np.arange(400), 3), "t": np.repeat(x, 3)})
    first["t"] += rng.standard_normal(1200) * 0.01
    sign = np.where(x > 0, "up", "down")
    second = pd.DataFrame(
        {"id": [*range(400), *range(400), *range(400)], "word": [*sign, *sign, *["up"] * 400]}
    )
    found = informing(general, table_from_frame(first), "id", "t", table_from_frame(second), "id")
    assert found.most_repeated == 3
    frame = found.table.to_frame()
    assert len(frame) == 400
    assert ((frame["t"] > 0.05) <= (frame["word"] == "up")).all()
    assert ((frame["t"] < -0.05) <= (frame["word"] == "down")).all()


def test_numbers_and_texts_of_the_same_look_are_one_key():
    numbers = table_from_frame(pd.DataFrame({"k": [1.0, 2.0, 3.0], "x": [1.5, 2, 3]}))
    texts = table_from_frame(pd.DataFrame({"k": ["1", "2", "x", "y"], "x": [1.5, 2, 3, 4]}))
    assert len(shared(Keys.of(numbers["k"]), Keys.of(texts["k"])).hashes) == 2


def test_the_keys_are_found_by_what_they_have_in_common():
    first, second = tables()
    assert likely_keys(first, second) == ("thing", "item")
    assert (
        likely_keys(
            first, table_from_frame(pd.DataFrame({"w": ["a"] * 20, "x": np.arange(20) / 7}))
        )
        is None
    )


def test_what_cannot_be_joined_is_refused(general):
    first, second = tables()
    other = table_from_frame(
        pd.DataFrame({"item": [f"n{k}" for k in range(50)], "c": np.arange(50) / 7})
    )
    with pytest.raises(TableError, match="0 keys in common"):
        informing(general, first, "thing", "price", other, "item")
    with pytest.raises(TableError, match="is the key"):
        informing(general, first, "thing", "thing", second, "item")
    alone = table_from_frame(pd.DataFrame({"item": [f"n{k}" for k in range(50)], "c": 1.5}))
    with pytest.raises(TableError, match="no column of use"):
        informing(general, first, "thing", "price", alone, "item")

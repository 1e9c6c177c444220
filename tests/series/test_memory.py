"""Rows that remember count fewer, as theory has it, and a table says so."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from mist_core.series import effective_rows, memory_of
from mist_core.series.blocks import block_length, lagged_products, permuted
from mist_core.series.memory import autocorrelations
from mist_core.tables import Table, table_from_frame


def series(memory: float, seed: int, n: int = 500) -> np.ndarray:
    """(n,) an autoregressive series of unit innovations."""
    noise = np.random.default_rng(seed).standard_normal(n + 400)
    return lfilter([1], [1, -memory], noise)[400:]


def scores(values: np.ndarray) -> np.ndarray:
    return ((values - values.mean()) / values.std())[:, None]


def table(memory: float, columns: int = 2, n: int = 500) -> Table:
    return table_from_frame(pd.DataFrame({f"s{k}": series(memory, k, n) for k in range(columns)}))


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
def test_autoregressive_rows_are_worth_what_theory_says(memory):
    sides = [scores(series(memory, k, 4000)) for k in range(40)]
    pairs = zip(sides[:20], sides[20:], strict=True)
    found = np.mean([effective_rows(x, y) for x, y in pairs])
    assert found == pytest.approx(4000 * (1 - memory**2) / (1 + memory**2), rel=0.1)


def test_autocorrelations_are_those_of_the_definition():
    x = scores(series(0.7, 0))
    found = autocorrelations(x)[:4, 0]
    plain = [float((x[k:, 0] * x[: len(x) - k, 0]).sum() / len(x)) for k in range(4)]
    assert found[0] == 1
    assert found[1:] == pytest.approx([r + (1 + 4 * r) / len(x) for r in plain[1:]], abs=1e-5)


def test_moved_blocks_are_the_same_rows_and_mostly_the_same_neighbours():
    order = permuted(1000, 50, np.random.default_rng(0))
    assert sorted(order) == list(range(1000))
    assert np.mean(np.diff(order) % 1000 == 1) > 0.95
    assert not np.array_equal(order, permuted(1000, 50, np.random.default_rng(1)))


def test_blocks_grow_with_memory_up_to_half_of_the_rows():
    assert block_length(1000, 1.0) == 10
    assert block_length(1000, 20.0) == 160
    assert block_length(1000, 1e9) == 500


def test_at_a_positive_lag_the_first_comes_before():
    x = np.arange(6.0)[:, None]
    y = (x == 4) * 1.0
    assert lagged_products(x, y, [-1, 0, 2]).ravel().tolist() == [5.0, 4.0, 2.0]


def test_series_are_warned_of_and_shuffled_rows_are_not():
    wandering = table(0.9)
    found = memory_of(wandering)
    assert found.effective_rows < 100 < found.rows == 500
    assert "s0" in found.sentence() and "s1" in found.sentence()
    frame = wandering.to_frame().sample(frac=1, random_state=0)
    assert memory_of(table_from_frame(frame)) is None


def test_independent_rows_are_not_warned_of():
    assert memory_of(table(0.0, 8, 300)) is None


def test_rows_sorted_by_a_column_say_nothing_of_time():
    rng = np.random.default_rng(0)
    x = np.sort(rng.standard_normal(400))
    y, z = (x + 0.3 * rng.standard_normal(400) for _ in "yz")
    assert memory_of(table_from_frame(pd.DataFrame({"x": x, "y": y, "z": z}))) is None


def test_one_series_among_independent_columns_is_no_harm():
    frame = pd.DataFrame({"s": series(0.9, 0), "a": np.random.default_rng(1).standard_normal(500)})
    assert memory_of(table_from_frame(frame)) is None

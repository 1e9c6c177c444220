"""The view of conditional information says what is stored, in either unit."""

import json
import math

import pandas as pd
import pytest

from mist_core.leaderboard import conditional


@pytest.fixture
def stored(tmp_path):
    common = {"group": "Gaussian", "n_samples": 200, "columns": 1, "truth": 0.5, "seconds": 0.1}
    rows = [
        common | {"estimator": "mist", "estimate": 0.6, "low": 0.4, "high": 0.8},
        common | {"estimator": "frenzel-pompe", "estimate": 0.1, "low": None, "high": None},
    ]
    pd.DataFrame(rows).astype({"low": float, "high": float}).to_parquet(
        tmp_path / "conditional.parquet"
    )
    told = {"command": "python -m mist_core", "date": "2026-01-01", "hardware": {"cpu": "c"}}
    (tmp_path / "conditional.json").write_text(json.dumps(told))
    return conditional.read(tmp_path)


def test_errors_are_beside_those_of_neighbours(stored):
    found = conditional.errors(stored, 200, "nats")
    assert "hold 100\u00a0% of the truths" in found.sentence
    assert "0.25 times that of neighbours" in found.sentence
    assert found.shown["error (nats)"].tolist() == pytest.approx([0.1, 0.4])


def test_bits_are_nats_over_ln_2(stored):
    found = conditional.errors(stored, 200, "bits")
    assert found.shown["error (bits)"][0] == pytest.approx(0.1 / math.log(2), abs=1e-4)


def test_nothing_stored_and_damaged_files_are_none(tmp_path):
    assert conditional.read(tmp_path) is None
    (tmp_path / "conditional.parquet").write_bytes(b"no table")
    assert conditional.read(tmp_path) is None

"""The view of selectors says what is stored."""

import json

import pandas as pd
import pytest

from mist_core.benchmarks.selection_scores import LAW, TABLE
from mist_core.inference.conditional import checksums
from mist_core.leaderboard import selection
from mist_core.paths import RESULTS

ORIGIN = {"command": "python -m mist_core", "date": "2026-01-01", "hardware": {"cpu": "c"}}


@pytest.fixture
def stored(tmp_path):
    law = {"kind": LAW, "name": "chain", "n_samples": 300, "seed": 0, "columns": 2, "seconds": 0.1}
    table = {"kind": TABLE, "name": "Wine", "n_samples": 100, "seed": 0, "seconds": 0.1}
    rows = [
        law | {"selector": "conditional", "precision": 1.0, "recall": 0.5, "exact": 0.0},
        law | {"selector": "mrmr", "precision": 0.25, "recall": 0.25, "exact": 0.0},
        table | {"selector": "conditional", "columns": 1, "accuracy": 0.9},
        table | {"selector": "mrmr", "columns": 1, "accuracy": 0.8},
        table | {"selector": "mrmr", "columns": 2, "accuracy": 0.95},
    ]
    pd.DataFrame(rows).to_parquet(tmp_path / "selection.parquet")
    (tmp_path / "selection.json").write_text(json.dumps(ORIGIN))
    return selection.read(tmp_path)


def test_blankets_are_told_as_recall_and_precision(stored):
    found = selection.blankets(stored, 300)
    assert "takes 50\u00a0% of the blankets, and 100\u00a0% of what it takes" in found.sentence
    assert "mRMR 25\u00a0% and 25\u00a0%" in found.sentence
    assert found.shown["recipe"].str.contains("cause and an effect").all()
    found.charts[0].to_dict()


def test_accuracies_are_compared_where_ours_stops(stored):
    found = selection.accuracies(stored, "Wine")
    assert found.sentence == "With 1 column MIST, conditional gives 90.0\u00a0%; mRMR 80.0\u00a0%."
    assert len(found.table) == 3
    found.charts[0].to_dict()


def test_nothing_stored_and_damaged_files_are_none(tmp_path):
    assert selection.read(tmp_path) is None
    (tmp_path / "selection.parquet").write_bytes(b"no table")
    assert selection.read(tmp_path) is None


@pytest.mark.parametrize("name", ["selection", "conditional"])
def test_what_is_stored_was_answered_by_the_files_that_ship(name):
    stored = json.loads((RESULTS / f"{name}.json").read_text())
    assert checksums().items() <= stored.items()

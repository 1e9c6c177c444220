"""The ablation: every variant reads the same datasets, and nothing of the blocks held out."""

import json

import pytest
import torch

from mist_core import ablation, shards
from mist_core.__main__ import main
from mist_core.ablation import HELD_OUT, STATISTICS, Draws, variants
from mist_core.general import General
from mist_core.model import MIST
from mist_core.shards import TRUTH, read_labelled, validation_path


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Few and small datasets, in a home of their own."""
    monkeypatch.setenv("MIST_HOME", str(tmp_path))
    monkeypatch.setattr(shards, "VALIDATION_DATASETS", 32)
    monkeypatch.setattr(ablation, "HELD_OUT_DATASETS", 32)
    few = {"rows": (10, 30), "dims": 3}
    trained = General(**few, blocks=ablation.TRAINED.blocks)
    monkeypatch.setattr(ablation, "TRAINED", trained)
    monkeypatch.setattr(ablation, "NEW", General(**few, blocks=HELD_OUT, published=0.0))
    return tmp_path


def test_all_parts_hold_the_same_datasets(small):
    draws = Draws(small, seed=0, count=1)
    for part in (STATISTICS, "columns"):
        draws.draw_rest(part)
    for path in (lambda p: validation_path(small / p), draws.held_out):
        ours, theirs = (read_labelled(path(part)) for part in (STATISTICS, "columns"))
        assert torch.equal(ours[0][TRUTH], theirs[0][TRUTH]) and ours[1] == theirs[1]
        assert "values" in theirs[0] and "values" not in ours[0]


def test_the_blocks_held_out_are_in_no_training_law():
    assert not set(HELD_OUT) & set(ablation.TRAINED.blocks)
    assert set(ablation.NEW.blocks) == set(HELD_OUT)


def test_every_variant_can_be_built_and_reads_statistics_it_knows():
    found = variants()
    assert len(found) == len({repr(config) for config in found.values()})
    for config in found.values():
        MIST(config)


def test_the_command_trains_judges_and_writes_the_document(small, tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "SHARD", 256)
    monkeypatch.setattr("mist_core.ablation_command.SHARD", 256)
    monkeypatch.setattr("mist_core.ablation_command.META", ablation.to_text(ablation.TRAINED))
    names = "normal scores only;statistics and encoder, columns"
    words = ["ablate", "--variants", names, "--minutes", "0.02", "--datasets", "256"]
    document = tmp_path / "ablation.md"
    words += ["--out", str(tmp_path / "ablation"), "--document", str(document)]
    assert main(words) == 0
    stored = json.loads((tmp_path / "ablation.json").read_text())["variants"]
    assert [row["variant"] for row in stored] == names.split(";")
    assert all(0 <= row["new_coverage_90"] <= 1 and row["wis"] > 0 for row in stored)
    assert stored[0]["statistics"] < stored[1]["statistics"]
    assert "| normal scores only |" in document.read_text()
    assert not list(tmp_path.glob("**/variant*/shard-*"))
    assert main([*words, "--variants", "nothing"]) == 1

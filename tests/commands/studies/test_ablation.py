"""The ablation: every variant reads the same datasets, and nothing of the blocks held out."""

import json

import pytest
import torch

from mist_core.__main__ import main
from mist_core.commands import ablate
from mist_core.commands.studies import ablation
from mist_core.commands.studies.ablation import (
    HELD_OUT,
    PLAIN,
    Draws,
    EveryInput,
    inputs_of,
    variants,
)
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.networks.mist import MIST
from mist_core.priors.general import General
from mist_core.training.shards import TRUTH, read_labelled


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Few and small datasets, in a home of their own."""
    monkeypatch.setenv("MIST_HOME", str(tmp_path))
    for module in (ablation, ablate):
        monkeypatch.setattr(module, "JUDGED", 32)
    few = {"rows": (10, 30), "dims": 3}
    trained = General(**few, blocks=ablation.TRAINED.blocks)
    monkeypatch.setattr(ablation, "TRAINED", trained)
    monkeypatch.setattr(ablation, "NEW", General(**few, blocks=HELD_OUT, published=0.0))
    return tmp_path


def test_a_variant_reads_its_own_part_of_the_same_datasets(small):
    draws = Draws(small, seed=0, count=1)
    draws.draw(workers=2)
    drawn, labels = read_labelled(draws.held_out / "validation-000000.safetensors")
    known = {*HELD_OUT, "independent"}
    assert all(known.issuperset(blocks) for blocks in labels)
    found = {name: inputs_of(config, drawn) for name, config in variants().items()}
    assert all(torch.equal(inputs[TRUTH], drawn[TRUTH]) for inputs in found.values())
    plain, both = found["all statistics"], found["statistics and encoder, columns"]
    assert torch.equal(plain["features"], both["features"])
    assert "values" in both and "values" not in plain
    other = found["statistics and encoder, canonical"]
    assert not torch.equal(both["values"], other["values"])


def test_every_input_is_what_the_variant_itself_prepares(small):
    batch = ablation.NEW.draw(3, source(stream(0, "test", 0)))
    drawn = EveryInput(PLAIN).prepare_draws(batch.x, batch.y)
    config = variants()["encoder only, canonical-raw tokens"]
    own = MIST(config).prepare_draws(batch.x, batch.y)
    assert all(torch.equal(inputs_of(config, drawn | {TRUTH: own["rows"]})[k], own[k]) for k in own)


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
    monkeypatch.setattr("mist_core.commands.ablate.SHARD", 256)
    monkeypatch.setattr("mist_core.commands.ablate.META", ablation.to_text(ablation.TRAINED))
    names = "normal scores only;statistics and encoder, columns"
    words = ["ablate", "--variants", names, "--steps", "20", "--datasets", "256"]
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

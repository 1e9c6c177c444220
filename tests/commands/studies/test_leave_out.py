"""A family left out is in no dataset that is trained on, and in each that is judged."""

import json

import pandas as pd
import pytest
import safetensors.torch
import torch

from mist_core import MISTEstimator
from mist_core.__main__ import main
from mist_core.commands import leave_out
from mist_core.commands.studies.leave_out import (
    fresh_draws,
    holds,
    judged,
    keep_without,
    summary,
    unwidened,
)
from mist_core.errors import JobError
from mist_core.priors.blocks import BLOCKS, FAMILIES
from mist_core.training.labels import read_blocks
from mist_core.training.shard_files import FAMILIES as LABELLED
from mist_core.training.shards import (
    TRUTH,
    read_labelled,
    shard_path,
    strange_path,
    validation_path,
    write_labelled,
)

LABELS = ["ring", "curve", "curve+ring", "gaussian", "independent", "curve+gaussian"]


@pytest.fixture
def estimator(tiny_weights):
    return MISTEstimator.load(str(tiny_weights))


@pytest.fixture
def plain(estimator):
    return unwidened(estimator, fresh(estimator.network))


def fresh(network):
    """Truths so far from what an untrained network says that widths have to grow."""
    x = torch.randn(300, 30, 1, generator=torch.Generator().manual_seed(0))
    return network.prepare(x, x + 1e-3 * x.square()) | {TRUTH: torch.linspace(0.0, 9.0, 300)}


@pytest.fixture
def run(tmp_path):
    """Four shards of six labelled datasets, numbered through."""
    folder = tmp_path / "run"
    folder.mkdir()
    for index in range(4):
        truth = torch.arange(6.0) + 6 * index
        tensors = {"features": truth[:, None].repeat(1, 3), TRUTH: truth}
        path = shard_path(folder, index)
        safetensors.torch.save_file(tensors, path, {LABELLED: json.dumps(LABELS)})
    return folder


def test_the_shards_without_a_family_hold_all_others_in_order(run, tmp_path):
    count = keep_without("ring", run, tmp_path / "without")
    parts = [read_labelled(path) for path in sorted((tmp_path / "without").iterdir())]
    assert [len(labels) for _, labels in parts] == [6, 6]
    assert count == 12
    truths = torch.cat([tensors[TRUTH] for tensors, _ in parts]).tolist()
    assert truths == [k for k in range(24) if "ring" not in LABELS[k % 6]][:12]
    assert all("ring" not in label for _, labels in parts for label in labels)


def test_validation_draws_of_the_family_are_left_out_too(run, tmp_path):
    draws = shard_path(run, 0).read_bytes()
    validation_path(run, 0).write_bytes(draws)
    keep_without("ring", run, tmp_path / "without")
    tensors, labels = read_labelled(validation_path(tmp_path / "without", 0))
    assert tensors[TRUTH].tolist() == [1, 3, 4, 5]
    assert labels == [read_blocks(label) for label in LABELS if "ring" not in label]


def test_of_strange_draws_those_made_of_the_family_go(run, tmp_path):
    labels = [("strange-numbers",), ("curve", "ring", "strange-blend"), ("curve", "gaussian")]
    features = torch.arange(3.0)[:, None]
    write_labelled(strange_path(run, 0), {"strange": features}, labels)
    keep_without("ring", run, tmp_path / "without")
    tensors, kept = read_labelled(strange_path(tmp_path / "without", 0))
    assert tensors["strange"].flatten().tolist() == [0, 2] and kept == [labels[0], labels[2]]


def test_mirror_images_go_together():
    blocks = [("class-conditional",), ("conditional-class", "ring"), ("curve",)]
    assert holds("class-conditional", pd.DataFrame({"blocks": blocks})).tolist() == [
        True,
        True,
        False,
    ]
    assert set().union(*FAMILIES.values()) == set(BLOCKS)


def test_beside_it_stands_the_main_network_blind_to_what_is_new(estimator):
    network = estimator.network
    before = network.spread.clone()
    beside = unwidened(estimator, fresh(network)).network
    assert torch.equal(network.spread, before)
    assert beside.spread.any() and not torch.equal(beside.spread, before)
    inputs = {"features": 1e6 + torch.zeros(2, network.feature_mean.shape[0])}
    assert network(inputs).in_family.max() < 0.1
    assert torch.equal(beside(inputs).in_family, torch.ones(2))
    assert len(beside.witnesses) == 0


def test_fresh_draws_are_all_validation_parts_in_order(run, estimator):
    for index in (1, 0):
        validation_path(run, index).write_bytes(shard_path(run, index).read_bytes())
    found = fresh_draws(run, estimator.network)
    assert found[TRUTH].tolist() == list(range(12))
    assert found["features"][:, 0].tolist() == list(range(12))


def test_too_few_datasets_are_refused(run, tmp_path):
    with pytest.raises(JobError, match="without 'gaussian'"):
        keep_without("gaussian", run, tmp_path / "without", 1)


def test_judged_datasets_are_dependent_ones_of_the_family(estimator, plain):
    rows = judged(estimator, plain, "general ring", 12, seed=1)
    assert holds("ring", rows).all()
    assert (rows.truth > 0).all()
    assert rows.in_family.between(0, 1).all()


def test_familiarity_that_tells_new_from_known_has_an_area_of_one(estimator, plain):
    rows = judged(estimator, plain, "general ring", 12, seed=1)
    found = summary("ring", rows.assign(in_family=0.1), rows.assign(in_family=0.9))
    assert found["auroc"] == 1.0
    assert 0 <= found["coverage"] <= 1 and found["score"] > 0


def test_the_command_judges_each_family(run, tiny_weights, tmp_path, monkeypatch):
    monkeypatch.setattr(leave_out, "_train", lambda *unused: tiny_weights)
    monkeypatch.setattr(leave_out, "fresh_draws", lambda run, network: fresh(network))
    validation_path(run, 0).touch()
    words = ["leave-out", "--folder", str(run), "--families", "ring,curve", "--datasets", "8"]
    assert main([*words, "--out", str(tmp_path / "table")]) == 0
    stored = json.loads((tmp_path / "table.json").read_text())
    assert [row["family"] for row in stored["families"]] == ["ring", "curve"]
    lowest = min(row["coverage"] for row in stored["families"])
    assert stored["mean"]["lowest_coverage"] == lowest


def test_a_folder_without_data_and_an_unknown_family_get_one_sentence(run, tmp_path, capsys):
    assert main(["leave-out", "--folder", str(tmp_path / "nothing")]) == 1
    assert "holds no training data" in capsys.readouterr().err
    validation_path(run, 0).touch()
    assert main(["leave-out", "--folder", str(run), "--families", "circle"]) == 1
    assert "Unknown family 'circle'" in capsys.readouterr().err

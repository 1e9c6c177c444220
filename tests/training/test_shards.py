"""Training data: the same shard whoever writes it, and no process that outlives its owner."""

import json
import os
import subprocess
import sys
import textwrap
import time

import pytest
import safetensors.torch
import torch

from mist_core.errors import JobError
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.priors.paper import Paper
from mist_core.training import shards
from mist_core.training.claim import claim
from mist_core.training.shard_files import FAMILIES
from mist_core.training.shards import (
    DATASETS_A_DRAW,
    TRUTH,
    Recipe,
    Writers,
    read_labelled,
    shard_path,
    validation_path,
    write_labelled,
)

TINY = MISTConfig(blocks=("sizes", "spectra-scores"), hidden_dim=8, num_layers=1, encoder_dim=0)


def recipe(seed=0, draws=2):
    return Recipe(MIST(TINY), Paper(rows=(10, 30), dims=(2, 4)), seed, draws * DATASETS_A_DRAW)


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


def eventually(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_the_same_number_gives_the_same_shard():
    assert same(recipe().shard(3), recipe().shard(3))


def test_other_numbers_streams_and_seeds_give_other_shards():
    first = recipe().shard(3)[TRUTH]
    others = [recipe().shard(4), recipe().shard(3, "validation"), recipe(seed=1).shard(3)]
    assert not any(torch.equal(first, other[TRUTH]) for other in others)


def test_a_shard_holds_prepared_inputs_and_truths_of_several_shapes():
    shard = recipe(draws=3).shard(0)
    assert len(shard[TRUTH]) == len(shard["features"]) == 3 * DATASETS_A_DRAW
    assert shard[TRUTH].dtype == torch.float32
    assert not any(tensor.requires_grad for tensor in shard.values())
    assert len(shard["features"][:, 0].unique()) == 3  # ln n


def test_the_written_file_knows_the_family_of_each_dataset(tmp_path):
    writers = Writers(recipe(), tmp_path, workers=1, ahead=1)
    try:
        writers.read(0)
    finally:
        writers.stop()
    tensors, labels = read_labelled(shard_path(tmp_path, 0))
    drawn, told = recipe().labelled(0)
    assert same(tensors, drawn) and labels == told
    assert len(labels) == len(tensors[TRUTH])
    assert set(labels) <= {("gaussian",), ("student",), ("additive",)}


def test_a_folder_takes_the_shards_of_one_recipe_only(tmp_path):
    claim(tmp_path / "run", recipe())
    claim(tmp_path / "run", recipe())
    with pytest.raises(JobError, match="other laws, statistics, seed or shard size"):
        claim(tmp_path / "run", recipe(seed=1))


def test_a_recipe_of_an_earlier_version_may_tell_less(tmp_path):
    claim(tmp_path, recipe())
    path = tmp_path / "recipe.json"
    told = json.loads(path.read_text())
    del told["network"]["witnesses"]
    path.write_text(json.dumps(told))
    claim(tmp_path, recipe())
    assert "witnesses" in path.read_text()


def test_workers_write_the_shards_their_recipe_describes(tmp_path):
    writers = Writers(recipe(), tmp_path, workers=1, ahead=2)
    try:
        assert same(writers.read(1), recipe().shard(1))
        assert eventually(lambda: shard_path(tmp_path, 2).exists())
    finally:
        writers.stop()
    assert not shard_path(tmp_path, 1 + 4).exists()


def test_shards_cut_short_by_a_kill_are_cleared_away(tmp_path):
    cut_short = tmp_path / "shard-000007.12345.part"
    cut_short.touch()
    claim(tmp_path, recipe())
    assert not cut_short.exists()


def test_a_reader_is_told_when_all_workers_are_gone(tmp_path):
    writers = Writers(recipe(), tmp_path, workers=1, ahead=0)
    writers.stop()
    with pytest.raises(JobError, match="no data worker is left"):
        writers.read(0)


DAMAGES = {
    "empty": lambda content: b"",
    "cut short": lambda content: content[: len(content) // 2],
    "garbage": lambda content: b"\xff" * len(content),
    "a flipped bit": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "of another program": lambda content: safetensors.torch.save({TRUTH: torch.zeros(3)}),
    "fewer families": lambda content: content.replace(b'"families":"[', b'"families":"[]', 1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_shard_is_drawn_again(tmp_path, damage):
    for _ in range(2):  # the second reader finds it mended
        writers = Writers(recipe(), tmp_path, workers=1, ahead=1, validation=1)
        try:
            assert same(writers.read(0), recipe().shard(0))
            judged = writers.validation()
        finally:
            writers.stop()
        for path in (shard_path(tmp_path, 0), validation_path(tmp_path, 0)):
            content = path.read_bytes()
            read_labelled(path)
            path.write_bytes(DAMAGES[damage](content))
            with pytest.raises(JobError, match="is no file of drawn datasets, or is damaged"):
                read_labelled(path)
    assert len(judged[TRUTH]) == 512


def test_files_of_an_earlier_version_have_no_checksum(tmp_path):
    tensors, families = recipe().labelled(0)
    told = {FAMILIES: json.dumps(families)}
    safetensors.torch.save_file(tensors, tmp_path / "old", told)
    assert same(read_labelled(tmp_path / "old")[0], tensors)


def test_a_full_disk_leaves_no_half_shard_and_is_named(tmp_path, full_disk, monkeypatch):
    with full_disk(), pytest.raises(OSError):
        write_labelled(tmp_path / "shard", *recipe().labelled(0))
    assert list(tmp_path.iterdir()) == []
    writers = Writers(recipe(), tmp_path, workers=1, ahead=0)
    writers.stop()
    monkeypatch.setattr(shards, "LEAST_FREE_BYTES", 10**18)
    with pytest.raises(JobError, match=r"the disk is full .*: make room, then resume"):
        writers.read(0)


def test_a_recipe_that_is_damaged_is_written_again_where_there_are_no_shards(tmp_path):
    claim(tmp_path, recipe())
    (tmp_path / "recipe.json").write_bytes(b"\xff{")
    claim(tmp_path, recipe())
    assert json.loads((tmp_path / "recipe.json").read_text())["seed"] == 0
    (tmp_path / "recipe.json").write_text("")
    shard_path(tmp_path, 0).touch()
    with pytest.raises(JobError, match=r"recipe\.json is damaged"):
        claim(tmp_path, recipe())


OWNER = textwrap.dedent("""
    import pathlib, sys, time
    sys.path[:0] = {path!r}
    from tests.training.test_shards import Writers, recipe

    if __name__ == "__main__":
        writers = Writers(recipe(), pathlib.Path(sys.argv[1]), workers=2, ahead=10_000)
        print("started", flush=True)
        time.sleep(600)
""")


@pytest.mark.slow
@pytest.mark.parametrize("at_work", [True, False], ids=["at work", "not yet started"])
def test_workers_stop_by_themselves_when_their_owner_is_killed(
    tmp_path, at_work, killed_with_its_children
):
    script = tmp_path / "owner.py"
    script.write_text(OWNER.format(path=[os.path.dirname(__file__), os.getcwd()]))
    owner = subprocess.Popen([sys.executable, script, tmp_path], stdout=subprocess.PIPE, text=True)

    def ready():
        assert owner.stdout.readline() == "started\n"
        assert not at_work or eventually(lambda: shard_path(tmp_path, 1).exists(), 60)

    killed_with_its_children(owner, ready)
    assert list(tmp_path.glob("*.part")) == [], "an unfinished shard was left behind"

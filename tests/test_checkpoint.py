"""A checkpoint comes back exactly as it was saved, or not at all, with a sentence that says why."""

import hashlib
import json
import os

import pytest
import safetensors.torch
import torch

from mist_core import checkpoint
from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.errors import WeightsError

TENSORS = {"weight": torch.arange(6.0).reshape(2, 3) / 7, "step": torch.tensor(3)}
CARD = {"config": {"width": 3}, "meta": "paper", "scores": {"pinball": 0.125}}


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "net.safetensors"
    save_checkpoint(path, TENSORS, CARD)
    return path


def same(first, second):
    return first.keys() == second.keys() and all(
        first[name].dtype == second[name].dtype and torch.equal(first[name], second[name])
        for name in first
    )


def test_a_checkpoint_comes_back_as_it_was_saved(saved):
    loaded = load_checkpoint(saved)
    assert same(loaded.tensors, TENSORS)
    assert loaded.card == {**CARD, "format": "mist-1"}


def test_the_digest_is_that_of_the_file(saved):
    assert load_checkpoint(saved).sha256 == hashlib.sha256(saved.read_bytes()).hexdigest()


def test_the_order_of_names_does_not_matter(saved, tmp_path):
    again = tmp_path / "again.safetensors"
    save_checkpoint(again, dict(reversed(TENSORS.items())), dict(reversed(CARD.items())))
    assert load_checkpoint(again).card == load_checkpoint(saved).card
    assert same(load_checkpoint(again).tensors, load_checkpoint(saved).tensors)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.int64, torch.bool])
def test_every_dtype_survives(tmp_path, dtype):
    tensors = {"empty": torch.zeros(0, 3, dtype=dtype), "one": torch.ones((), dtype=dtype)}
    save_checkpoint(tmp_path / "a", tensors, {})
    assert same(load_checkpoint(tmp_path / "a").tensors, tensors)


def test_views_and_shared_storage_are_copied(tmp_path):
    base = torch.arange(12.0).reshape(3, 4)
    tensors = {"base": base, "tied": base, "turned": base.T, "row": base[1]}
    save_checkpoint(tmp_path / "a", tensors, {})
    assert same(load_checkpoint(tmp_path / "a").tensors, tensors)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_beside(saved, monkeypatch, step):
    before = saved.read_bytes()

    def full_disk(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(os, step, full_disk)
    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(saved, {"weight": torch.zeros(1)}, CARD)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]


def test_broken_weights_never_replace_good_ones(saved):
    before = saved.read_bytes()
    with pytest.raises(WeightsError, match=r"tensor weight: 1 of 2 values are not finite"):
        save_checkpoint(saved, {"weight": torch.tensor([1.0, float("nan")])}, CARD)
    with pytest.raises(WeightsError, match=r"net.safetensors: card: expected finite JSON values"):
        save_checkpoint(saved, TENSORS, {"scores": float("inf")})
    assert saved.read_bytes() == before


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"nowhere: cannot be read \(No such file"):
        load_checkpoint(tmp_path / "nowhere")


def test_a_folder_is_not_a_checkpoint(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read"):
        load_checkpoint(tmp_path)


def test_an_oversized_file_is_refused_before_it_is_read(saved, monkeypatch):
    monkeypatch.setattr(checkpoint, "MAX_BYTES", 10)
    with pytest.raises(WeightsError, match="size: expected at most 10 bytes"):
        load_checkpoint(saved)


def test_a_pickle_is_not_unpickled(tmp_path):
    torch.save(TENSORS, tmp_path / "a.pt")
    with pytest.raises(WeightsError, match=r"a\.pt: header: expected a complete safetensors file"):
        load_checkpoint(tmp_path / "a.pt")


def test_a_foreign_safetensors_file_is_refused(tmp_path):
    safetensors.torch.save_file(TENSORS, tmp_path / "foreign")
    with pytest.raises(WeightsError, match="foreign: format: expected 'mist-1', got None"):
        load_checkpoint(tmp_path / "foreign")


@pytest.mark.parametrize("card", [None, "not json", "[]", "{}", "[" * 100_000])
def test_a_card_that_is_no_card_is_refused(tmp_path, card):
    metadata = {"format": "mist-1"} | ({} if card is None else {"card": card})
    safetensors.torch.save_file(TENSORS, tmp_path / "a", metadata)
    with pytest.raises(WeightsError, match="card: expected a JSON object"):
        load_checkpoint(tmp_path / "a")


def test_values_that_are_not_finite_are_refused_on_loading_too(tmp_path):
    tensors = {"weight": torch.tensor([1.0, float("nan")])}
    card = json.dumps({"format": "mist-1"})
    digest = checkpoint._digest(card, tensors)
    metadata = {"format": "mist-1", "card": card, "digest": digest}
    safetensors.torch.save_file(tensors, tmp_path / "a", metadata)
    with pytest.raises(WeightsError, match="tensor weight: 1 of 2 values are not finite"):
        load_checkpoint(tmp_path / "a")


def loads_identically_or_is_refused(path, content, original):
    path.write_bytes(content)
    try:
        loaded = load_checkpoint(path)
    except WeightsError as error:
        assert str(path) in str(error)
        return
    assert same(loaded.tensors, original.tensors) and loaded.card == original.card


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80, 0xFF])
def test_no_flipped_byte_is_overlooked(saved, tmp_path, mask):
    original, content = load_checkpoint(saved), saved.read_bytes()
    for offset in range(len(content)):
        flipped = bytearray(content)
        flipped[offset] ^= mask
        loads_identically_or_is_refused(tmp_path / "flipped", bytes(flipped), original)


def test_every_truncation_is_refused(saved, tmp_path):
    content = saved.read_bytes()
    for length in range(len(content)):
        (tmp_path / "cut").write_bytes(content[:length])
        with pytest.raises(WeightsError, match="cut: header"):
            load_checkpoint(tmp_path / "cut")


def test_trailing_bytes_are_refused(saved):
    saved.write_bytes(saved.read_bytes() + b"\0")
    with pytest.raises(WeightsError, match="header"):
        load_checkpoint(saved)

"""Weights kept here can be chosen like the shipped ones; foreign files are checked before use."""

import json

import pytest
import safetensors.torch
import torch

from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.errors import WeightsError
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.registry import config_dict, load_network
from mist_core.paths import WEIGHTS, shipped
from mist_core.weights import library
from mist_core.weights.header import MOST_BYTES, check_header

SCORES = {"loss": 0.1, "mse": 0.1, "mae": 0.1, "coverage_90": 0.9}
TINY = MISTConfig(blocks=("sizes", "spectra-scores"), hidden_dim=8, num_layers=1, encoder_dim=0)


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))


@pytest.fixture
def weights(tmp_path):
    """A finished run's file of a tiny network."""
    network = MIST(TINY)
    numbers = {"steps": 1, "datasets": 64, "parameters": 9, "minutes": 0.1}
    point = {"datasets": 64, "minutes": 0.1, "train_loss": 0.1, "validation": SCORES}
    card = {
        "meta": "paper",
        "date": "2026-01-01",
        "config": config_dict(network),
        "run": {"meta": "paper", "seed": 0, "minutes": 0.1},
        "scores": SCORES,
        "versions": {},
        "curve": [point],
        **numbers,
    }
    path = tmp_path / "weights.safetensors"
    save_checkpoint(path, network.state_dict(), card)
    return path


def test_the_default_is_the_shipped_general_weights():
    assert library.default() == library.names()[0] == "general"


def test_heads_and_second_opinions_are_not_offered_as_networks():
    for name in shipped(WEIGHTS):
        load_network(WEIGHTS / f"{name}.safetensors", torch.device("cpu"))


def test_kept_weights_are_listed_after_the_shipped_ones_and_found(weights):
    library.keep(weights, "mine")
    assert library.names() == [*library.shipped(), "mine"]
    assert load_checkpoint(library.path_of("mine")).sha256 == load_checkpoint(weights).sha256


def test_a_default_lasts_until_its_weights_are_gone(weights):
    library.keep(weights, "mine")
    library.make_default("mine")
    assert library.default() == "mine"
    library.remove("mine")
    assert library.default() == "general"


@pytest.mark.parametrize("name", ["", "../x", "A", "general", "a" * 41, "a/b", ".x", "x.y", "a\n"])
def test_names_are_plain_and_free(weights, name):
    with pytest.raises(WeightsError, match="name"):
        library.keep(weights, name)


def test_shipped_weights_cannot_be_removed_and_unknown_ones_not_found():
    with pytest.raises(WeightsError, match="kept here"):
        library.remove("general")
    with pytest.raises(WeightsError, match="There are no weights"):
        library.path_of("../../etc/passwd")


def test_an_exported_file_comes_back_as_it_was(weights):
    path = library.import_weights(weights.read_bytes(), "back")
    assert path.read_bytes() == weights.read_bytes()


def test_a_flipped_bit_anywhere_is_refused(weights):
    content = bytearray(weights.read_bytes())
    for place in (0, 9, len(content) // 3, len(content) - 1):
        damaged = bytearray(content)
        damaged[place] ^= 1
        with pytest.raises(WeightsError):
            library.import_weights(bytes(damaged), "damaged")
    assert library.kept() == []


def with_header(content, change):
    """The file with another header; data as they are."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


def first_tensor(header):
    return header[next(name for name in header if name != "__metadata__")]


def change_config(header):
    card = json.loads(header["__metadata__"]["card"])
    card["config"]["hidden_dim"] = 10**9
    header["__metadata__"]["card"] = json.dumps(card)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda h: h.pop("__metadata__"), "format"),
        (lambda h: h["__metadata__"].update(format="other"), "format"),
        (lambda h: h["__metadata__"].pop("card"), "card"),
        (change_config, "config"),
        (lambda h: first_tensor(h).update(dtype="F8_E5M2"), "dtype"),
        (lambda h: first_tensor(h).update(shape=[10**12]), "data_offsets"),
        (lambda h: first_tensor(h).update(shape=[-1]), "shape"),
        (lambda h: first_tensor(h).update(data_offsets=[0]), "data_offsets"),
        (lambda h: h.pop(next(n for n in h if n != "__metadata__")), "data_offsets|size"),
    ],
)
def test_an_odd_header_is_refused_before_anything_is_loaded(weights, change, field):
    with pytest.raises(WeightsError, match=f"no weights file: {field}"):
        check_header(with_header(weights.read_bytes(), change))


@pytest.mark.parametrize("content", [b"", b"\x80\x04]", b"PK\x03\x04" * 9, b"\xff" * 64])
def test_anything_else_is_refused(content):
    with pytest.raises(WeightsError, match="expected"):
        library.import_weights(content, "other")


def test_a_file_too_large_is_refused():
    with pytest.raises(WeightsError, match="size"):
        check_header(bytes(MOST_BYTES + 1))


def test_weights_that_do_not_fit_their_network_are_refused(weights, tmp_path):
    card = load_checkpoint(weights).card
    other = MIST(MISTConfig(blocks=TINY.blocks, hidden_dim=16, num_layers=1, encoder_dim=0))
    save_checkpoint(tmp_path / "other.safetensors", other.state_dict(), card)
    with pytest.raises(WeightsError, match="expected float32"):
        library.import_weights((tmp_path / "other.safetensors").read_bytes(), "other")


def test_foreign_safetensors_are_refused():
    with pytest.raises(WeightsError, match="format"):
        library.import_weights(safetensors.torch.save({"w": torch.zeros(2)}), "other")


@pytest.mark.parametrize("name", library.shipped())
def test_shipped_weights_pass_the_checks_of_an_import(name):
    assert check_header(library.path_of(name).read_bytes())


def test_the_data_folder_may_lie_over_the_project_and_shipped_weights_stay(monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(WEIGHTS.parent))
    assert library.kept() == [] and library.flaws() == []
    with pytest.raises(WeightsError, match="are kept here"):
        library.remove("general")
    assert (WEIGHTS / "general.safetensors").exists()

"""Every field of a weights file, replaced by anything, is refused in a sentence or does no harm.

The digest is right each time: who makes such a file can work it out.
"""

import copy
import itertools
import json
import time

import numpy as np
import pytest
import safetensors.torch
import torch

from mist_core.checkpoint import _digest
from mist_core.errors import MISTError, WeightsError
from mist_core.inference.estimator import MISTEstimator
from mist_core.jobs.findings import losses
from mist_core.networks.limits import LIMITS
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.registry import ARCHITECTURES, config_dict
from mist_core.weights import library
from mist_core.weights.history import describe_runs
from mist_core.weights.law_descriptions import describe
from mist_core.weights.learning_curve import learning_curve
from tests.thoroughness import some

SCORES = {"loss": 0.1, "mse": 0.1, "mae": 0.1, "coverage_90": 0.9}
ROWS = np.arange(50.0)
LONGEST_SECONDS = 20.0  # on a machine that is busy otherwise
DIGITS = "9" * 400
# As JSON text, since Python's reader takes more than its writer gives.
VALUES = [
    "null",
    "true",
    "0",
    "-1",
    "0.5",
    "1e38",
    "1e999",
    "-1e999",
    "NaN",
    DIGITS,
    '""',
    '"x"',
    '"\\ud800"',
    '"\\u0000"',
    '"![p](http://127.0.0.1:1/p.png)"',
    json.dumps("x" * 50_000),
    "[]",
    "{}",
    "[[]]",
    json.dumps(["sizes"] * 50_000),
    json.dumps([1] * 50_000),
    "[" * 60 + "]" * 60,
    json.dumps({str(k): k for k in range(5000)}),
    '{"loss": "x"}',
    '{"kind": "mixed", "parts": [], "shares": []}',
    json.dumps('{"kind": "general", "rows": [10, 1e999]}'),
]


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))


def network():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        config = MISTConfig(("sizes", "spectra-scores"), hidden_dim=8, num_layers=1, encoder_dim=0)
        return MIST(config)


def card():
    point = {"datasets": 64, "minutes": 0.1, "train_loss": 0.1, "validation": SCORES}
    run = {"meta": "paper", "seed": 0, "minutes": 0.1, "reuse": 2.0, "max_datasets": None}
    return {
        "meta": "paper",
        "date": "2026-01-01",
        "config": config_dict(network()),
        "run": run,
        "earlier_runs": [run],
        "scores": SCORES,
        "versions": {"python": "3.11"},
        "curve": [point | {"start": SCORES}, point | {"datasets": 128, "start": None}],
        "laws": {"families": ["normal"], "rows": [10, 500]},
        "steps": 1,
        "datasets": 64,
        "parameters": 9,
        "minutes": 0.1,
        "seed": 0,
        "format": "mist-1",
    }


def packed(text, tensors):
    """A file with this card and these tensors, its digest right."""
    try:
        digest = _digest(text, tensors)
    except UnicodeEncodeError:
        digest = ""
    return safetensors.torch.save(tensors, {"format": "mist-1", "card": text, "digest": digest})


def places(value, place=()):
    """All places in a card: fields, fields of fields, items."""
    if place:
        yield place
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            yield from places(item, (*place, name))


def changed(place, value):
    """The text of the card with one place replaced."""
    mark = "@@here@@"
    card_with_mark = copy.deepcopy(CARD)
    inside = card_with_mark
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = mark
    return json.dumps(card_with_mark).replace(json.dumps(mark), value)


CARD = card()
PLACES = list(places(CARD))


def harmless(content):
    """The file is refused in a sentence, or whoever shows it and asks it gets something finite."""
    start = time.monotonic()
    try:
        library.import_weights(content, "evil")
    except MISTError as error:
        assert library.kept() == [] and len(str(error)) < 2000
        str(error).encode()
    else:
        estimator = MISTEstimator.load(library.path_of("evil"))
        try:
            assert np.isfinite(estimator.posterior(ROWS, ROWS % 7).mean)
        except WeightsError as error:
            assert "no finite answer" in str(error)
        shown = describe(estimator.card["meta"]) + describe_runs("evil", estimator.card)
        assert "![" not in shown.replace("`![", "")
        losses(estimator.card["curve"]).charts[0].to_dict()
        learning_curve(estimator.card["curve"], name="evil").to_dict()
        json.dumps(estimator.card, allow_nan=False).encode()
        library.remove("evil")
    assert time.monotonic() - start < LONGEST_SECONDS


@pytest.mark.parametrize("start", range(8))
def test_some_values_in_every_place_of_the_card_are_refused_or_harmless(start):
    tensors = network().state_dict()
    for place, value in list(itertools.product(PLACES, VALUES))[13 * start :: 13 * 8]:
        harmless(packed(changed(place, value), tensors))


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_any_value_in_any_place_of_the_card_is_refused_or_harmless(place):
    tensors = network().state_dict()
    for value in some(VALUES, PLACES.index(place), 4):
        harmless(packed(changed(place, value), tensors))


@pytest.mark.parametrize("name", network().state_dict())
def test_any_numbers_in_any_tensor_are_refused_or_harmless(name):
    text, whole = json.dumps(CARD), network().state_dict()
    like = whole[name]
    for value in (0.0, -1.0, 1e38, -1e38, 1e-45, float("nan"), float("inf")):
        harmless(packed(text, whole | {name: torch.full_like(like, value)}))
    for odd in (
        like.double(),
        like.half(),
        like.bool(),
        torch.zeros(0),
        torch.zeros(1, 1, 1, 1, 1),
        torch.zeros(2**12, 2**8),
    ):
        harmless(packed(text, whole | {name: odd}))
    harmless(packed(text, {key: tensor for key, tensor in whole.items() if key != name}))


def test_all_weights_huge_at_once_are_refused():
    tensors = {
        name: torch.full_like(tensor, 1e38) if tensor.is_floating_point() else tensor
        for name, tensor in network().state_dict().items()
    }
    with pytest.raises(WeightsError, match="trial answer"):
        library.import_weights(packed(json.dumps(CARD), tensors), "evil")


def test_every_field_of_every_config_has_a_limit():
    for name, (config_class, _) in ARCHITECTURES.items():
        assert {*config_class.__dataclass_fields__} <= set(LIMITS[name])


@pytest.mark.parametrize("architecture", LIMITS)
def test_no_config_within_the_limits_takes_long_or_fills_the_memory(architecture):
    extreme = {"mist": {"hidden_dim": 4096}, "classic": {"embed_dim": 1024, "num_heads": 64}}
    config = {"architecture": architecture, "num_layers": 32} | extreme[architecture]
    text = json.dumps(CARD | {"config": config})
    harmless(packed(text, network().state_dict()))


def test_a_bad_file_put_there_by_hand_is_named_and_can_be_deleted(tmp_path):
    folder = tmp_path / "home" / "weights"
    folder.mkdir(parents=True)
    whole = packed(json.dumps(CARD), network().state_dict())
    (folder / "good.safetensors").write_bytes(whole)
    bad = {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "garbage": b"\xff" * 999,
        "hostile": packed(changed(("config", "raw_rows"), '"x"'), network().state_dict()),
        "Odd Name": whole,
    }
    for name, content in bad.items():
        (folder / f"{name}.safetensors").write_bytes(content)
    (folder / "folder.safetensors").mkdir()
    (folder / "nowhere.safetensors").symlink_to(tmp_path / "nowhere")
    assert library.kept() == ["good"]
    flaws = library.flaws()
    assert len(flaws) == len(bad) + 2
    for flaw in flaws[::2]:
        flaw.remedies["Delete them"]()
    for flaw in flaws[1::2]:
        flaw.remedies["Set them aside"]()
    assert library.flaws() == [] and library.kept() == ["good"]
    assert len(list((tmp_path / "home" / "aside").iterdir())) == len(flaws) // 2


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"nowhere", b"../../x", b"x" * 10**6, b"\0"])
def test_a_default_that_cannot_be_used_is_named_and_another_stands_in(tmp_path, content):
    path = tmp_path / "home" / "default-weights.txt"
    path.parent.mkdir()
    path.write_bytes(content)
    assert library.default() == "general"
    (flaw,) = library.flaws()
    assert "'general' stands in" in flaw.sentence
    flaw.remedies["Set it aside"]()
    assert library.flaws() == [] and not path.exists()
    path.mkdir()
    assert library.default() == "general" and len(library.flaws()) == 1


def test_a_full_disk_keeps_the_default_and_the_kept_weights(tmp_path, full_disk):
    library.import_weights(packed(json.dumps(CARD), network().state_dict()), "mine")
    library.make_default("mine")
    with full_disk():
        with pytest.raises(MISTError, match="free some space"):
            library.make_default("general")
        assert library.default() == "mine"
        source = library.path_of("mine")
        with pytest.raises(MISTError, match="free some space"):
            library.keep(source, "other")
        assert library.kept() == ["mine"] and library.flaws() == []
        library.remove("mine")
    assert library.names() == library.shipped() and library.default() == "general"
    assert sorted(path.name for path in (tmp_path / "home").rglob("*")) == ["weights"]


def test_a_data_folder_in_whose_place_a_file_stands_is_a_sentence(tmp_path):
    (tmp_path / "home").write_text("")
    assert library.default() == "general" and library.flaws() == []
    with pytest.raises(MISTError, match="cannot be written"):
        library.make_default("paper")
    with pytest.raises(MISTError, match="cannot be written"):
        library.import_weights(packed(json.dumps(CARD), network().state_dict()), "mine")

"""A model card says what its file and the stored results hold, and nothing that they plant."""

import argparse
import json
import re
import xml.etree.ElementTree
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.torch
import torch

from mist_core.__main__ import main
from mist_core.benchmarks.scores import summarize
from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.commands import train
from mist_core.markdown import code
from mist_core.networks.mist import MIST, MISTConfig
from mist_core.networks.registry import build_network, config_dict
from mist_core.paths import shipped
from mist_core.training.architectures import ARCHITECTURES
from mist_core.training.config import TrainConfig
from mist_core.weights.history import architecture

ROOT = Path(__file__).parents[2]
WEIGHTS = [ROOT / "weights" / f"{name}.safetensors" for name in shipped(ROOT / "weights")]
RUN = {"meta": "paper", "seed": 7, "minutes": 3.0}
HOSTILE = "x`\n# Owned\n<script>alert(1)</script> | [a](javascript:b) ![c](d) **e** @f"


def point(datasets: int, loss: float) -> dict:
    return {
        "datasets": datasets,
        "minutes": datasets / 1000,
        "train_loss": loss + 0.01,
        "validation": {"loss": loss},
    }


def finished_run(**changes) -> dict:
    """The card of a small finished run."""
    network = MIST(MISTConfig(hidden_dim=8, num_layers=1, **ARCHITECTURES["statistics"]))
    settings = asdict(TrainConfig("paper", Path("a"), Path("b"), seed=7, reuse=5.0, minutes=3.0))
    card = {
        "config": config_dict(network),
        "meta": "paper",
        "steps": 1234,
        "datasets": 4096,
        "minutes": 3.0,
        "parameters": 4321,
        "scores": {"loss": 0.0512, "mse": 0.0623, "mae": 0.1734, "coverage_90": 0.8945},
        "curve": [point(2048, 0.7), point(3000, 0.06), point(4096, 0.05)],
        "run": {k: v for k, v in settings.items() if k not in {"network", "out", "folder"}},
        "versions": {"python": "3.11.7"},
        "date": "2026-11-21",
    }
    return card | changes


def weights_file(folder: Path, **changes) -> Path:
    """A weights file whose run had these changes."""
    path = folder / "weights/tiny.safetensors"
    path.parent.mkdir(exist_ok=True)
    save_checkpoint(path, {"weight": torch.zeros(2)}, finished_run(**changes))
    return path


def card_of(path: Path) -> str:
    """The card that the command writes for a file."""
    assert run_command(path) == 0
    return path.with_suffix(".md").read_text()


def make_card(folder: Path, **changes) -> str:
    """The card of a run with these changes."""
    return card_of(weights_file(folder, **changes))


def run_command(path: Path) -> int:
    root = path.parent.parent
    folders = ["--results", str(root / "results"), "--images", str(root / "images")]
    return main(["card", str(path), *folders])


def headings(card: str) -> list[str]:
    return re.findall(r"^#.*", card, flags=re.MULTILINE)


def test_the_card_holds_the_numbers_of_the_file(tmp_path):
    path = weights_file(tmp_path)
    card, digest = card_of(path), load_checkpoint(path).sha256
    for text in (
        "4,096 distinct datasets",
        "random seed 7.",
        "1,234 steps",
        "3 minutes",
        "4,321",
        digest,
    ):
        assert text in card
    for score in ("0.0512", "0.0623", "0.1734", "0.8945"):
        assert f"| {score} |" in card


def test_the_same_file_gives_the_same_card(tmp_path):
    path = weights_file(tmp_path)
    assert card_of(path) == card_of(path)


def test_the_card_shows_the_picture_beside_it(tmp_path):
    (link,) = re.findall(r"!\[[^]]*\]\(([^)]*)\)", make_card(tmp_path))
    xml.etree.ElementTree.parse(tmp_path / "weights" / link)


def test_settings_of_the_machine_are_left_out(tmp_path):
    card = make_card(tmp_path)
    assert "`reuse` | 5" in card
    assert not any(f"`{name}` |" in card for name in ("threads", "workers", "capacity"))


def test_the_command_on_the_card_asks_for_the_same_run(tmp_path):
    card = make_card(tmp_path)
    (command,) = re.findall(r"^python -m mist_core train (.*)$", card, flags=re.MULTILINE)
    parser = argparse.ArgumentParser()
    train.configure(parser)
    options = parser.parse_args(command.split())
    assert (options.meta, options.seed, options.minutes, options.reuse) == ("paper", 7, 3, 5)
    assert options.architecture == "statistics"
    assert str(options.out) == "weights/tiny.safetensors"
    assert options.learning_rate is None  # as it is by default


def test_weights_with_a_history_show_a_command_and_a_column_for_each_run(tmp_path):
    first = {"meta": "paper", "seed": 3, "minutes": 60.0, "reuse": 9.0}
    card = make_card(tmp_path, earlier_runs=[first])
    commands = re.findall(r"^python -m mist_core train (.*)$", card, flags=re.MULTILINE)
    assert ["--init weights/tiny.safetensors" in command for command in commands] == [False, True]
    assert ["--architecture" in command for command in commands] == [True, False]
    assert "| `reuse` | 9 | 5 |" in card
    assert "random seed 3, 7." in card


def test_an_architecture_of_an_earlier_version_is_known_by_what_stayed():
    config = config_dict(build_network(ARCHITECTURES["statistics"]))
    earlier = {name: value for name, value in config.items() if name != "witnesses"}
    assert architecture(earlier) == architecture(earlier | {"dropout": 0.2}) == "statistics"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_each_architecture_is_known_by_its_config(name):
    config = config_dict(build_network(ARCHITECTURES[name]))
    assert architecture(json.loads(json.dumps(config))) == name


@pytest.mark.parametrize(
    "planted",
    [
        {"meta": HOSTILE},
        {"date": HOSTILE},
        {"versions": {HOSTILE: HOSTILE}},
        {"config": {"architecture": "mist", HOSTILE: [HOSTILE], "blocks": HOSTILE}},
        {"run": RUN | {"meta": HOSTILE, "reuse": HOSTILE, HOSTILE: {"a": HOSTILE}}},
        {"earlier_runs": [RUN | {"meta": HOSTILE, HOSTILE: HOSTILE}]},
    ],
)
def test_a_hostile_text_shows_and_does_nothing(tmp_path, planted):
    card = make_card(tmp_path, **planted)
    assert headings(card) == headings(make_card(tmp_path))
    assert "alert(1)" in card
    prose = re.sub(r"^```sh\n[^`]*\n```$|`[^`\n]*`", "", card, flags=re.MULTILINE)
    for trace in ("alert", "Owned", "javascript", "@f", "`"):
        assert trace not in prose


def test_a_command_from_a_hostile_file_runs_nothing_else(tmp_path):
    card = make_card(tmp_path, run=RUN | {"meta": "paper; rm -rf $HOME", "reuse": "1;d"})
    assert "--meta 'paper; rm -rf ?HOME'" in card
    assert "1;d" not in card.split("```")[1]


def test_a_code_span_cannot_be_left():
    assert code(HOSTILE).strip("`").count("`") == 0
    assert "\n" not in code(HOSTILE) and "|" not in code(HOSTILE)
    assert code("") == "`?`"


def test_a_title_in_the_picture_is_text(tmp_path):
    path = tmp_path / "weights/<b>&amp;.safetensors"
    path.parent.mkdir()
    save_checkpoint(path, {}, finished_run())
    assert run_command(path) == 0
    (picture,) = (tmp_path / "images").iterdir()
    drawn = "".join(xml.etree.ElementTree.parse(picture).getroot().itertext())
    assert "How <b>&amp; learned" in drawn


@pytest.mark.parametrize("field", ["meta", "curve", "scores", "steps", "run", "config"])
def test_an_unfinished_run_has_no_card(tmp_path, capsys, field):
    path = tmp_path / "state.safetensors"
    save_checkpoint(path, {}, finished_run(**{field: None}))
    assert run_command(path) == 1
    assert f"WeightsError: {path}: {field}: missing" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("curve", [{"datasets": 1}]),
        ("curve", []),
        ("scores", {"loss": "small"}),
        ("steps", True),
        ("config", {"architecture": "other"}),
        ("config", {"architecture": ["mist"]}),
        ("minutes", 10**400),
        ("run", {"meta": "paper"}),
        ("earlier_runs", None),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(tmp_path, capsys, field, value):
    save_checkpoint(tmp_path / "a", {}, finished_run(**{field: value}))
    assert run_command(tmp_path / "a") == 1
    assert f"WeightsError: {tmp_path / 'a'}: {field}" in capsys.readouterr().err


def test_a_foreign_file_is_refused_in_a_sentence(tmp_path, capsys):
    safetensors.torch.save_file({"a": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    assert run_command(tmp_path / "foreign.safetensors") == 1
    assert "format: expected 'mist-1', got None" in capsys.readouterr().err


def store(folder: Path, name: str, **run) -> None:
    machine = {"cpu": "A CPU", "cores": 2, "threads": 1, "gpu": None}
    origin = {"date": "2026-11-22", "seconds": 61.5, "hardware": machine}
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results" / name).write_text(json.dumps(origin | run))


def mtest_scores() -> list[dict]:
    """Summary of estimates that miss the truth by 0.5 in family and by 2 out of it."""
    cells = [(n, seen) for seen in (True, False) for n in (10, 20, 150, 200, 400, 500)]
    n_samples, in_family = map(np.array, zip(*cells, strict=True))
    tasks = np.where(in_family, "normal-dense-base", "additive-base")
    rows = pd.DataFrame({"n_samples": n_samples, "task": tasks, "truth": 1.0})
    rows["estimate"] = 1 + np.where(in_family, 0.5, 2.0)
    interval = {"q0.05": 0.0, "q0.95": 2.0}
    rows = rows.assign(estimator="mist-tiny", seed=0, dim_x=2, **interval)
    return summarize(rows) + summarize(rows.assign(estimator="ksg", estimate=9.0))


def test_runs_that_judged_these_weights_are_told_with_their_command(tmp_path):
    path = weights_file(tmp_path)
    judged = {"mist-tiny": {"sha256": load_checkpoint(path).sha256, "meta": "paper"}}
    command = "python -m mist_core evaluate mtest --weights tiny --estimators mist,ksg"
    run = {"benchmark": "mtest", "weights": judged, "command": command}
    store(tmp_path, "mtest-tiny.json", scores=mtest_scores(), **run)
    speed = {"ksg": 0.25, "single": 0.05, "batched": 0.01, "repeats": 5}
    store(tmp_path, "speed.json", weights=judged, command="evaluate speed", speed=speed)
    card = card_of(path)
    assert f"`{command}`" in card
    assert "| MSE, in-family, nats² | 0.25 | 0.25 | 0.25 | 0.25 |" in card
    assert "| MSE, published out-of-family, nats² | 4 | 4 | 4 | 4 |" in card
    assert "| inside the 90 % interval, in-family | 1 | 1 | 1 | 1 |" in card
    assert "| published MIST_QR * | 3.1 | 0.31 | 0.12 |  |" in card
    assert "| bmi's KSG | 250.0 |" in card
    assert "61.5 s on `A CPU`" in card


def test_a_run_on_bmis_tasks_is_told_by_n(tmp_path):
    path = weights_file(tmp_path)
    judged = {"mist-tiny": {"sha256": load_checkpoint(path).sha256}}
    score = {"estimator": "mist-tiny", "n": 500, "mae": 0.0512, "tasks": 40, "poor": 2}
    scores = [score | {"coverage": 0.915}, score | {"estimator": "ksg"}]
    run = {"benchmark": "bmi40", "weights": judged, "command": "evaluate bmi40"}
    store(tmp_path, "bmi40.json", scores=scores, **run)
    card = card_of(path)
    assert "| bmi's tasks | n = 500 |" in card and "| mean absolute error, nats | 0.051 |" in card
    assert "| tasks worse than 0.15, of 40 | 2 |" in card and "| 0.915 |" in card


def test_runs_of_other_weights_are_not_shown(tmp_path):
    other = {"mist-tiny": {"sha256": "0" * 64}}
    store(tmp_path, "other.json", weights=other, command="evaluate other")
    store(tmp_path, "sampler.json", weights={}, command="bench-sampler")
    card = make_card(tmp_path)
    assert "No run in `results/` has judged these weights." in card


@pytest.mark.parametrize("path", WEIGHTS, ids=lambda path: path.stem)
def test_shipped_weights_have_a_card_made_of_them(path):
    card = path.with_suffix(".md")
    assert card.exists(), f"run: python -m mist_core card weights/{path.name}"
    (link,) = re.findall(r"!\[[^]]*\]\(([^)]*)\)", card.read_text())
    assert f"`{load_checkpoint(path).sha256}`" in card.read_text()
    assert (card.parent / link).exists()

"""`train` on the command line: one sentence for what it refuses, and a run that survives a kill."""

import json
import os
import subprocess
import sys
import time
from dataclasses import fields

import pytest

from mist_core import MISTEstimator
from mist_core.__main__ import main
from mist_core.checkpoint import load_checkpoint
from mist_core.training.architectures import SETTINGS
from mist_core.training.config import RANGES, TrainConfig


def test_training_on_the_seed_of_the_test_data_is_refused(tmp_path, capsys):
    out = str(tmp_path / "weights.safetensors")
    assert main(["train", "--meta", "paper", "--out", out, "--seed", "20261121"]) == 1
    assert "seed of the test data" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_setting_out_of_its_range_is_one_sentence(tmp_path, capsys, name):
    words = ["train", "--meta", "paper", "--out", str(tmp_path / "w.safetensors"), f"--{name}"]
    for value in ("-1", "nan", "inf", "1e400", "9" * 30):
        if SETTINGS[name] is float or value.lstrip("-").isdigit():
            assert main([*words, value]) == 1
            said = capsys.readouterr().err
            assert f"{name.replace('-', '_')}: expected a number from" in said
            assert len(said) < 200


def test_every_number_of_a_training_has_its_range():
    numbers = {f.name for f in fields(TrainConfig) if f.type in (int, float, int | None)}
    assert numbers == set(RANGES) == {name.replace("-", "_") for name in SETTINGS}


def test_a_missing_folder_or_a_wrong_prior_is_one_sentence(tmp_path, capsys):
    assert main(["train", "--meta", "paper", "--out", str(tmp_path / "no" / "w.safetensors")]) == 1
    assert "create it first" in capsys.readouterr().err
    run = ["--folder", str(tmp_path / "run")]
    assert main(["train", "--meta", "papers", "--out", str(tmp_path / "w.safetensors"), *run]) == 1
    assert "Unknown meta-distribution 'papers'" in capsys.readouterr().err


def command(folder, *options):
    """The command line of a small real run: two workers, the closed-form statistics."""
    settings = "--meta paper --architecture gaussian --shard-size 256 --batch-size 64 --workers 2"
    paths = ["--out", str(folder / "weights.safetensors"), "--folder", str(folder / "run")]
    return [sys.executable, "-m", "mist_core", "train", *settings.split(), *paths, *options]


def wait_for(path, seconds):
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} did not come"
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_run_goes_on_with_the_same_command_and_leaves_no_process_behind(
    tmp_path, killed_with_its_children
):
    state = tmp_path / "run" / "state.safetensors"
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    run = subprocess.Popen(
        command(tmp_path, "--minutes", "1"), stdout=subprocess.PIPE, env=environment
    )
    killed_with_its_children(run, lambda: wait_for(state, 240))
    killed = load_checkpoint(state).card["run"]
    assert not (tmp_path / "weights.safetensors").exists()
    subprocess.run(command(tmp_path, "--minutes", "1"), check=True, timeout=300, env=environment)
    card = load_checkpoint(tmp_path / "weights.safetensors").card
    assert card["steps"] > killed["steps"]
    assert card["minutes"] == pytest.approx(1.0, abs=0.1)
    assert card["curve"][0]["steps"] == killed["curve"][0]["steps"]
    lines = (tmp_path / "run" / "progress.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["validation"] == card["curve"][-1]["validation"]
    MISTEstimator.load(tmp_path / "weights.safetensors", device="cpu")

"""Each benchmark prints, stores what it takes to repeat it, and answers mistakes in a sentence."""

import json
import platform
import shutil

import pandas as pd
import pytest
import torch

from mist_core import paths
from mist_core.__main__ import COMMANDS, main
from mist_core.benchmarks.bmi import benchmark_tasks, bmi_cells
from mist_core.benchmarks.provenance import hardware
from mist_core.benchmarks.registry import BENCHMARKS
from mist_core.commands import evaluate
from mist_core.inference.estimator import MISTEstimator

TINY = {
    "mtest-extended": ["--rows", "10", "--dims", "2", "--draws", "1"],
    "bmi40": ["--rows", "20", "--seeds", "2", "--tasks", "1v1-normal-0.75,1v1-additive-0.1"],
    "selfconsistency": ["--rows", "20", "--seeds", "1"],
}


@pytest.fixture(autouse=True)
def _threads(monkeypatch):
    monkeypatch.setattr(torch, "set_num_threads", lambda count: None)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.bmi if name == "bmi40" else ()) for name in TINY]
)
def test_a_run_prints_and_stores_what_it_takes_to_repeat_it(name, tiny_weights, tmp_path, capsys):
    out = tmp_path / "run.parquet"
    options = ["--weights", str(tiny_weights), "--out", str(out), "--jobs", "1"]
    assert main(["evaluate", name, *TINY[name], *options]) == 0
    assert "Stored as run" in capsys.readouterr().out
    text = (tmp_path / "run.json").read_text()
    summary = json.loads(text, parse_constant=pytest.fail)
    judged = summary["weights"]["mist-tiny"]
    assert judged["sha256"] == MISTEstimator.load(tiny_weights).sha256
    assert summary["command"].endswith(" ".join(TINY[name]))
    assert "--weights tiny --estimators mist" in summary["command"]
    assert str(tmp_path) not in text
    assert summary["scores"] and summary["versions"]["torch"] and summary["hardware"]["cpu"]
    table = pd.read_parquet(out)
    assert (table.estimator == "mist-tiny").all() and table.estimate.notna().all()


def test_mtest_takes_its_tables_from_all_who_were_asked(
    tiny_weights, tmp_path, monkeypatch, capsys
):
    few = [cell for cell in BENCHMARKS["mtest"].cells(1) if cell.n_samples == 10][::5]
    monkeypatch.setitem(BENCHMARKS["mtest"].__dict__, "cells", lambda n_redraws: few)
    other = shutil.copy(tiny_weights, tmp_path / "other.safetensors")
    (tmp_path / "zero.py").write_text("def estimate(x, y):\n    return 0\n")
    command = ["evaluate", "mtest", "--weights", f"{other},{tiny_weights}", "--redraws", "1"]
    command += ["--estimator-file", str(tmp_path / "zero.py"), "--out", str(tmp_path / "run")]
    assert main(command) == 0
    assert "zero" in capsys.readouterr().out
    table = pd.read_parquet(tmp_path / "run.parquet")
    assert list(table.estimator.unique()) == ["mist-other", "mist-tiny", "zero.py"]
    assert (table.groupby("estimator").size() == 9 * len(few)).all()


@pytest.mark.bmi
def test_a_part_of_a_benchmark_is_stored_beside_the_whole(tiny_weights, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    options = ["--weights", str(tiny_weights), "--jobs", "1"]
    assert main(["evaluate", "bmi40", *TINY["bmi40"], *options]) == 0
    stored = [file.stem for file in tmp_path.glob("*.json")]
    assert len(stored) == 1 and stored[0].startswith("bmi40-tiny-rows-")


@pytest.mark.bmi
def test_runs_with_long_names_do_not_take_each_others_place(tiny_weights, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    monkeypatch.setattr(evaluate, "MOST_LETTERS", 12)
    for task in ("1v1-normal-0.75", "1v1-additive-0.1"):
        options = ["--weights", str(tiny_weights), "--jobs", "1", "--rows", "20", "--tasks", task]
        assert main(["evaluate", "bmi40", *options, "--seeds", "1"]) == 0
    assert len(list(tmp_path.glob("*.json"))) == 2


@pytest.mark.bmi
def test_bmis_tasks_are_drawn_as_bmi_draws_them():
    cells = bmi_cells(rows=(30,), n_seeds=2)
    assert len({cell.task for cell in cells}) == 40 and len(cells) == 80
    cell = cells[-1]
    task = benchmark_tasks()[cell.task]
    x, y = task.sample(30, seed=1)
    batch = cell.draw()
    assert (batch.x[0].numpy() == x).all() and (batch.y[0].numpy() == y).all()
    assert batch.mutual_information.item() == pytest.approx(task.mutual_information)
    assert (cell.dim_x, cell.dim_y, cell.seed) == (task.dim_x, task.dim_y, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mtest", "--weights", "nowhere"], "WeightsError: No weights named 'nowhere'"),
        (
            ["mtest", "--estimators", "kgs"],
            "ParameterError: Expected estimators among mist, refined, ksg",
        ),
        (["mtest", "--estimators", "ksg,ksg"], "ParameterError: Expected different estimators"),
        pytest.param(
            ["bmi40", "--estimators", "cca", "--tasks", "2v2"],
            "ParameterError: bmi has no task 2v2",
            marks=pytest.mark.bmi,
        ),
    ],
)
def test_a_mistake_is_answered_with_one_sentence(arguments, sentence, capsys):
    assert main(["evaluate", *arguments]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("evaluate mtest --jobs 0", "--jobs: expected at least 1, got 0"),
        ("evaluate mtest --time-limit nan", "--time-limit: expected a number above 0, got nan"),
        ("calibrate laws --datasets -5", "--datasets: expected at least 1, got -5"),
        ("calibrate bins --seed -1", "--seed: expected at least 0, got -1"),
        ("leave-out --jobs two", "--jobs: invalid count value: 'two'"),
        ("ablate --steps 0", "--steps: expected at least 1, got 0"),
        ("bench-sampler --seconds inf", "--seconds: expected a number above 0, got inf"),
    ],
)
def test_a_number_out_of_range_is_answered_with_one_sentence(command, sentence, capsys):
    with pytest.raises(SystemExit):
        main(command.split())
    assert sentence in capsys.readouterr().err


def test_hardware_is_named_without_the_host():
    described = hardware()
    assert described["cpu"] and described["cores"] >= 1 and described["threads"] >= 1
    assert platform.node() not in described.values()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0 and command in capsys.readouterr().out

"""Where bmi has no wheels its estimators and tasks say so, and nothing else minds."""

import numpy as np
import pytest

from mist_core.__main__ import main
from mist_core.benchmarks.baselines import installed
from mist_core.benchmarks.baselines.estimators import BASELINES
from mist_core.benchmarks.bmi import benchmark_tasks
from mist_core.errors import BaselineError

SENTENCE = "bmi's tasks and estimators need bmi and jax, which this Python does not have"


@pytest.fixture(autouse=True)
def _without_bmi(monkeypatch):
    find_spec = installed.find_spec
    hidden = {"bmi", "jax"}
    monkeypatch.setattr(
        installed, "find_spec", lambda name: None if name in hidden else find_spec(name)
    )
    benchmark_tasks.cache_clear()


def test_an_estimator_of_bmi_answers_with_the_reason():
    x = np.random.default_rng(0).standard_normal((30, 1))
    answer = BASELINES["ksg"].ask(x, x + 1)
    assert answer.estimate is None and answer.failure.startswith(SENTENCE)


def test_an_estimator_of_ours_needs_no_bmi():
    x = np.random.default_rng(0).standard_normal((30, 1))
    assert BASELINES["minde"].ask(x, x + 1).failure is None
    assert BASELINES["minde"].identity.startswith("torch ")


def test_the_tasks_of_bmi_cannot_be_drawn():
    with pytest.raises(BaselineError, match=SENTENCE):
        benchmark_tasks()


@pytest.mark.parametrize(
    "words", [["bmi40", "--weights", "paper"], ["mtest", "--estimators", "ksg", "--redraws", "1"]]
)
def test_a_command_that_needs_bmi_says_so_before_it_begins(words, tmp_path, capsys):
    assert main(["evaluate", *words, "--out", str(tmp_path / "run")]) == 1
    assert f"BaselineError: {SENTENCE}" in capsys.readouterr().err

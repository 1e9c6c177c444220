"""The baselines agree with independent implementations and fail in sentences, never as NaN."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import ennemi
import numpy as np
import psutil
import pytest
from sklearn.metrics import mutual_info_score

from mist_core.benchmarks.baselines import pool
from mist_core.benchmarks.baselines.estimators import BASELINES
from mist_core.benchmarks.baselines.refusals import BINS, NEIGHBORS
from mist_core.errors import BaselineError, InputError

pytestmark = pytest.mark.bmi
CLASSICAL = [name for name, baseline in BASELINES.items() if baseline.kind == "classical"]
NEURAL = [name for name, baseline in BASELINES.items() if baseline.kind == "neural"]


def ask(name: str, x, y, time_limit: float = 120.0, **how):
    return replace(BASELINES[name], time_limit=time_limit).ask(x, y, **how)


def gaussian_pair(correlation: float, n_samples: int, dim: int = 1, seed: int = 0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_samples, dim))
    noise = rng.normal(size=(n_samples, dim))
    return x, correlation * x + np.sqrt(1 - correlation**2) * noise


def run_python(code: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_importing_the_baselines_imports_neither_jax_nor_bmi():
    code = (
        "import sys, mist_core.benchmarks.baselines.estimators\n"
        "print({'jax', 'bmi'} & set(sys.modules))"
    )
    with run_python(code) as process:
        assert process.communicate()[0].strip() == "set()"


@pytest.mark.parametrize("name", BASELINES)
def test_each_baseline_states_its_source_and_one_sentence_of_limits(name):
    baseline = BASELINES[name]
    assert baseline.doi.startswith("10.")
    assert baseline.limits.endswith(".") and baseline.limits.count(". ") == 0


def test_ksg_agrees_with_ennemi_in_one_dimension():
    x, y = gaussian_pair(0.8, 300)
    # ennemi adds 1e-10 of noise against ties.
    oracle = ennemi.estimate_mi(y[:, 0], x[:, 0], k=NEIGHBORS)[0, 0]
    assert ask("ksg", x, y).estimate == pytest.approx(oracle, abs=1e-6)


def test_cca_is_the_gaussian_formula_in_one_dimension():
    x, y = gaussian_pair(-0.6, 200)
    correlation = np.corrcoef(x[:, 0], y[:, 0])[0, 1]
    expected = -0.5 * np.log1p(-(correlation**2))
    assert ask("cca", x, y).estimate == pytest.approx(expected, abs=1e-9)


def test_the_histogram_is_the_plug_in_estimate_of_its_bins():
    x, y = gaussian_pair(0.7, 300)
    labels = [np.digitize(v, np.linspace(v.min(), v.max(), BINS + 1)[1:-1]) for v in (x, y)]
    expected = mutual_info_score(labels[0][:, 0], labels[1][:, 0])
    result = ask("histogram", x, y).estimate
    assert result == pytest.approx(expected, abs=1e-9)


def test_kernel_density_comes_near_the_truth_in_one_dimension():
    truth = -0.5 * np.log1p(-(0.9**2))
    result = ask("kde", *gaussian_pair(0.9, 2000))
    assert result.estimate == pytest.approx(truth, abs=0.2)


@pytest.mark.parametrize("name", CLASSICAL)
def test_one_dimensional_arrays_are_single_columns(name):
    x, y = gaussian_pair(0.5, 100)
    flat = ask(name, x[:, 0], y[:, 0])
    assert flat.estimate == ask(name, x, y).estimate


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_warm_classical_baseline_is_quick(name):
    pool.warm_up()
    x, y = gaussian_pair(0.5, 500, dim=2)
    ask(name, x, y)
    start = time.perf_counter()
    ask(name, x, y)
    assert time.perf_counter() - start < 2.0


def test_negative_estimates_are_not_clipped():
    x, y = gaussian_pair(0.0, 10)
    assert ask("mine", x, y, time_limit=60).estimate < 0


@pytest.mark.slow
@pytest.mark.parametrize("name", NEURAL)
def test_neural_baselines_come_near_the_truth(name):
    x, y = gaussian_pair(0.9, 600)
    result = ask(name, x, y, time_limit=280)
    assert result.estimate == pytest.approx(0.83, abs=0.2)


@pytest.mark.slow
def test_a_neural_baseline_repeats_itself_for_the_same_seed():
    x, y = gaussian_pair(0.9, 60)
    first, again, other = (ask("mine", x, y, seed=seed).estimate for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("name", "x", "y", "sentence"),
    [
        ("ksg", np.arange(5.0), np.arange(5.0), "KSG needs more than 5 rows"),
        ("ksg", np.repeat([0.0, 1.0], 9), np.repeat([0.0, 1.0], 9), "9 rows are identical"),
        ("cca", np.eye(10), np.eye(10)[::-1], "CCA needs more than dim_x + dim_y + 2 = 22 rows"),
        ("cca", np.arange(9.0), np.ones(9), "y has a constant one"),
        ("cca", np.arange(9.0), np.arange(9.0), "The estimator returned inf"),
        ("histogram", np.eye(10), np.eye(10), "needs 5^20 cells for 20 columns; it runs with up"),
    ],
)
def test_failures_are_sentences(name, x, y, sentence):
    result = ask(name, x, y)
    assert result.estimate is None
    assert sentence in result.failure and result.failure.endswith(".")


@pytest.mark.parametrize("name", ["ksg", "histogram", "kde"])
def test_a_constant_column_says_nothing_about_the_other_side(name):
    x, _ = gaussian_pair(0.0, 50)
    result = ask(name, x, np.ones(50))
    assert result.failure is None
    assert result.estimate == pytest.approx(0.0, abs=0.35)


def test_a_late_baseline_is_stopped_and_the_next_one_still_runs():
    x, y = gaussian_pair(0.5, 100)
    late = ask("nwj", x, y, time_limit=0.2)
    assert late.failure == "It took longer than 0.2 seconds."
    assert ask("cca", x, y).failure is None


def test_whoever_waits_can_drop_the_work():
    def leave():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask("nwj", *gaussian_pair(0.5, 100), while_waiting=leave)
    assert ask("cca", *gaussian_pair(0.5, 100)).failure is None


def test_a_worker_that_still_starts_when_its_work_is_dropped_serves_the_next(monkeypatch):
    def drop() -> None:
        raise KeyboardInterrupt

    idle: list[pool.Worker] = []
    monkeypatch.setattr(pool, "_idle", idle)
    x, y = gaussian_pair(0.5, 50)
    with pytest.raises(KeyboardInterrupt):
        ask("cca", x, y, while_waiting=drop)
    (worker,) = idle
    assert ask("cca", x, y).failure is None
    assert idle == [worker]
    worker.close()


def test_a_worker_that_dies_is_reported_and_replaced():
    x, y = gaussian_pair(0.5, 100)
    worker = pool.Worker()
    worker._process.terminate()
    with pytest.raises(BaselineError, match="Its process stopped"):
        worker.ask({}, x, y, time_limit=5, while_waiting=lambda: None)
    worker.close()


def test_not_even_a_busy_worker_outlives_its_parent():
    code = """
import numpy as np
from mist_core.benchmarks.baselines import estimators as baselines, pool as baseline_pool
x = np.random.default_rng(0).normal(size=(400, 2))
baselines.BASELINES["cca"].ask(x, x[::-1])
print(baseline_pool._idle[0]._process.pid, flush=True)
baselines.BASELINES["nwj"].ask(x, x)
"""
    with run_python(code) as parent:
        worker = psutil.Process(int(parent.stdout.readline()))
        time.sleep(0.5)
        os.kill(parent.pid, signal.SIGKILL)
    worker.wait(timeout=10)


def test_unusable_samples_are_refused_at_the_common_boundary():
    with pytest.raises(InputError, match="x has 9 rows and y has 8"):
        ask("ksg", np.arange(9.0), np.arange(8.0))

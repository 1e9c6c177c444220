"""A benchmark asks each dataset once, whatever fails and whenever it is killed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.base import OTHER, Answer, Estimator
from mist_core.benchmarks.consistency import check_cells
from mist_core.benchmarks.estimators import ESTIMATORS, Function, Weights, estimator
from mist_core.benchmarks.grids import GridCell, grid_cells
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.runner import chosen, evaluate
from mist_core.benchmarks.tasks import KEYS, quantile_columns, tidy
from mist_core.checkpoint import save_checkpoint
from mist_core.errors import ParameterError
from mist_core.inference.estimator import MISTEstimator
from mist_core.networks.classic import ClassicConfig, ClassicMIST
from mist_core.networks.quantiles import LEVELS
from mist_core.networks.registry import config_dict

ROOT = Path(__file__).parents[2]
SMALL = [cell for cell in grid_cells(2) if cell.n_samples <= 36 and cell.dim_x <= 12]


class Averages(Estimator):
    """Answers with the average of all values: easy to check."""

    name, title, kind, identity, batched = "averages", "averages", OTHER, "1", True

    def __init__(self, fails_at: int = -1):
        self.asked, self.fails_at = [], fails_at

    def answer(self, datasets):
        self.asked += [dataset.number for dataset in datasets]
        if self.fails_at in self.asked:
            raise KeyboardInterrupt
        levels = LEVELS.tolist()
        return [
            Answer((d.x.mean() + d.y.mean()).item(), seconds=0.5, quantiles=levels)
            for d in datasets
        ]


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "rows")


def cell(n_samples: int = 20, dim: int = 2, draws: int = 3) -> GridCell:
    return GridCell(
        task="normal-dense-base",
        family="normal-dense",
        n_samples=n_samples,
        dim_x=dim,
        dim_y=dim,
        seed=0,
        draws=draws,
        stream=(0, n_samples),
    )


def test_rows_belong_to_their_dataset_and_its_truth(journal):
    cells = SMALL[::29]
    table = tidy(evaluate(Averages(), cells, journal))
    assert len(table) == sum(cell.draws for cell in cells)
    for number, asked in enumerate(cells):
        data, rows = asked.draw(), table.iloc[9 * number : 9 * number + 9]
        assert list(rows.draw) == list(range(9))
        for name in ("task", "family", "n_samples", "dim_x", "dim_y", "seed"):
            assert (rows[name] == getattr(asked, name)).all()
        averages = data.x.mean((1, 2)) + data.y.mean((1, 2))
        assert np.allclose(rows.estimate, averages, atol=1e-6)
        assert np.array_equal(rows.truth, data.mutual_information)


def test_the_table_is_tidy(journal):
    table = tidy(evaluate(Averages(), [cell()], journal))
    before, after = ["estimator", *KEYS, "truth", "estimate"], ["seconds", "failure"]
    assert list(table) == [*before, *quantile_columns(), *after]
    assert table["q0.05"].iloc[0] == pytest.approx(0.05)
    assert (table.seconds == 0.5).all() and table.failure.isna().all()


def test_our_weights_answer_a_batch_as_they_answer_one_by_one(tiny_weights, journal):
    ours = MISTEstimator.load(tiny_weights)
    table = tidy(evaluate(Weights("mist-tiny", ours), [cell()], journal))
    data = cell().draw()
    single = [ours.posterior(x, y) for x, y in zip(data.x, data.y, strict=True)]
    assert np.allclose(table.estimate, [p.mean for p in single], atol=1e-4)
    assert np.allclose(table[quantile_columns()], [p.quantiles for p in single], atol=1e-4)


def test_a_failing_estimator_stands_in_its_cells_and_stops_nothing(journal):
    def estimate(x, y):
        if len(x) == 20:
            raise ZeroDivisionError("no rows left")
        return float("nan") if len(x) == 30 else 0.25

    mine = Function("mine", estimate, "1")
    table = tidy(evaluate(mine, [cell(n) for n in (10, 20, 30)], journal))
    failures = table.drop_duplicates("n_samples").set_index("n_samples").failure
    assert failures[20] == "The estimator stopped with ZeroDivisionError: no rows left"
    assert failures[30] == "The estimator returned nan."
    assert list(table.estimate.dropna()) == [0.25] * 3


def test_weights_that_cannot_take_a_shape_fail_there_only(tmp_path, journal):
    network = ClassicMIST(ClassicConfig(max_dim=32))
    path = tmp_path / "classic.safetensors"
    save_checkpoint(path, network.state_dict(), {"config": config_dict(network), "meta": "paper"})
    classic = Weights("mist-classic", MISTEstimator.load(path))
    table = tidy(evaluate(classic, [cell(dim=40, draws=2), cell(dim=2, draws=1)], journal))
    assert table.failure[:2].str.contains("at most 32 columns").all()
    assert table.failure.isna().iloc[2] and table.estimate.notna().iloc[2]


@pytest.mark.bmi
def test_cca_fails_where_rows_are_too_few(journal):
    cells = [cell(10, dim=4, draws=1), cell(11, dim=4, draws=1)]
    table = tidy(evaluate(estimator("cca", 60.0), cells, journal))
    assert "needs more than" in table.failure[0] and np.isnan(table.estimate[0])
    assert pd.isna(table.failure[1]) and table.seconds[1] > 0


def test_finished_rows_are_not_asked_for_again(tmp_path):
    cells = [cell(n) for n in (10, 20, 30)]
    broken = Averages(fails_at=7)
    with pytest.raises(KeyboardInterrupt):
        evaluate(broken, cells, Journal(tmp_path / "rows"), jobs=1)
    again = Averages()
    table = tidy(evaluate(again, cells, Journal(tmp_path / "rows")))
    assert sorted(again.asked) == [6, 7, 8]
    whole = tidy(evaluate(Averages(), cells, Journal(tmp_path / "other")))
    assert table.equals(whole)


def test_rows_of_other_weights_are_not_taken_over(journal):
    other = Averages()
    evaluate(Averages(), [cell()], journal)
    other.identity = "2"
    evaluate(other, [cell()], journal)
    assert other.asked == [0, 1, 2]


@pytest.mark.bmi
def test_a_baseline_with_more_time_is_asked_again():
    keys = {estimator("mine", limit).key for limit in (60.0, 60.0, 600.0)}
    assert len(keys) == 2


@pytest.mark.bmi
def test_every_estimator_says_who_it_is():
    for name, one in ESTIMATORS.items():
        assert one.name == name and one.title and one.identity
        assert one.kind in ("classical", "neural") and not one.batched


def test_an_unknown_estimator_is_answered_with_the_known_ones():
    with pytest.raises(ParameterError, match=r"among ksg, cca.*got 'kgs'"):
        estimator("kgs")


def test_every_second_draw_is_half_of_them_at_every_n():
    places = chosen(grid_cells(1), every=2)
    assert len(places) == 13 * 20 * 9 / 2
    share = np.bincount([place[1].n_samples for place in places])[[10, 500]] / (13 * 9)
    assert (np.abs(share - 0.5) < 0.2).all()


def test_what_belongs_together_is_left_out_together():
    places = chosen(check_cells(rows=(20,), n_seeds=2), every=3)
    parts = {}
    for _, asked, draw in places:
        parts.setdefault(asked.bundle(draw), set()).add(asked.part)
    assert all(
        names == {"whole", "swapped"} for key, names in parts.items() if key[0] == "symmetry"
    )
    assert len(parts) == pytest.approx(7 * 4 * 2 / 3, abs=1)


SLOW = """
import pathlib, time

def estimate(x, y):
    with open(pathlib.Path(__file__).with_name("calls"), "a") as calls:
        calls.write(f"{x.sum()} {y.sum()} {x.shape}\\n")
    time.sleep(0.05)
    return float(x.std() + y.std())
"""


def test_a_killed_command_goes_on_without_repeating_finished_rows(tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    out, calls = tmp_path / "run.parquet", tmp_path / "calls"
    command = [sys.executable, "-m", "mist_core", "evaluate", "selfconsistency"]
    command += ["--estimators=", "--estimator-file", str(tmp_path / "slow.py"), "--jobs", "1"]
    command += ["--rows", "20", "--seeds", "1", "--out", str(out)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    while not calls.exists() or len(calls.read_text().splitlines()) < 10:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    asked = calls.read_text().splitlines()
    n_datasets = len(check_cells((20,), 1))
    assert len(asked) <= n_datasets + 1  # the one it was killed at
    summary = json.loads(out.with_suffix(".json").read_text())
    assert summary["weights"] == {} and summary["benchmark"] == "selfconsistency"
    assert list(tmp_path.glob("*.unfinished")) == []
    rows = pd.read_parquet(out)
    sides = [(c.draw().x.numpy(), c.draw().y.numpy()) for c in check_cells((20,), 1)]
    assert np.allclose(rows.estimate, [x.std() + y.std() for x, y in sides], atol=1e-6)

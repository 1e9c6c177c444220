"""Estimators and predictions from outside join with the rest, and their mistakes are named."""

import numpy as np
import pandas as pd
import pytest
import torch

from mist_core.benchmarks.base import Dataset
from mist_core.benchmarks.external import read_estimator, read_predictions
from mist_core.benchmarks.grids import grid_cells
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.runner import evaluate
from mist_core.benchmarks.tasks import quantile_columns, tidy
from mist_core.errors import ParameterError, TableError
from mist_core.leaderboard.labels import OTHER, label

CELLS = [cell for cell in grid_cells(1) if cell.n_samples == 36][:2]


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "rows")


def write(path, text: str):
    path.write_text(text)
    return path


def test_a_python_file_with_estimate_is_scored_under_its_name(tmp_path, journal):
    file = write(tmp_path / "ours.py", "def estimate(x, y):\n    return x.shape[1] + len(y)\n")
    table = tidy(evaluate(read_estimator(file), CELLS, journal))
    assert (table.estimator == "ours.py").all()
    assert (table.estimate == table.dim_x + 36).all()


def test_another_text_is_another_estimator(tmp_path):
    file = write(tmp_path / "ours.py", "estimate = float\n")
    before = read_estimator(file).identity
    assert read_estimator(write(file, "estimate = int\n")).identity != before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("guess = 1", r"bad\.py needs a function estimate\(x, y\)"),
        ("1 / 0", r"bad\.py cannot be run: division by zero"),
        ("import sys; sys.exit(3)", r"bad\.py cannot be run: 3"),
    ],
)
def test_a_file_without_an_estimator_is_refused(tmp_path, text, sentence):
    with pytest.raises(ParameterError, match=sentence):
        read_estimator(write(tmp_path / "bad.py", text))
    with pytest.raises(ParameterError, match="cannot be run"):
        read_estimator(tmp_path / "nowhere.py")


def test_no_file_passes_for_a_built_in_estimator(tmp_path):
    text = "def estimate(x, y):\n    return 0.0\n"
    names = [read_estimator(write(tmp_path / f"{n}.py", text)).name for n in ("mine", "mist-x")]
    shown = [label(name, {"mist-x"}) for name in names]
    assert {one.kind for one in shown} == {OTHER} and shown[0].title == "mine.py"


@pytest.mark.parametrize("deed", ["x.sort(axis=0)", "raise SystemExit(3)", "y[:] = float('nan')"])
def test_whatever_an_estimator_does_the_next_one_sees_the_same_data(tmp_path, journal, deed):
    file = write(tmp_path / "bad.py", f"def estimate(x, y):\n    {deed}\n    return 0.0\n")
    batch = CELLS[0].draw()
    x, y = batch.x[0].double(), batch.y[0].double()
    before = x.clone(), y.clone()
    answer = read_estimator(file).answer([Dataset(x, y)])[0]
    assert torch.equal(x, before[0]) and torch.equal(y, before[1])
    assert answer.estimate == 0.0 or "SystemExit: 3" in answer.failure


def predictions(**columns) -> pd.DataFrame:
    """A prediction of the number of the draw for each dataset but the last."""
    keys = [(cell.task, cell.n_samples, cell.seed, draw) for cell in CELLS for draw in range(9)]
    table = pd.DataFrame(keys[:-1], columns=["task", "n_samples", "seed", "draw"])
    return table.assign(estimate=table["draw"] / 10, **columns)


def test_a_table_of_predictions_is_looked_up_row_by_row(tmp_path, journal):
    predictions().sample(frac=1, random_state=0).to_csv(tmp_path / "theirs.csv", index=False)
    table = tidy(evaluate(read_predictions(tmp_path / "theirs.csv"), CELLS, journal))
    known = table[:-1]
    assert (table.estimator == "theirs.csv").all() and (known.estimate == known["draw"] / 10).all()
    assert table.failure.iloc[-1] == "The table has no prediction for this dataset."
    assert table["q0.5"].isna().all()


def test_quantiles_in_the_table_become_intervals(tmp_path, journal):
    quantiles = dict.fromkeys(quantile_columns(), 0.5)
    predictions(**quantiles).to_csv(tmp_path / "t.csv", index=False)
    table = tidy(evaluate(read_predictions(tmp_path / "t.csv"), CELLS, journal))
    assert (table["q0.05"][:-1] == 0.5).all()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("task,seed\na,1\n", "has no column n_samples, estimate"),
        ("task,n_samples,seed,estimate\na,1,0,1\na,1,0,2\n", "has two rows with"),
        ("", "cannot be read as CSV"),
        (
            "task,n_samples,seed,estimate,q0.05\na,1,0,1,0\n",
            "some quantile columns, but no q0.005, q0.01, ",
        ),
    ],
)
def test_a_table_that_cannot_be_scored_is_refused(tmp_path, text, sentence):
    with pytest.raises(TableError, match=sentence):
        read_predictions(write(tmp_path / "t.csv", text))


def test_quantiles_that_decrease_are_refused(tmp_path):
    falling = dict(zip(quantile_columns(), np.linspace(1, 0, 25), strict=True))
    predictions(**falling).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(TableError, match="quantiles decrease"):
        read_predictions(tmp_path / "t.csv")


def test_one_prediction_for_several_datasets_is_refused(tmp_path, journal):
    table = predictions().drop_duplicates(["task", "n_samples", "seed"]).drop(columns="draw")
    table.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(TableError, match="one row for several datasets"):
        evaluate(read_predictions(tmp_path / "t.csv"), CELLS, journal)

"""Where errors lie: cells add up, thresholds hold from there on, addresses find their dataset."""

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.consistency import check_cells
from mist_core.benchmarks.consistency_scores import summarize_checks
from mist_core.benchmarks.estimators import Function
from mist_core.benchmarks.grids import grid_cells
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.runner import evaluate
from mist_core.benchmarks.tasks import tidy
from mist_core.errors import ParameterError
from mist_core.inference.estimator import MISTEstimator
from mist_core.leaderboard import error_analysis, rerun
from mist_core.leaderboard.dataset_link import BenchmarkDataset
from mist_core.leaderboard.error_analysis import row_groups
from mist_core.leaderboard.findings import scatter_points, shape_cells, task_table
from tests.benchmarks.tables import answers, shown

CELL = next(cell for cell in grid_cells(1) if cell.n_samples == 36)


def errors(**columns) -> pd.DataFrame:
    """Rows of one estimator with these columns."""
    count = len(next(iter(columns.values())))
    return error_analysis.with_errors(shown(answers("ksg", count=count)).assign(**columns))


def test_the_squared_error_of_a_cell_is_bias_squared_plus_variance():
    cells = error_analysis.by_shape(errors(estimate=[1.5, 2.0, 3.0], n_samples=[50, 50, 100]))
    assert cells.mse.to_numpy() == pytest.approx(cells.bias**2 + cells.variance)
    assert cells.bias.tolist() == pytest.approx([0.75, 2.0])
    assert cells.variance.tolist() == pytest.approx([0.0625, 0.0])


def test_a_cell_opens_its_worst_dataset():
    rows = errors(estimate=[1.1, -3.0, 2.0])
    (address,) = shape_cells(rows, "mtest", "nats").address
    assert BenchmarkDataset.parse(address).draw_number == 1


def test_rows_are_needed_up_to_the_last_error_above_the_target():
    rows = errors(n_samples=[10, 20, 50, 100], estimate=[1.0, 1.5, 1.1, 1.05])
    assert error_analysis.rows_needed(rows, 0.2, least=1).n.tolist() == [50]
    assert error_analysis.rows_needed(rows, 0.6, least=1).n.tolist() == [10]
    never = error_analysis.rows_needed(rows, 0.01, least=1)
    assert np.isnan(never.n[0]) and never.most[0] == 100


def test_others_are_compared_on_the_datasets_that_both_answered():
    ours, theirs = answers("mist-paper", count=4, error=0.1), answers("cca", count=4, error=0.3)
    ours.loc[3, "estimate"] = 100.0  # where the other has no answer
    theirs.loc[3, "estimate"] = np.nan
    rows = error_analysis.with_errors(shown(pd.concat([ours, theirs], ignore_index=True)))
    (row,) = error_analysis.beside(rows, "MIST paper", power=2).itertuples()
    assert (row.title, row.shared) == ("CCA", 3) and row.times == pytest.approx(9)
    assert error_analysis.complete(rows).to_dict("records") == [{"CCA": False, "MIST paper": True}]


def test_failures_that_differ_in_numbers_only_count_as_one():
    table = shown(answers("cca", count=3)).assign(
        failure=["needs 10 rows", "needs 2,000 rows", "no"]
    )
    assert error_analysis.failures(table).datasets.tolist() == [2, 1]


def test_few_datasets_say_nothing_of_the_rows_needed():
    many, few = answers("ksg", count=4), answers("cca", count=3)
    rows = error_analysis.with_errors(shown(pd.concat([many, few], ignore_index=True)))
    assert error_analysis.rows_needed(rows, 0.5).title.tolist() == ["KSG"]


def test_few_values_stand_for_themselves_and_many_in_bins_that_keep_their_order():
    order, names = error_analysis.bins(pd.Series([2, 500, 2]), error_analysis.ROW_EDGES)
    assert names == {2: "2", 500: "500"} and order.tolist() == [2, 500, 2]
    many = pd.Series(range(10, 500, 10))
    order, names = error_analysis.bins(many, error_analysis.ROW_EDGES)
    assert order.is_monotonic_increasing and set(names) == set(order)
    assert names[order[0]] == "10 to 20" and names[order.iloc[-1]] == "410 to 490"


def test_tasks_come_with_their_errors_and_truths_the_hardest_first():
    table = answers("ksg", "cca", count=2).assign(task=["a", "b"] * 2, truth=[1.0, 2.0] * 2)
    tasks = task_table(error_analysis.with_errors(shown(table)), "nats")
    assert tasks.task.tolist() == ["b", "a"] and tasks["mean truth"].tolist() == [2.0, 1.0]
    assert tasks.KSG.tolist() == pytest.approx([0.9, 0.1]) == tasks.CCA.tolist()


def test_the_scatter_is_in_the_unit_shown_and_marks_intervals_that_miss():
    rows = errors(truth=[1.0, 1.0]).assign(**{"q0.05": [0.5, 1.5], "q0.95": [2.0, 2.0]})
    points = scatter_points(rows, "mtest", "bits")
    assert points.truth.tolist() == pytest.approx([1 / np.log(2)] * 2)
    assert points.inside.tolist() == [True, False]


def test_groups_of_rows_hold_their_ends():
    assert row_groups("mtest", errors(n_samples=[10]))["n in (100, 300]"] == (101, 300)
    assert row_groups("bmi40", errors(n_samples=[500]))["n = 500"] == (500, 500)


def test_an_address_gives_the_dataset_that_the_benchmark_asked():
    address = f"mtest/{CELL.task}/36/{CELL.dim_x}/0/3"
    dataset = BenchmarkDataset.parse(address)
    assert dataset.address == address
    batch, sample = CELL.draw(), dataset.draw()
    assert (sample.x == batch.x[3].numpy()).all() and (sample.y == batch.y[3].numpy()).all()
    assert sample.truth == batch.mutual_information[3]


def test_the_code_of_an_address_draws_the_same_rows_and_asks_the_same_weights(capsys):
    dataset = BenchmarkDataset.parse(f"mtest/{CELL.task}/36/{CELL.dim_x}/0/3")
    names = {}
    exec(dataset.code(20, "paper"), names)
    assert (names["x"] == dataset.draw().x[:20]).all()
    answer = MISTEstimator.load("paper").posterior(names["x"], names["y"])
    assert f"{answer.median:.4f} nats" in capsys.readouterr().out


@pytest.mark.parametrize(
    "address", ["", "mtest", "mtest/a/1/2/3", "mtest/a/1/2/3/-4", "x/a/1/2/3/4"]
)
def test_what_is_no_address_is_none(address):
    assert BenchmarkDataset.parse(address) is None


@pytest.mark.parametrize("change", ["no-task/36/2/0/3", f"{CELL.task}/36/{CELL.dim_x}/0/9"])
def test_an_address_without_a_dataset_is_refused(change):
    with pytest.raises(ParameterError):
        BenchmarkDataset.parse(f"mtest/{change}").draw()


def test_a_replay_gives_the_stored_estimates_again(tmp_path):
    mean = Function("mean", lambda x, y: x.mean() + y.mean(), "1")
    table = tidy(evaluate(mean, [CELL], Journal(tmp_path / "rows")))
    records = pd.DataFrame(rerun.replay("mtest", rerun.choose(table, 4), mean))
    assert len(records) == 4 and (records.now == records.stored).all()


def test_a_check_made_again_is_broken_as_much_as_the_stored_one(tmp_path):
    def sizes(x, y):
        return x.shape[1] + x[0, 0]  # neither symmetric nor invariant

    cells = [cell for cell in check_cells() if cell.task == "symmetry"]
    table = tidy(evaluate(Function("f", sizes, "1"), cells, Journal(tmp_path / "rows")))
    records = rerun.replay("selfconsistency", table, Function("f", sizes, "1"))
    laws = rerun.recheck(pd.DataFrame(records))
    stored = pd.DataFrame(summarize_checks(table))
    assert laws.now.tolist() == laws.stored.tolist() == stored.violation.tolist()
    assert laws.holds.tolist() == stored.passed.tolist()

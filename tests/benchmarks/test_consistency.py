"""A check passes the truth itself, and fails an estimator that breaks its law."""

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.consistency import CHECKS, LAWS, TOLERANCE, check_cells, parts_of
from mist_core.benchmarks.consistency_scores import render_checks, summarize_checks
from mist_core.benchmarks.estimators import Function
from mist_core.benchmarks.journal import Journal
from mist_core.benchmarks.runner import evaluate
from mist_core.benchmarks.tasks import tidy

PARTS = [
    {"part": part, "task": check, "family": law, "truth": truth}
    for check in CHECKS
    for law in LAWS
    for part, (_, _, truth) in parts_of(check, law, 50, 0).items()
]


def verdicts(estimates) -> dict[str, bool]:
    """Which checks pass where each part's estimate is this function of its row."""
    rows = pd.DataFrame(PARTS).assign(estimator="e", n_samples=50, seed=0, failure=None)
    rows["estimate"] = [estimates(row) for row in rows.itertuples()]
    records = pd.DataFrame(summarize_checks(rows))
    return records.groupby("check").passed.all().to_dict()


def truth_or(value: float):
    return lambda row: value if np.isnan(row.truth) else row.truth


def test_the_truth_passes_every_check():
    assert verdicts(truth_or(0.0)) == dict.fromkeys(CHECKS, True)


@pytest.mark.parametrize(
    ("check", "part"),
    [
        ("independence", "independent"),
        ("additivity", "both"),
        ("data processing", "noisy"),
        ("symmetry", "swapped"),
        ("monotone maps", "mapped"),
        ("linear maps", "mapped"),
        ("growth", "noise 1"),
    ],
)
def test_an_estimate_that_is_too_high_fails_the_check_it_breaks_and_no_other(check, part):
    truth = truth_or(0.0)
    lies = verdicts(lambda row: 9.0 if (row.task, row.part) == (check, part) else truth(row))
    assert [name for name, passed in lies.items() if not passed] == [check]


def test_a_constant_keeps_all_laws_but_independence_and_additivity():
    failed = [name for name, passed in verdicts(lambda row: 1.0).items() if not passed]
    assert sorted(failed) == ["additivity", "independence"]


def test_less_than_the_truth_after_processing_is_no_violation():
    truth = truth_or(0.0)
    assert verdicts(lambda row: truth(row) - (row.part == "rounded"))["data processing"]


def test_the_size_of_a_violation_is_its_mean_over_seeds():
    rows = pd.DataFrame({"part": ["whole", "swapped"] * 2, "estimate": [1.0, 1.01, 1.0, 1.05]})
    rows = rows.assign(seed=[0, 0, 1, 1], estimator="e", task="symmetry", family="law")
    (record,) = summarize_checks(rows.assign(n_samples=10, failure=None))
    assert record["violation"] == pytest.approx(0.03) and record["worst"] == pytest.approx(0.05)
    assert record["passed"] == (TOLERANCE >= 0.03) and record["seeds"] == 2


def test_a_check_without_an_estimate_is_neither_passed_nor_failed(tmp_path):
    def estimate(x, y):
        raise ValueError("never")

    cells = check_cells(rows=(20,), n_seeds=1)
    table = tidy(evaluate(Function("f", estimate, "1"), cells, Journal(tmp_path / "rows")))
    records = summarize_checks(table)
    assert {record["passed"] for record in records} == {None}
    assert "The estimator stopped with ValueError: never" in render_checks(records)


@pytest.mark.parametrize("law", LAWS)
def test_the_parts_of_a_check_share_their_rows(law):
    x, y, _ = parts_of("symmetry", law, 30, 1)["whole"]
    swapped = parts_of("symmetry", law, 30, 1)["swapped"]
    assert swapped[0] is y and swapped[1] is x
    both = parts_of("additivity", law, 30, 1)["both"]
    assert both[0].shape == (30, 2 * x.shape[1])
    assert not np.array_equal(parts_of("symmetry", law, 30, 2)["whole"][0], x)


@pytest.mark.parametrize("law", LAWS)
def test_the_linear_map_can_be_undone(law):
    x, y, _ = parts_of("linear maps", law, 30, 0)["whole"]
    mapped_x, mapped_y, _ = parts_of("linear maps", law, 30, 0)["mapped"]
    for side, mapped in ((x, mapped_x), (y, mapped_y)):
        side, design = side.numpy(), np.column_stack([mapped.numpy(), np.ones(30)])
        residual = side - design @ np.linalg.lstsq(design, side, rcond=None)[0]
        assert np.abs(residual).max() < 1e-9

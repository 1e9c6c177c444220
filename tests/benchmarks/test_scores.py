"""Scores are what they say: honest standard errors, coverage of the truth, known shares."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core.benchmarks.bmi_scores import render_bmi, summarize_bmi, task_errors
from mist_core.benchmarks.scores import (
    clustered_mean,
    render,
    render_shapes,
    summarize,
    summarize_shapes,
)


def scored(**columns) -> pd.DataFrame:
    """A table of perfect estimates with 90 % intervals from 0 to 2, one cell each row."""
    count = len(next(iter(columns.values())))
    return pd.DataFrame(
        {"estimator": "e", "task": "normal-dense-base", "seed": 0, "dim_x": 2}
        | {"n_samples": range(10, 10 + count), "truth": 1.0, "estimate": 1.0}
        | {"q0.05": 0.0, "q0.95": 2.0}
        | columns
    )


def whole(table: pd.DataFrame, n: str = "all n") -> dict:
    """The record of all families together."""
    return next(r for r in summarize(table) if r["family"] is None and r["n"] == n)


def test_a_constant_error_is_the_bias_and_its_square_the_mse():
    record = whole(scored(estimate=[1.3, 1.3, 1.3]))
    assert record["bias"] == pytest.approx(0.3)
    assert record["mse"] == pytest.approx(0.09)
    assert record["mse_se"] == pytest.approx(0.0, abs=1e-12)


def test_coverage_is_of_the_truth():
    record = whole(scored(truth=[1.0, 2.0, 2.1, -0.1]))
    assert record["coverage"] == 0.5


@pytest.mark.parametrize(
    ("n", "name"),
    [(100, "[10, 100]"), (101, "(100, 300]"), (300, "(100, 300]"), (301, "(300, 500]")],
)
def test_bins_of_n_include_their_upper_end(n, name):
    assert whole(scored(n_samples=[n]), name)["datasets"] == 1


def test_the_two_published_splits_are_told_apart_by_the_task():
    table = scored(task=["normal-dense-base", "additive-base"], estimate=[1.0, 3.0])
    splits = {
        r["split"]: r["mse"] for r in summarize(table) if not r["family"] and r["n"] == "all n"
    }
    assert splits == {"in-family": 0.0, "published out-of-family": 4.0}


def test_with_one_value_a_cluster_the_error_is_the_usual_one():
    values = pd.Series([1.0, 4.0, 2.0, 7.0])
    mean, error = clustered_mean(values, pd.DataFrame({"cell": range(4)}))
    assert mean == values.mean()
    assert error == pytest.approx(values.std() / math.sqrt(4))


def test_repeating_a_value_within_its_cluster_adds_no_certainty():
    values, clusters = pd.Series([1.0, 4.0, 2.0]), pd.DataFrame({"cell": range(3)})
    often = values.repeat(9).reset_index(drop=True)
    repeated = clusters.loc[np.repeat(range(3), 9)].reset_index(drop=True)
    assert clustered_mean(often, repeated) == pytest.approx(clustered_mean(values, clusters))


def test_undefined_scores_are_missing_not_nan():
    record = whole(scored(estimate=[1.0]), "(300, 500]")
    assert record["datasets"] == 0 and record["mse"] is None and record["mse_se"] is None


def test_failures_are_counted_and_not_averaged():
    record = whole(scored(estimate=[1.5, None, None]))
    assert (record["datasets"], record["failed"], record["mae"]) == (1, 2, 0.5)


def test_the_printed_table_marks_the_published_numbers():
    text = render(summarize(scored(estimate=[1.0, 1.5, 2.0])))
    assert "MIST *" in text and "* published, own protocol" in text
    assert "0.417 ± 0.3" in text


def bmi_table(**columns) -> pd.DataFrame:
    """Two tasks at n = 5,000, two seeds each, with errors 0, 0.1, 0.2 and 0.3."""
    return scored(
        task=["a", "a", "b", "b"],
        n_samples=5000,
        seed=[0, 1, 0, 1],
        estimate=[1.0, 1.1, 0.8, 1.3],
        **columns,
    )


def test_the_error_on_bmis_tasks_is_the_mean_over_tasks():
    (record,) = summarize_bmi(bmi_table())
    assert record["mae"] == pytest.approx((0.05 + 0.25) / 2)
    assert (record["n"], record["datasets"], record["tasks"]) == (5000, 4, 2)
    lost_seed = bmi_table().iloc[1:]  # task a has one seed left, and its weight stays
    assert summarize_bmi(lost_seed)[0]["mae"] == pytest.approx((0.1 + 0.25) / 2)


def test_a_poor_task_has_a_mean_absolute_error_above_the_limit():
    (record,) = summarize_bmi(bmi_table())
    assert record["poor"] == 1 and record["poor_tasks"] == {"b": pytest.approx(0.25)}
    assert "e, n = 5,000: b 0.25" in render_bmi([record])


def test_coverage_counts_task_and_seed_pairs():
    table = bmi_table()
    table["q0.95"] = [2.0, 0.9, 2.0, 0.9]
    assert summarize_bmi(table)[0]["coverage"] == 0.5


def test_without_quantiles_there_is_no_coverage():
    table = bmi_table()
    table[["q0.05", "q0.95"]] = np.nan
    (record,) = summarize_bmi(table)
    assert record["coverage"] is None and record["width"] is None
    assert "Alice Base *" in render_bmi([record])


def test_errors_by_task_keep_their_sign_in_the_bias():
    errors = task_errors(bmi_table()).set_index("task")
    assert errors.bias["b"] == pytest.approx(0.05) and errors.mae["b"] == pytest.approx(0.25)


def test_an_estimator_that_always_fails_has_no_error():
    (record,) = summarize_bmi(bmi_table().assign(estimate=np.nan))
    assert record["mae"] is None and record["failed"] == 4
    assert "none" in render_bmi([record])


def test_the_squared_error_is_bias_squared_plus_variance():
    table = scored(estimate=[1.5, 2.0, 3.0, 1.0], n_samples=[50, 50, 50, 100])
    records = summarize_shapes(table)
    by_n = {record["n"]: record for record in records if not record["task"]}
    assert by_n[50]["mse"] == pytest.approx(by_n[50]["bias"] ** 2 + by_n[50]["variance"])
    assert by_n[50]["variance"] == pytest.approx(np.var([0.5, 1.0, 2.0]))
    assert [r["mae"] for r in records if r["task"]] == [pytest.approx(3.5 / 4)]
    assert "d across" in render_shapes(records)

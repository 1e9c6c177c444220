"""Subsamples of a table: rows of it, each once, and intervals set against any value."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch

from mist_core.calibration.judge import follow
from mist_core.calibration.subsample_findings import whole_table
from mist_core.calibration.subsamples import Subsamples, intervals, share, shares, sizes
from mist_core.errors import TableError
from mist_core.inference.estimator import general
from mist_core.tables.table import table_from_frame

N, R = 1000, 0.8
TRUTH = -np.log1p(-(R**2)) / 2


@pytest.fixture(scope="module")
def table():
    a, b = np.random.default_rng(0).standard_normal((2, N))
    grade = np.where(a > 0, "high", "low")
    return table_from_frame(pd.DataFrame({"a": a, "b": R * a + 0.6 * b, "grade": grade}))


@pytest.fixture(scope="module")
def study(table):
    return Subsamples.of(table, ("a", "b"), 200, 50)


@pytest.fixture(scope="module")
def judged(study):
    return pd.concat(follow(study, general()), ignore_index=True)


def test_a_subsample_has_each_row_once_at_most_and_pairs_stay_together(study, table):
    whole = {(a, b) for a, b in zip(table["a"].numbers, table["b"].numbers, strict=True)}
    for _, batch, _ in study.draws():
        for x, y in zip(batch.x, batch.y, strict=True):
            drawn = {(a.item(), b.item()) for a, b in zip(x[:, 0], y[:, 0], strict=True)}
            assert len(drawn) == 200 and drawn <= whole


def test_equal_studies_draw_equal_subsamples_and_others_others(study, table):
    again, other = (Subsamples.of(table, ("a", "b"), 200, 50, seed) for seed in (0, 1))
    first, same, different = (next(s.draws())[1].x for s in (study, again, other))
    assert torch.equal(first, same) and not torch.equal(first, different)
    assert study == again != other


def test_another_reading_of_a_column_is_another_study(study, table):
    read = table.with_kinds({"a": "ordinal"})
    assert Subsamples.of(read, ("a", "b"), 200, 50) != study


def test_intervals_hold_the_truth_of_a_table_that_is_a_sample_itself(judged):
    told = intervals(judged, TRUTH)
    assert len(told) == 50 and told.inside.mean() > 0.75
    assert told["median"].is_monotonic_increasing
    assert share(told, TRUTH) == told.inside.mean()
    assert share(told, 9.0) == share(told, 0.0) == 0.0


def test_the_curve_says_of_each_value_how_many_hold_it(judged):
    told = intervals(judged, TRUTH)
    for row in shares(told).sample(10, random_state=0).itertuples():
        held = sum(low <= row.value <= high for low, high in zip(told.low, told.high, strict=True))
        assert row.share == pytest.approx(held / len(told))


def test_the_sentence_counts_what_the_table_of_the_figure_holds(study, judged):
    whole = general().posterior(study.x, study.y)
    fan, curve = whole_table(judged, study, whole, "nats")
    assert f"in {int(fan.table.inside.sum())} of 50 subsamples" in fan.sentence
    assert f"{whole.median:.2f} nats" in fan.sentence and "estimate, too" in fan.sentence
    bits, _ = whole_table(judged, study, whole, "bits")
    np.testing.assert_allclose(bits.table["median"], fan.table["median"] / np.log(2), rtol=1e-3)
    assert curve.table.share.max() <= 1
    for finding in (fan, curve):
        finding.charts[0].to_dict()


def test_a_refined_value_is_called_so(study, judged):
    whole = general().posterior(study.x, study.y)
    refined = dataclasses.replace(whole, evidence=object())
    assert "refined value" in whole_table(judged, study, refined, "nats")[0].sentence
    assert "refined" not in whole_table(judged, study, whole, "nats")[0].sentence


def test_classes_and_gaps_are_read_as_elsewhere(table):
    study = Subsamples.of(table, ("grade", "b"), 100, 50)
    posteriors = general().posteriors([(b.x[0], b.y[0]) for _, b, _ in study.draws()])
    assert all(0.1 < p.median <= np.log(2) for p in posteriors)


def test_a_table_that_is_too_short_is_a_sentence(table):
    assert sizes(table, ("a", "b")) == [50, 100, 200]
    with pytest.raises(TableError, match="need 2,000"):
        Subsamples.of(table, ("a", "b"), 500, 50)

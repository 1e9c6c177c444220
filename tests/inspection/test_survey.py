"""A survey is a row a pair, the strongest first, with its evidence; it grows, and can be ended."""

import numpy as np
import pandas as pd
import pytest

from mist_core import MISTEstimator, TableError, estimate
from mist_core.inspection import COLUMNS, asking, survey, surveys
from mist_core.tables.table import table_from_frame

ROWS = 300


@pytest.fixture(scope="module")
def estimator():
    return MISTEstimator.load()


@pytest.fixture(scope="module")
def planted():
    """A line, a parabola, a ring, a product and a class, among noise."""
    rng = np.random.default_rng(11)
    x, y, angle, group = (rng.standard_normal(ROWS) for _ in range(4))
    return pd.DataFrame(
        {
            "x": x,
            "line": x + rng.standard_normal(ROWS),
            "y": y,
            "parabola": y**2 + 0.5 * rng.standard_normal(ROWS),
            "cosine": np.cos(9 * angle) + 0.1 * rng.standard_normal(ROWS),
            "sine": np.sin(9 * angle) + 0.1 * rng.standard_normal(ROWS),
            "z": rng.standard_normal(ROWS),
            "colour": np.where(group > 0.5, "red", np.where(group > -0.5, "green", "blue")),
            "number": group + 0.5 * rng.standard_normal(ROWS),
            "gappy": np.where(np.arange(ROWS) < 50, np.nan, rng.standard_normal(ROWS)),
            "grade": rng.integers(1, 6, ROWS),
        }
    ).assign(product=lambda f: f["z"] * rng.standard_normal(ROWS))


PLANTED = [
    {"x", "line"},
    {"y", "parabola"},
    {"cosine", "sine"},
    {"z", "product"},
    {"colour", "number"},
]


@pytest.fixture(scope="module")
def found(estimator, planted):
    return survey(estimator, table_from_frame(planted))


def test_a_row_a_pair_the_strongest_first(found):
    assert tuple(found.pairs.columns) == COLUMNS
    assert len(found.pairs) == found.n_tested == 12 * 11 // 2
    assert found.pairs.mutual_information.is_monotonic_decreasing
    quantiles = found.pairs[["low", "q25", "median", "q75", "high"]].to_numpy()
    assert (np.diff(quantiles) >= 0).all()


def test_a_row_is_the_posterior_of_its_pair(found, planted):
    for x, y in (("x", "line"), ("colour", "number"), ("gappy", "x")):
        row = next(r for r in found.pairs.itertuples() if {r.x, r.y} == {x, y})
        shared = planted[[row.x, row.y]].dropna()
        posterior = estimate(shared[row.x], shared[row.y])
        assert row.mutual_information == pytest.approx(posterior.mean, abs=1e-5)
        assert (row.low, row.high) == pytest.approx(posterior.interval(0.9), abs=1e-5)
        assert row.rows == len(shared)


def test_what_was_planted_heads_the_list_and_is_no_chance(found):
    head = found.pairs.head(len(PLANTED))
    pairs = [{row.x, row.y} for row in head.itertuples()]
    assert all(pair in pairs for pair in PLANTED)
    assert (head.q < 0.05).all()
    assert set(found.pairs.p_from) <= {"stored null", "tail", "permutation"}


def test_correlation_misses_all_but_the_line(found):
    rows = found.pairs.head(len(PLANTED))
    missed = {frozenset((r.x, r.y)): r.missed_by_correlation for r in rows.itertuples()}
    assert not missed[frozenset(("x", "line"))]
    assert all(missed[frozenset(pair)] for pair in PLANTED[1:4])


def test_correlations_are_those_of_pandas(found, planted):
    row = next(r for r in found.pairs.itertuples() if {r.x, r.y} == {"gappy", "grade"})
    for method in ("pearson", "spearman"):
        expected = planted["gappy"].corr(planted["grade"], method=method)
        assert getattr(row, method) == pytest.approx(expected)


def test_one_target_or_groups(estimator, planted):
    table = table_from_frame(planted)
    one = survey(estimator, table, "line").pairs
    assert one.x[0] == "x" and set(one.y) == {"line"} and len(one) == 11
    groups = survey(estimator, table, ["colour", "line"], [["x", "number"], ["grade"]]).pairs
    assert groups.x.tolist() == ["x + number", "grade"] and groups.y[0] == "colour + line"
    assert groups.p[0] <= 0.001 and groups.q[1] > 0.05
    assert groups.pearson.isna().all()


def test_results_come_as_they_are_found_and_the_survey_can_be_ended(estimator, planted):
    wide = pd.concat([planted.add_suffix(str(k)) for k in range(2)], axis=1)
    table = table_from_frame(wide)
    seen = []

    def is_enough():
        return len(seen[-1].pairs) > 0

    found = survey(estimator, table, progress=seen.append, cancelled=is_enough, max_rows=100)
    assert found.cancelled and found.is_done
    assert 0 < len(found.pairs) < found.n_tested
    assert seen[0].pairs.empty and seen[-1].seconds_left > 0
    for partial in surveys(estimator, table, max_rows=100):
        assert partial.total == found.n_tested
        break


def test_where_there_are_many_pairs_those_with_gaps_are_cut_to_few_lengths(
    estimator, planted, monkeypatch
):
    monkeypatch.setattr(asking, "MANY", 3)
    table = table_from_frame(planted[["x", "line", "y", "gappy"]])
    rows = survey(estimator, table).pairs.set_index(["x", "y"]).rows
    assert rows["x", "line"] == ROWS
    assert len({rows[name, "gappy"] for name in ("x", "line", "y")}) == 1
    assert 0.98 * 250 <= rows["x", "gappy"] < 250


def test_rows_are_drawn_and_repeated_rows_count_once(estimator, planted):
    twice = pd.concat([planted] * 2, ignore_index=True)
    found = survey(estimator, table_from_frame(twice), "x")
    assert (found.n_rows, found.n_drawn, found.n_repeated) == (600, 600, 300)
    once = survey(estimator, table_from_frame(planted), "x")
    pd.testing.assert_frame_equal(found.pairs, once.pairs)
    assert survey(estimator, table_from_frame(planted), "x", max_rows=90).n_drawn == 90


def test_what_was_left_out_says_why(estimator, planted):
    table = table_from_frame(
        planted.assign(same="here", rare=[0.5, 0.1, 0.9] + [np.nan] * (ROWS - 3))
    )
    found = survey(estimator, table, "x")
    reasons = {x: reason for x, _, reason in found.left_out}
    assert "same value" in reasons["same"] and "3 complete rows" in reasons["rare"]


def test_what_cannot_be_asked_is_a_sentence(estimator, planted):
    table = table_from_frame(planted)
    with pytest.raises(TableError, match="no column 'weight'"):
        survey(estimator, table, "weight")
    with pytest.raises(TableError, match="on both sides"):
        survey(estimator, table, "x", [["x", "y"]])
    with pytest.raises(TableError, match="complete rows"):
        survey(estimator, table_from_frame(planted[:3]))

"""The common test set: the same datasets for all weights, judged once, compared in pairs."""

import numpy as np
import pandas as pd
import pytest

from mist_core.calibration.study import Study
from mist_core.inference.estimator import MISTEstimator
from mist_core.paths import RESULTS
from mist_core.weights import common_test
from mist_core.weights.common_test import estimates, known_scores, lead, mean, scored

SMALL = Study("general", (20, 60), (1, 3), 16, 3)


@pytest.fixture(scope="module")
def pair():
    return MISTEstimator.load("paper"), MISTEstimator.load("classic")


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path))
    monkeypatch.setattr(common_test, "STUDY", SMALL)
    return tmp_path


def test_all_weights_answer_the_same_datasets(small, pair):
    first, second = (common_test.judged(estimator) for estimator in pair)
    assert list(first.truth) == list(second.truth)
    assert not np.allclose(first.score, second.score)


def test_a_file_is_judged_once(small, pair, monkeypatch):
    before = scored(pair[0])
    monkeypatch.setattr(common_test, "judged", lambda *args: pytest.fail("judged again"))
    pd.testing.assert_frame_equal(scored(pair[0]), before)
    assert known_scores(pair[1].sha256) is None


def test_another_test_set_is_judged_anew(small, pair, monkeypatch):
    scored(pair[0])
    monkeypatch.setattr(common_test, "STUDY", Study("general", (20, 60), (1, 3), 16, 4))
    assert known_scores(pair[0].sha256) is None


@pytest.mark.parametrize("damage", [b"", b"PAR1 nonsense", None])
def test_a_damaged_file_counts_as_none(small, pair, damage):
    scored(pair[0])
    (path,) = (small / "common-test").glob("*.parquet")
    if damage is None:
        pd.DataFrame({"a": [1]}).to_parquet(path)
    else:
        path.write_bytes(damage)
    assert known_scores(pair[0].sha256) is None


def test_weights_have_no_lead_over_themselves_and_opposite_leads_over_each_other():
    a = pd.DataFrame({"score": np.arange(8.0), "error": -1.0, "held": 1.0})
    b = a.assign(score=a.score + np.repeat([1, 3], 4))
    assert lead(a, a).value == 0
    assert lead(a, b).value == -lead(b, a).value == 2
    assert lead(a, b).standard_error == pytest.approx(1)  # of two clusters, 1 and 3
    assert estimates(a)["error"].value == 1 and estimates(a)["coverage"].value == 1


def test_errors_are_clustered_by_shape():
    alike = pd.Series(np.repeat([0.0, 1.0], 4).tolist() * 10)
    mixed = pd.Series([0.0, 1.0] * 40)
    assert mean(alike).value == mean(mixed).value == 0.5
    assert mean(alike).standard_error > mean(mixed).standard_error == 0


def test_what_is_shipped_is_of_this_test_set():
    shipped = pd.read_parquet(RESULTS / common_test.SHIPPED)
    first = next(common_test.STUDY.draws())[1]
    for _, rows in shipped.groupby("weights"):
        np.testing.assert_allclose(rows.truth.head(4), first.mutual_information, atol=1e-5)
        assert len(rows) == common_test.STUDY.n_datasets

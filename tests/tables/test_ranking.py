"""A scan ranks columns by information, each on its own complete rows, and says what to mind."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core.errors import TableError
from mist_core.inference.inputs import read_pair
from mist_core.inference.posterior import Posterior
from mist_core.tables.ranking import complete_rows, scan
from mist_core.tables.table import table_from_frame


class GaussianEstimator:
    """Canonical correlations in closed form; remembers the batches it was given."""

    def __init__(self):
        self.batches = []

    def posteriors(self, pairs):
        self.batches.append([len(x) for x, _ in pairs])
        return [self._posterior(*read_pair(x, y)) for x, y in pairs]

    def _posterior(self, x, y) -> Posterior:
        bases = [
            np.linalg.svd(v - v.mean(0), full_matrices=False)[0][:, : v.shape[1]]
            for v in (x.numpy(), y.numpy())
        ]
        rho = np.linalg.svd(bases[0].T @ bases[1], compute_uv=False).clip(0, 0.999)
        mean = -0.5 * np.log1p(-(rho**2)).sum()
        return Posterior(mean, (0.05, 0.5, 0.95), (mean / 2, mean, 2 * mean), 0.5)


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    target = rng.normal(size=400)
    noise = rng.normal(size=(400, 3))
    return pd.DataFrame(
        {
            "weak": target + 3 * noise[:, 0],
            "strong": target + 0.3 * noise[:, 1],
            "none": noise[:, 2],
            "target": target,
        }
    )


def ranking_of(frame, target=("target",), sources=None, **options):
    return scan(GaussianEstimator(), table_from_frame(frame), target, sources, **options)


def test_columns_come_in_the_order_of_their_information(frame):
    ranking = ranking_of(frame)
    assert [a.name for a in ranking.associations] == ["strong", "weak", "none"]
    assert list(ranking.to_frame()["column"]) == ["strong", "weak", "none"]


def test_bits_are_nats_over_ln_2_and_the_correlation_has_no_unit(frame):
    nats, bits = (ranking_of(frame).to_frame(unit) for unit in ("nats", "bits"))
    np.testing.assert_allclose(bits["MI (bits)"] * math.log(2), nats["MI (nats)"])
    np.testing.assert_allclose(bits["as a correlation"], nats["as a correlation"])


def test_for_gaussians_the_correlation_is_theirs(frame):
    best = ranking_of(frame).associations[0]
    assert best.correlation == pytest.approx(frame["strong"].corr(frame["target"]), abs=1e-6)


def test_a_gap_costs_a_row_only_where_it_stands(frame):
    frame.loc[:99, "weak"] = np.nan
    used = {a.name: a.n_samples for a in ranking_of(frame).associations}
    assert used == {"strong": 400, "weak": 300, "none": 400}


def test_pairs_of_one_length_are_one_call(frame):
    frame.loc[:99, "weak"] = np.nan
    estimator = GaussianEstimator()
    scan(estimator, table_from_frame(frame), ["target"])
    assert sorted(estimator.batches) == [[300], [400, 400]]


def test_progress_ends_at_all_pairs(frame):
    seen = []
    ranking_of(frame, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3) and seen == sorted(seen)


def test_columns_taken_together_tell_at_least_as_much_as_each(frame):
    sources = [["weak"], ["none"], ["weak", "none"]]
    best, *others = ranking_of(frame, sources=sources).associations
    assert best.name == "weak + none"
    assert all(best.mutual_information >= a.mutual_information for a in others)


def test_a_long_table_is_thinned_to_the_same_rows_each_time(frame):
    table = table_from_frame(frame)
    rows = complete_rows(table, ["weak"], max_rows=50)
    assert len(set(rows)) == 50 and np.array_equal(rows, np.sort(rows))
    assert np.array_equal(rows, complete_rows(table, ["target"], max_rows=50))
    ranking = ranking_of(frame, max_rows=50)
    assert (ranking.n_drawn, ranking.n_rows) == (50, 400)


def test_classes_set_a_ceiling_at_their_entropy(frame):
    frame["label"] = np.repeat(["a", "b", "c", "d"], 100)
    ceilings = {a.name: a.ceiling for a in ranking_of(frame).associations}
    assert ceilings["label"] == pytest.approx(math.log(4))
    assert ceilings["weak"] == math.inf


def test_an_estimate_above_the_entropy_of_the_classes_is_flagged(frame):
    frame["label"] = np.where(np.arange(400) < 4, "rare", "usual")
    frame["target"] = frame["label"].eq("rare") + 0.0
    frame["target"] += 0.01 * frame["none"]
    assert flags_of(frame)["label"] == "more than the classes can tell"


def flags_of(frame) -> dict[str, str]:
    ranking = ranking_of(frame, sources=[[name] for name in frame if name != "target"])
    return {a.name: "; ".join(a.flags) for a in ranking.associations}


def test_flags_tell_what_to_be_careful_about(frame):
    frame["twin"] = np.exp(-frame["target"])
    frame["constant"] = 1.0
    frame["often zero"] = frame["none"].clip(lower=0)
    flags = flags_of(frame)
    assert flags["weak"] == ""
    assert flags["twin"] == "copy of the target"
    assert flags["constant"] == "constant: constant"
    assert flags["often zero"].startswith("many ties: often zero has one value in ")
    assert flags_of(frame.head(20))["weak"] == "only 20 rows"


def test_renamed_classes_are_a_copy_and_a_coarser_class_is_not(frame):
    frame["target"] = np.tile(["x", "y", "z", "z"], 100)
    frame["renamed"] = frame["target"].map({"x": "1", "y": "2", "z": "3"})
    frame["coarser"] = frame["target"].map({"x": "1", "y": "1", "z": "3"})
    flags = flags_of(frame)
    assert "copy of the target" in flags["renamed"]
    assert "copy of the target" not in flags["coarser"]


def test_columns_that_cannot_be_used_are_named_with_the_reason(frame):
    frame["row"] = np.arange(400.0)
    frame["sparse"] = [1.5, 2.5, 3.5] + [np.nan] * 397
    left_out = dict(ranking_of(frame).left_out)
    assert "row number" in left_out["row"]
    assert left_out["sparse"] == "3 complete rows, 4 needed"


def test_a_sentence_says_it_in_words_and_owns_up_to_doubt(frame):
    ranking = ranking_of(frame)
    strong, *_, none = ranking.associations
    assert "strong tells most about target" in ranking.sentence("bits")
    assert "Knowing strong tells" in strong.sentence("target")
    assert none.sentence("target").endswith("They may well be independent.")


def test_where_every_other_column_was_left_out_it_says_which_and_why(frame):
    frame = pd.DataFrame({"name": [f"n{i}" for i in range(400)], "target": frame["target"]})
    with pytest.raises(TableError, match=r"name \(every text is different.*Read one of them as"):
        ranking_of(frame)


def test_all_rows_are_used_however_many():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(20_000, 2)), columns=["x", "target"])
    ranking = ranking_of(frame)
    assert (ranking.n_drawn, ranking.associations[0].n_samples) == (20_000, 20_000)


def test_impossible_choices_are_refused_with_what_to_do(frame):
    with pytest.raises(TableError, match="Choose a target"):
        ranking_of(frame, target=())
    with pytest.raises(TableError, match="Choose at least one column"):
        ranking_of(frame, sources=[])
    with pytest.raises(TableError, match="weak: on both sides"):
        ranking_of(frame, target=["weak", "none"], sources=[["strong"], ["weak"]])
    with pytest.raises(TableError, match="no column 'height'"):
        ranking_of(frame, target=["height"])
    with pytest.raises(TableError, match="4 complete rows"):
        ranking_of(frame.head(3))

"""Two sides share their complete rows, and an answer about them comes with what to mind."""

import math

import numpy as np
import pandas as pd
import pytest

from mist_core.inference.posterior import Posterior
from mist_core.tables.association import Association
from mist_core.tables.pairs import associated, complete_rows, side
from mist_core.tables.table import table_from_frame


def told(mean: float) -> Posterior:
    return Posterior(mean, (0.05, 0.5, 0.95), (mean / 2, mean, 2 * mean), 0.5)


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    target = rng.normal(size=400)
    noise = rng.normal(size=(400, 2))
    return pd.DataFrame({"weak": target + 3 * noise[:, 0], "none": noise[:, 1], "target": target})


def about(frame: pd.DataFrame, name: str, mean: float = 0.1) -> Association:
    table = table_from_frame(frame)
    rows = complete_rows(table, (name, "target"))
    return associated(side(table, (name,), rows), side(table, ("target",), rows), told(mean))


def flags_of(frame: pd.DataFrame, name: str, mean: float = 0.1) -> str:
    return "; ".join(about(frame, name, mean).flags)


def test_for_gaussians_the_correlation_is_theirs(frame):
    found = about(frame, "weak", -0.5 * math.log1p(-(0.8**2)))
    assert found.correlation == pytest.approx(0.8)


def test_a_gap_costs_a_row_only_where_it_stands(frame):
    frame.loc[:99, "weak"] = np.nan
    assert about(frame, "weak").n_samples == 300 and about(frame, "none").n_samples == 400


def test_a_long_table_is_thinned_to_the_same_rows_each_time(frame):
    table = table_from_frame(frame)
    rows = complete_rows(table, ["weak"], max_rows=50)
    assert len(set(rows)) == 50 and np.array_equal(rows, np.sort(rows))
    assert np.array_equal(rows, complete_rows(table, ["target"], max_rows=50))


def test_classes_set_a_ceiling_at_their_entropy(frame):
    frame["label"] = np.repeat(["a", "b", "c", "d"], 100)
    assert about(frame, "label").ceiling == pytest.approx(math.log(4))
    assert about(frame, "weak").ceiling == math.inf


def test_an_estimate_above_the_entropy_of_the_classes_is_flagged(frame):
    frame["label"] = np.where(np.arange(400) < 4, "rare", "usual")
    assert flags_of(frame, "label", 0.2) == "more than the classes can tell"
    assert flags_of(frame, "label", 0.02) == ""


def test_flags_tell_what_to_be_careful_about(frame):
    frame["twin"] = np.exp(-frame["target"])
    frame["constant"] = 1.0
    frame["often zero"] = frame["none"].clip(lower=0)
    assert flags_of(frame, "weak") == ""
    assert flags_of(frame, "twin") == "copy of the target"
    assert flags_of(frame, "constant") == "constant: constant"
    assert flags_of(frame, "often zero").startswith("many ties: often zero has one value in ")
    assert flags_of(frame.head(20), "weak") == "only 20 rows"


def test_renamed_classes_are_a_copy_and_a_coarser_class_is_not(frame):
    frame["target"] = np.tile(["x", "y", "z", "z"], 100)
    frame["renamed"] = frame["target"].map({"x": "1", "y": "2", "z": "3"})
    frame["coarser"] = frame["target"].map({"x": "1", "y": "1", "z": "3"})
    assert "copy of the target" in flags_of(frame, "renamed")
    assert "copy of the target" not in flags_of(frame, "coarser")


def test_a_sentence_owns_up_to_doubt(frame):
    sure, none = about(frame, "weak", 0.3), about(frame, "none", 0.001)
    assert sure.sentence("target", "bits").startswith("Knowing weak tells 0.43 bits about target")
    assert none.sentence("target").endswith("They may well be independent.")

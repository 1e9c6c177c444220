"""The charts of a run say what its points hold, with few points and with many."""

import json

import numpy as np
import pytest

from mist_core.charts import to_svg
from mist_core.jobs import findings
from mist_core.jobs.comparison import (
    Comparison,
    beside_published,
    read_comparisons,
    write_comparisons,
)
from mist_core.jobs.figures import START
from mist_core.jobs.findings import gain, losses, truths
from mist_core.jobs.progress import beats_start, reliability
from mist_core.networks.scoring import CENTRAL

GAIN = Comparison("your laws", 384, 0.2, 0.1, 0.01, 0.8, 0.9)
LOSS = Comparison("published laws", 384, 0.1, 0.12, 0.5, 0.9, 0.85)


def point(minute, loss=0.2, start=None):
    scores = {"loss": loss, "mae": 0.1, "mse": 0.02}
    scores |= {f"coverage_{percent}": percent / 100 for percent in CENTRAL}
    return {
        "minutes": minute,
        "train_loss": 1.1 * loss,
        "validation": scores,
        "start": None if start is None else {**scores, "loss": start},
    }


@pytest.mark.parametrize("count", [1, 2, 5, 400])
def test_losses_and_reliability_are_drawn_from_the_first_point_on(count):
    points = [point(k, 0.5 / (k + 1)) for k in range(count)]
    for found in (losses(points), findings.reliability(points)):
        assert "<svg" in to_svg(found.sheet())


def test_few_evaluations_are_drawn_however_many_there_are():
    minutes = set(findings.reliability([point(k) for k in range(400)]).table.minutes)
    assert 399 in minutes and 2 <= len(minutes) <= 6


def test_the_line_to_beat_is_drawn_only_where_there_is_one():
    assert START not in to_svg(losses([point(0), point(1)]).sheet())
    assert START in to_svg(losses([point(0, start=0.3), point(1, start=0.3)]).sheet())


def test_reliability_pairs_what_is_promised_with_what_is_found():
    pairs = reliability(point(0)["validation"])
    assert pairs[0] == (0.1, 0.1) and pairs[-1] == (0.99, 0.99) and len(pairs) == len(CENTRAL)


def test_a_sentence_says_on_which_side_of_the_start_the_loss_is():
    assert "10.0\u00a0% below the starting weights' 0.2" in beats_start(point(0, 0.18, start=0.2))
    assert "10.0\u00a0% above the starting weights' 0.2" in beats_start(point(0, 0.22, start=0.2))
    assert "starting" not in beats_start(point(0))


@pytest.mark.parametrize("values", [np.zeros(5), np.array([0.0, 0.3, 40.0])])
def test_all_truths_are_counted(values):
    assert truths(values, "bits").table.datasets.sum() == len(values)


def test_gain_and_forgetting_are_told_in_the_unit_shown():
    assert "fell by 50\u00a0%, from 0.200 to 0.100 nats" in GAIN.sentence("nats")
    assert "fell by 50\u00a0%, from 0.289 to 0.144 bits" in GAIN.sentence("bits")
    assert "rose by 20\u00a0%" in LOSS.sentence("nats")
    assert "0.289" in to_svg(gain([GAIN, LOSS], "bits").sheet())


def test_the_published_errors_are_beaten_only_if_both_are():
    assert "0.010 nats², below the 0.28 and 0.12" in beside_published(GAIN)
    assert "not below both" in beside_published(LOSS)


def test_comparisons_come_back_as_they_were_kept(tmp_path):
    write_comparisons(tmp_path / "kept.json", [GAIN, LOSS])
    assert [c.mae_after for c in read_comparisons(tmp_path / "kept.json")] == [0.1, 0.12]


def test_a_comparison_kept_by_an_earlier_version_still_opens(tmp_path):
    kept = GAIN.to_dict() | {"mse_before": 0.04}
    del kept["wis_before"], kept["wis_after"]
    (tmp_path / "kept.json").write_text(json.dumps([kept]))
    (found,) = read_comparisons(tmp_path / "kept.json")
    assert (found.mae_before, found.coverage_after) == (0.2, 0.9) and np.isnan(found.wis_after)


@pytest.mark.parametrize("content", ["", "{", "3", "[1]", '[{"bench": "x"}]', "null"])
def test_comparisons_that_are_damaged_are_none(tmp_path, content):
    (tmp_path / "kept.json").write_text(content)
    assert read_comparisons(tmp_path / "kept.json") is None
    assert read_comparisons(tmp_path / "nowhere.json") is None

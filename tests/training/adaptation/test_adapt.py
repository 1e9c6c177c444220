"""Adapting to a table: from a CSV to judged weights, and its place on the Train page."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mist_core.__main__ import main
from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.commands import adapt
from mist_core.errors import JobError
from mist_core.jobs import comparison
from mist_core.jobs.comparison import HELD_OUT, Comparison, benches
from mist_core.jobs.plan import Plan
from mist_core.priors.like_table import LikeTable
from mist_core.priors.paper import Paper
from mist_core.priors.spec import Mixed, from_text, to_text
from mist_core.priors.synthesis import flow
from mist_core.training import shards, trainer
from mist_core.training.adaptation import side
from mist_core.training.rehearsal import rehearsed
from mist_core.weights import library
from tests.training.test_trainer import WritersInside

TRAIN = Path(__file__).parents[3] / "pages/train.py"
SIDES = LikeTable("0" * 64, (10, 20))


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    """A data folder of its own, flows hardly fitted, and few draws to judge by."""
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(flow, "MOST_STEPS", 5)
    monkeypatch.setattr(comparison, "DRAWS", 1)
    monkeypatch.setattr(shards, "VALIDATION_PART", 64)
    monkeypatch.setattr(trainer, "FAMILY_DATASETS", 64)
    monkeypatch.setattr(adapt, "DRAWS", {HELD_OUT: 1})


@pytest.fixture
def start(tiny_weights, monkeypatch):
    """The weights "tiny", with the card of a finished run on small published laws."""
    checkpoint = load_checkpoint(tiny_weights)
    run = {"meta": "x", "seed": 9, "earlier_runs": [], "steps": 1, "datasets": 1, "minutes": 1.0}
    meta = to_text(Paper(rows=(10, 30), dims=(2, 3)))
    card = checkpoint.card | run | {"meta": meta, "run": run, "curve": []}
    save_checkpoint(tiny_weights, checkpoint.tensors, card)
    monkeypatch.setattr(library, "path_of", lambda name: tiny_weights)
    return tiny_weights


def write_table(path, count=90):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, count))
    rows = zip(a, a + b, a + rng.normal(size=count), strict=True)
    lines = ["first,second,third", *(f"{x:.4f},{y:.4f},{z:.4f}" for x, y, z in rows)]
    path.write_text("\n".join(lines))
    return str(path)


def test_from_a_csv_to_judged_weights_in_seconds(tmp_path, start, monkeypatch, capsys):
    monkeypatch.setattr(trainer, "Writers", WritersInside)
    out, report = tmp_path / "mine.safetensors", tmp_path / "report"
    sides = ["--x", "first,second", "--y", "third", "--weights", "tiny"]
    settings = ["--minutes", "0.005", "--shard-size", "64", "--batch-size", "16"]
    places = ["--out", str(out), "--report", str(report)]
    command = ["adapt", write_table(tmp_path / "t.csv"), *sides, *settings, *places]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "one flow of 2 columns" in said and "one column needs no flow" in said
    assert "weighted interval score" in said and str(out) in said
    found = from_text(load_checkpoint(out).card["meta"])
    assert isinstance(found, Mixed) and isinstance(found.parts[0], LikeTable)
    stored = json.loads(report.with_suffix(".json").read_text())
    assert stored["comparisons"][0]["bench"] == HELD_OUT
    assert set(stored["sides"]) == {"x", "y"} and set(stored["weights"]) == {"before", "after"}


@pytest.mark.parametrize(
    ("table", "x", "words"),
    [("no-such.csv", "a", "none of Diabetes"), ("Athletes", "chins,jumps", "20 complete rows")],
)
def test_a_table_that_cannot_be_adapted_to_is_a_sentence(table, x, words, capsys):
    assert main(["adapt", table, "--x", x, "--y", "waist"]) == 1
    assert words in capsys.readouterr().err


def test_rehearsal_mixes_in_what_the_weights_have_learned(start):
    mixed = rehearsed(SIDES, start, 0.25)
    assert mixed.shares == (0.75, 0.25)
    assert mixed.parts[0] == SIDES and isinstance(mixed.parts[1], Paper)
    assert rehearsed(SIDES, start, 0) == SIDES
    with pytest.raises(JobError, match="from 0 to below 1"):
        rehearsed(SIDES, start, 1.0)


def test_a_run_on_a_table_is_also_judged_on_rows_held_out():
    plan = Plan(to_text(Mixed((SIDES, Paper()), (0.5, 0.5))), 1.0, 1)
    (bench,) = [bench for bench in benches(plan) if bench.name == HELD_OUT]
    assert bench.meta == LikeTable("0" * 64, (10, 20), held_out=True)
    assert HELD_OUT not in [bench.name for bench in benches(Plan("paper", 1.0, 1))]


def test_the_change_of_the_interval_score_is_in_the_sentence():
    scores = dict.fromkeys(("mae_before", "mae_after", "mse_after"), 0.1)
    found = Comparison(HELD_OUT, 16, **scores, coverage_before=0.8, coverage_after=0.9)
    judged = Comparison.of(found.to_dict() | {"wis_before": 0.2, "wis_after": 0.15})
    assert judged.wis_change == pytest.approx(-0.25)
    assert "fell by 25\u00a0%, from 0.200 to 0.150 nats" in judged.interval_sentence("nats")
    assert "from 0.289 to 0.216 bits" in judged.interval_sentence("bits")


def test_the_train_page_shows_a_table_beside_its_imitation():
    app = AppTest.from_file(str(TRAIN), default_timeout=300)
    app.query_params["train-data"] = "data like a table's"
    app.run()
    assert not app.exception and not app.error
    said = " ".join(text.value for text in app.markdown)
    assert "one flow of 6 columns" in said and "one column needs no flow" in said
    charts = len(app.get("vega_lite_chart"))
    assert charts == 1 + 7 + 12  # the truths, every column, and six pairs twice
    y = next(box for box in app.multiselect if box.label == "Y")
    y.set_value([]).run()
    assert not app.exception
    assert "at least one column for Y" in app.error[0].value


def test_too_few_rows_are_a_sentence_before_anything_is_fitted(monkeypatch):
    monkeypatch.setattr(side, "fit_side", None)
    assert main(["adapt", "Athletes", "--x", "chins", "--y", "waist"]) == 1

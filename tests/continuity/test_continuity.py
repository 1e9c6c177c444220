"""What was written before the rooms were furnished still opens: kept/ is of 26 November 2026.

Weights with all parts a network had by then, two background runs (one finished, one paused), a
stored result, and addresses of pages.
"""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mist_core.inference.estimator import MISTEstimator
from mist_core.jobs.plan import weights_path
from mist_core.jobs.progress import read_progress
from mist_core.jobs.queue import JobQueue
from mist_core.leaderboard.board import board
from mist_core.leaderboard.results import read
from mist_core.statistics.summary import GAUSSIAN_BLOCKS
from mist_core.training.config import TrainConfig
from mist_core.training.control import Mailbox
from mist_core.training.trainer import Trainer
from mist_core.weights import library
from tests.inference.reference import datasets

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "kept"
FINISHED, PAUSED = "0123456789abcdef" * 2, "fedcba9876543210" * 2


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A data folder as somebody left it."""
    monkeypatch.setenv("MIST_HOME", str(tmp_path))
    shutil.copytree(KEPT / "jobs", tmp_path / "jobs")
    return tmp_path


def test_weights_are_imported_and_answer_as_they_did():
    library.import_weights(gzip.decompress((KEPT / "weights.safetensors.gz").read_bytes()), "old")
    estimator = MISTEstimator.load(library.path_of("old"), device="cpu")
    data = datasets()
    for name, numbers in json.loads((KEPT / "answers.json").read_text()).items():
        found = estimator.posterior(*data[name])
        answer = [found.mean, *found.quantiles, found.in_family]
        np.testing.assert_allclose(answer, numbers, rtol=1e-6, atol=1e-6)


def test_runs_are_listed_with_their_plans_progress_and_weights():
    queue = JobQueue()
    finished, paused = queue.refresh()
    assert (finished.id, finished.state, finished.kept) == (FINISHED, "finished", "rings")
    assert (paused.id, paused.state) == (PAUSED, "paused")
    assert (paused.plan.meta, paused.plan.minutes, paused.plan.seed) == ("paper", 5.0, 3)
    assert [point["steps"] for point in read_progress(queue.run_folder(FINISHED))] == [1, 6]
    MISTEstimator.load(weights_path(queue.run_folder(FINISHED)))


def test_a_paused_run_goes_on_where_it_stood(home):
    folder = home / "jobs" / PAUSED
    network = {"architecture": "mist", "encoder_dim": 0, "hidden_dim": 8, "num_layers": 1}
    config = TrainConfig(
        meta="paper",
        out=folder / "weights.safetensors",
        folder=folder,
        network=network | {"blocks": GAUSSIAN_BLOCKS},
        most_steps=9,
        seed=3,
        batch_size=16,
        shard_size=32,
        workers=1,
        max_datasets=64,
        validation=16,
        minutes=5,
    )
    points = []
    Trainer(config, points.append, Mailbox(folder)).run()
    assert points[0]["steps"] > 6 and points[-1]["steps"] == 9


def test_a_stored_result_joins_the_leaderboard():
    results = read("bmi40", KEPT)
    assert results.unreadable == ()
    assert set(results.table.estimator) == {"mine", "infonce", "nwj", "donsker-varadhan"}
    table = board("bmi40", results.scores)
    mine = table[table.title == "MINE"].set_index("n").error
    assert mine["n = 1,000"] == pytest.approx(0.3877, abs=1e-4)


@pytest.mark.parametrize(
    ("page", "address", "widgets", "words"),
    [
        (
            "explore",
            {
                "law": "student-dense",
                "dim_x": "3",
                "df": "5",
                "seed": "7",
                "rows": "200",
                "transforms": "half-cube",
            },
            {"law": "student-dense", "dim_x": 3, "df": 5.0, "seed": 7, "rows": 200},
            "the truth, **0.41**",
        ),
        (
            "explore",
            {"dataset": "mtest/normal-dense-base/36/3/0/4"},
            {},
            "the truth, **0.19**",
        ),
        (
            "benchmark",
            {"benchmark": "bmi's tasks", "target": "0.2"},
            {"target": 0.2},
            "mean absolute error (nats)",
        ),
        (
            "inspect_csv",
            {"table": "Wine", "target-Wine": "alcohol"},
            {"target-Wine": "alcohol"},
            "tells most about **alcohol**",
        ),
        ("train", {"run": FINISHED}, {}, "It has finished"),
    ],
)
def test_a_copied_address_shows_what_it_showed(page, address, widgets, words):
    app = AppTest.from_file(str(ROOT / f"pages/{page}.py"), default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert [error.value for error in (*app.exception, *app.error)] == []
    kinds = (app.selectbox, app.slider, app.select_slider, app.multiselect)
    shown = {widget.key: widget.value for kind in kinds for widget in kind}
    assert {key: shown[key] for key in widgets} == widgets
    assert words in " ".join(text.value for text in app.markdown).replace("\\", "")

"""The benchmark page: finished before any click, from whatever is stored, never a traceback."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mist_core import paths
from mist_core.benchmarks.efficiency import known_laws
from mist_core.benchmarks.efficiency_scores import summarize_efficiency
from mist_core.benchmarks.provenance import save_result
from mist_core.benchmarks.tasks import tidy
from mist_core.leaderboard import uploads
from tests.benchmarks.tables import HARDWARE, answers, score, store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    """A folder with one small stored result."""
    store(tmp_path, "mtest-small", answers("mist-paper", error=0.1))
    store(tmp_path, "mtest-peer", answers("cca", error=0.5))
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    return tmp_path


def visit(page: str = "pages/benchmark.py", **parameters) -> AppTest:
    app = AppTest.from_file(str(ROOT / page), default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert [e.value for e in app.exception] == []
    return app


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption))


def test_figures_and_a_headline_stand_before_any_click(results):
    app = visit()
    assert "**MIST paper** has the lowest mean squared error" in app.markdown[0].value
    assert len(app.get("vega_lite_chart")) == 5
    assert "Half of 4 estimates are within 0.100 nats" in words(app)


def test_the_other_unit_changes_the_sentences(results):
    assert "within 0.144 bits" in words(visit(**{"benchmark-unit": "bits"}))


VIEWS = ["bmi's tasks", "Extended grids", "Self-consistency", "Conditional", "Selection"]
VIEWS += ["Efficiency", "Speed"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_benchmark_without_a_run_names_the_command_that_makes_one(results, view):
    app = visit(benchmark=view)
    assert not app.error and "python -m mist_core evaluate" in words(app)


def test_uploaded_predictions_join_the_leaderboard_for_the_session(results):
    app = visit()
    known = uploads.datasets(answers("cca"))
    filled = uploads.template(known).assign(estimate=1.0).to_csv(index=False).encode()
    table = uploads.judge("ours.csv", filled, known)
    scores = [score("ours.csv (yours)", 0.01)]
    app.session_state["benchmark-uploads"] = {"mtest": {"ours.csv": (table, scores)}}
    checked(app.run())
    assert "**ours\\.csv \\(yours\\)** has the lowest" in app.markdown[0].value
    app.selectbox(key="estimator").set_value("ours.csv (yours)")
    assert "only the answers are known" in words(checked(app.run()))
    app.button(key="off-ours.csv").click()
    assert "**MIST paper** has the lowest" in checked(app.run()).markdown[0].value


@pytest.mark.bmi
def test_a_check_and_a_time_can_be_had_again_here():
    app = visit(benchmark="Self-consistency")
    app.selectbox(key="recheck-estimator").set_value("cca")
    app.selectbox(key="recheck-check").set_value("symmetry")
    button = next(button for button in app.button if button.label == "Check it again")
    button.click()
    assert "changes by at most 0 nats" in words(checked(app.run()))
    app = visit(benchmark="Speed", **{"speed-dim": "1", "speed-n": "100"})
    button = next(
        button for button in app.button if button.label.startswith("Time all at 100 rows")
    )
    button.click()
    assert "times as long here" in words(checked(app.run()))


@pytest.mark.parametrize("nonsense", ["nonsense", "-1", "1e999", "", "<script>"])
def test_a_malformed_address_gives_the_defaults(results, nonsense):
    names = ("benchmark", "estimator", "amount", "target", "rows-mtest", "replay-count")
    app = visit(**dict.fromkeys(names, nonsense))
    assert not app.error and "**MIST paper**" in app.markdown[0].value


def test_explore_shows_the_dataset_of_an_address():
    app = visit("pages/explore.py", dataset="mtest/normal-dense-base/36/3/0/3", compare="CCA")
    assert "From 36 rows" in app.markdown[0].value
    assert "A dataset of a benchmark: mtest" in app.sidebar.caption[0].value
    app.sidebar.button[0].click()
    assert "From 500 rows" in checked(app.run()).markdown[0].value


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "No benchmark has a dataset nonsense"),
        ("mtest/normal-dense-base/36/99/0/3", "No benchmark has a dataset mtest/normal"),
        ("mtest-extended/normal-dense-base/1000000/32/0/0", "No benchmark has a dataset mtest"),
        ("mtest/![p](http://a.b/p.png)/36/3/0/3", "No benchmark has a dataset mtest/!"),
        ("mtest/normal-dense-base/036/3/0/3", "No benchmark has a dataset mtest/normal"),
    ],
)
def test_an_address_without_a_dataset_is_answered_with_one_sentence(address, sentence):
    app = visit("pages/explore.py", dataset=address, compare="CCA")
    said = [e.value.replace("\\", "") for e in (*app.error, *app.warning)]
    assert [words.startswith(sentence) for words in said] == [True]


def test_efficiency_tells_how_far_ours_is_from_the_least_error_that_is_possible(
    tmp_path, monkeypatch
):
    law = known_laws()["ball 1+1"]
    bound = law.deviation / 400**0.5
    key = {"task": law.group, "family": law.name, "part": "", "dim_x": 1, "dim_y": 1}
    key |= {"n_samples": 400, "seed": 0, "draw": 0, "truth": law.truth, "seconds": 0.1}
    errors = {"mist-general": 2, "mist-general-refined": 1, "cca": 8}
    rows = [
        key | {"estimator": name, "estimate": law.truth + error * bound}
        for name, error in errors.items()
    ]
    for row in rows:
        name, table = row["estimator"], tidy([row])
        summary = {"benchmark": "efficiency", "scores": summarize_efficiency(table)}
        ours = {name: {"sha256": "0"}} if name.startswith("mist") else {}
        origin = {"command": "c", "date": "2026-01-01", "hardware": HARDWARE, "weights": ours}
        save_result(tmp_path / name, summary | origin, table)
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    app = visit(benchmark="Efficiency")
    said = words(app)
    assert "From 400 rows **MIST general, refined** errs by 1 times the least error" in said
    assert "the nearest other, CCA, by 8 times" in said
    assert len(app.get("vega_lite_chart")) == 2

"""The Train and Weights pages: one click starts one run, every window sees it, weights are kept.

A stand-in for the trainer reports a point, waits for word, and leaves ready-made weights.
"""

import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mist_core.calibration.study import Study
from mist_core.jobs import comparison, process
from mist_core.jobs.job import PAUSED, RUNNING
from mist_core.jobs.queue import JobQueue
from mist_core.weights import common_test, library

ROOT = Path(__file__).parents[2]
STAND_IN = textwrap.dedent("""
    import argparse, json, pathlib, shutil, time
    parser = argparse.ArgumentParser()
    for name in ("out", "folder"): parser.add_argument("--" + name)
    options, _ = parser.parse_known_args()
    folder = pathlib.Path(options.folder)
    scores = {"loss": 0.2, "mae": 0.1, "mse": 0.02}
    scores |= {f"coverage_{p}": p / 100 for p in (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99)}
    point = {"minutes": 0.5, "minutes_left": 0.5, "steps": 10, "datasets": 2048, "start": None,
             "datasets_a_second": 70.0, "train_loss": 0.3, "validation": scores}
    (folder / "progress.jsonl").write_text(json.dumps(point) + "\\n")
    while not (folder / "request").exists(): time.sleep(0.02)
    if (folder / "request").read_text() == "stop": shutil.copyfile(WEIGHTS, options.out)
""")


@pytest.fixture(autouse=True)
def queue(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(comparison, "DRAWS", 1)
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN.replace("WEIGHTS", repr(str(ROOT / "weights/paper.safetensors"))))
    start = process.start

    def start_stand_in(command, log):
        return start([sys.executable, str(script), *command[4:]], log)

    monkeypatch.setattr(process, "start", start_stand_in)
    queue = JobQueue()
    yield queue
    for job in queue.refresh():
        queue.discard(job.id)


def visit(page="pages/train.py", **parameters):
    app = AppTest.from_file(str(ROOT / page), default_timeout=120)
    app.query_params.update(parameters)
    return app.run()


def click(app, label):
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


def begun(queue):
    """A window on a run that has reported."""
    app = click(visit(), "Demonstration: from scratch, 10 minutes")
    (job,) = queue.refresh()
    end = time.monotonic() + 20
    while not (queue.run_folder(job.id) / "progress.jsonl").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    return app, job


def until(queue, id, state):
    end = time.monotonic() + 20
    while queue.job(id).state != state:
        assert time.monotonic() < end
        time.sleep(0.05)


def charts(app):
    return len(app.get("vega_lite_chart"))


def test_before_any_click_the_page_shows_what_would_be_learned():
    app = visit()
    assert not app.exception and not app.error
    assert charts(app) == 1
    assert "half of them have between" in app.markdown[0].value


def test_the_demonstration_starts_from_scratch_on_the_published_laws(queue):
    app, job = begun(queue)
    assert app.query_params["run"] == job.id
    assert (job.plan.start, job.plan.minutes, job.plan.architecture) == (None, 10.0, "pairwise")


def test_twenty_refreshes_and_a_second_window_see_one_run(queue):
    app, job = begun(queue)
    for _ in range(20):
        app.run()
    other = visit(run=job.id)
    assert [j.id for j in queue.refresh()] == [job.id]
    assert charts(app) == charts(other) == 2
    assert "of 10 min left" in other.markdown[0].value


def test_a_run_paused_in_one_window_is_resumed_in_another(queue):
    app, job = begun(queue)
    click(app, "Pause")
    until(queue, job.id, PAUSED)
    click(visit(run=job.id), "Resume")
    assert queue.job(job.id).state == RUNNING


def test_finished_weights_are_judged_kept_and_made_the_default(queue):
    app, job = begun(queue)
    click(app, "Stop and use the weights")
    until(queue, job.id, "finished")
    app = visit(run=job.id)
    assert not app.exception and not app.error
    assert charts(app) == 3
    assert any("mean absolute error" in text.value for text in app.markdown)
    (verdict,) = (text.value for text in app.markdown if "common test set" in text.value)
    assert verdict.startswith("**No gain: discard.**") and " ± " in verdict  # beside general
    app.text_input[0].set_value("mine")
    click(app, "Keep")
    assert library.kept() == ["mine"]
    click(app, "Make it the default here")
    assert library.default() == "mine" and "the default here" in app.success[0].value
    assert visit("pages/weights.py").selectbox(key="weights").value == "mine"


def test_a_discarded_run_is_gone_and_the_page_says_so_once(queue):
    app, job = begun(queue)
    click(app, "Stop and use the weights")
    until(queue, job.id, "finished")
    app = visit(run=job.id)
    app.text_input[0].set_value("mine")
    click(app, "Keep")
    click(app, "Discard the run")
    assert not queue.refresh() and "run" not in app.query_params
    assert [told.value for told in app.toast] == ["The run is discarded. mine stays in Weights."]
    assert library.kept() == ["mine"] and not app.run().toast


def test_a_bad_name_is_a_sentence(queue):
    app, job = begun(queue)
    click(app, "Stop and use the weights")
    until(queue, job.id, "finished")
    app = visit(run=job.id)
    app.text_input[0].set_value("../../x")
    click(app, "Keep")
    assert "small letters" in app.error[0].value


def test_a_link_to_no_run_is_a_sentence():
    app = visit(run="' OR 1=1 --")
    assert not app.exception
    assert "no such run" in app.error[0].value


def test_laws_of_no_block_are_a_sentence():
    app = visit()
    next(group for group in app.button_group if group.label == "Blocks").set_value([]).run()
    assert not app.exception
    assert "one or more blocks" in app.error[0].value


def test_the_weights_page_lists_the_shipped_ones():
    app = visit("pages/weights.py")
    assert not app.exception and not app.error
    assert list(app.dataframe[0].value["name"]) == library.shipped()


def test_the_three_steps_stand_in_their_order(queue):
    steps = ["1. What data", "2. How long", "3. Watch"]
    assert [header.value for header in visit().header] == steps
    app, _ = begun(queue)
    assert app.header[0].value == steps[2]


def test_the_table_of_your_table_is_offered_and_taken():
    rng = np.random.default_rng(0)
    a, b, c = rng.standard_normal((3, 120)).round(3)
    rows = "\n".join(f"{x},{y},{z}" for x, y, z in zip(a, a + b, c, strict=True))
    app = AppTest.from_file(str(ROOT / "pages/train.py"), default_timeout=300)
    app.session_state["table-kept"] = ("mine.csv", f"left,middle,right\n{rows}".encode())
    app.query_params.update({"train-data": "data like a table's", "train-table": "your table"})
    app.run()
    assert not app.exception and not app.error
    x, y = (next(box for box in app.multiselect if box.label == side) for side in "XY")
    assert (x.value, y.value) == (["left", "middle"], ["right"])
    assert any("half of them have between" in text.value for text in app.markdown)


@pytest.mark.parametrize("kept", [True, False])
def test_your_table_leads_here(kept):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    if kept:
        content = "left,right\n" + "\n".join(f"{k % 7},{k % 5}" for k in range(90))
        app.session_state["table-kept"] = ("mine.csv", content.encode())
    app = app.switch_page("pages/inspect_csv.py").run()
    assert not app.exception
    links = [link.proto for link in app.get("page_link")]
    (there,) = (link for link in links if link.label.startswith("Train weights on data like"))
    assert ("train-table=" + ("your" if kept else "Diabetes")) in there.query_string


def test_the_weights_page_puts_all_on_one_test_set(monkeypatch):
    app = visit("pages/weights.py")
    assert any("On the same 400 datasets" in text.value for text in app.markdown)
    table = app.dataframe[1].value
    assert set(table["name"]) == set(library.shipped())
    assert not [button for button in app.button if button.label.startswith("Judge")]


def test_weights_that_were_not_judged_are_a_click_away(monkeypatch):
    small = Study("general", (20, 40), (1, 2), 8, 3)
    monkeypatch.setattr(common_test, "STUDY", small)
    monkeypatch.setattr(library, "shipped", lambda: ["paper", "classic"])
    monkeypatch.setattr(library, "default", lambda: "paper")
    app = visit("pages/weights.py")
    assert not app.exception
    click(app, "Judge paper and classic, half a minute each")
    assert any("On the same 8 datasets" in text.value for text in app.markdown)
    assert "half a minute" not in "".join(
        button.label for button in visit("pages/weights.py").button
    )


def test_the_spinner_of_the_drawing_has_a_line_of_its_own(monkeypatch):
    # That of a cached function has no height and lies over the heading below.
    seen, spinner = [], st.spinner
    monkeypatch.setattr(st, "spinner", lambda words: seen.append(words) or spinner(words))
    visit("pages/train.py")
    assert "Drawing …" in seen

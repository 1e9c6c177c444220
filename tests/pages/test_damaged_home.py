"""Whatever has become of any file of the data folder, every page stands and says what is wrong.

A folder with one of everything is made once; each test damages one file of a copy.
"""

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mist_core.jobs import comparison
from mist_core.jobs.job import FINISHED
from mist_core.jobs.plan import Plan, plan_path, weights_path
from mist_core.jobs.progress import POINT, SCORES
from mist_core.jobs.queue import JobQueue
from mist_core.training.run_lock import lock_path
from mist_core.weights import library
from tests.thoroughness import some
from tests.weights.test_hostile import CARD, network, packed

ROOT = Path(__file__).parents[2]
ID = "a" * 32
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
GARBAGE = b"\xff\xfe\x00 nothing of ours " * 500
SIDES = "sides/" + "0" * 64 + ".safetensors"


def make_home(home: Path) -> None:
    """A data folder with a finished run, kept weights that are the default, and more."""
    queue = JobQueue(home / "jobs")
    folder = queue.run_folder(ID)
    folder.mkdir(parents=True)
    plan = Plan("paper", 1.0, 1)
    weights = packed(json.dumps(CARD), network().state_dict())
    weights_path(folder).write_bytes(weights)
    plan_path(folder).write_text(json.dumps(plan.to_dict()))
    point = dict.fromkeys(POINT, 1.0) | {"steps": 5, "datasets": 9}
    point["validation"] = dict.fromkeys(SCORES, 0.5)
    (folder / "progress.jsonl").write_text(json.dumps(point) + "\n")
    compared = [
        comparison.Comparison(bench, 16, *[0.1] * 7).to_dict()
        for bench in (comparison.OWN, comparison.IN_FAMILY, comparison.EVERYTHING)
    ]
    (folder / "before-after.json").write_text(json.dumps(compared))
    for name in ("log.txt", "request", "heartbeat", "recipe.json", "state.safetensors"):
        (folder / name).write_text("1")
    (folder / "shard-000000.safetensors").write_bytes(weights)
    lock_path(folder).touch()
    with queue.store.transaction() as now:
        now.add(ID, plan, 1.0, FINISHED)
    (home / "weights").mkdir()
    (home / "weights" / "mine.safetensors").write_bytes(weights)
    (home / "default-weights.txt").write_text("mine")
    (home / "sides").mkdir()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    home = tmp_path_factory.mktemp("whole")
    make_home(home)
    return home


@pytest.fixture
def home(tmp_path, whole, monkeypatch):
    monkeypatch.setattr(comparison, "DRAWS", 1)
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    return shutil.copytree(whole, tmp_path / "home")


# Of the weights in this home nothing is stored: what Calibration draws at once is kept small.
SMALL = {"calibration.py": {"datasets": "50", "peers": "0"}}


def visit(page, **parameters):
    app = AppTest.from_file(str(ROOT / "pages" / page), default_timeout=200)
    app.query_params.update(SMALL.get(page, {}) | parameters)
    app.run()
    assert [e.message for e in app.exception] == []
    return app


def click(app, label):
    next(button for button in app.button if button.label.startswith(label)).click()
    app.run()
    assert [e.message for e in app.exception] == []
    return app


def rewritten(path, change):
    path.write_bytes(change(path.read_bytes()))


def to_folder(path):
    path.unlink()
    path.mkdir()
    (path / "x").touch()


DAMAGES = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: rewritten(path, lambda content: content[: len(content) // 2]),
    "garbage": lambda path: path.write_bytes(GARBAGE),
    "of another kind": lambda path: path.write_text(json.dumps({"new": [1e308, None, {}]})),
    "a folder": to_folder,
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("nowhere")),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "without an end": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    "of a terabyte": lambda path: os.truncate(path, 1 << 40),
}
FILES = [
    "jobs/jobs.sqlite",
    *(
        f"jobs/{ID}/{name}"
        for name in (
            "weights.safetensors",
            "plan.json",
            "progress.jsonl",
            "before-after.json",
            "log.txt",
            "request",
            "heartbeat",
            "lock",
            "recipe.json",
            "state.safetensors",
            "shard-000000.safetensors",
        )
    ),
    "weights/mine.safetensors",
    "default-weights.txt",
]


def cases(every):
    """Files with damages: of each file one of `every`, all in `make fuzz`."""
    return [
        pytest.param(file, damage, id=f"{file.replace(ID, 'run')} {damage}")
        for place, file in enumerate(FILES)
        for damage in some(DAMAGES, place, every)
    ]


def test_the_whole_folder_is_fine_on_every_page(home):
    for page in PAGES:
        app = visit(page)
        assert not app.error and not app.warning
    assert library.default() == "mine"
    app = visit("train.py", run=ID)
    assert not app.error and len(app.get("vega_lite_chart")) == 3
    assert {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()} <= {
        *FILES
    }


@pytest.mark.parametrize(("file", "damage"), cases(every=4))
def test_a_damaged_file_stops_no_page_and_what_is_set_aside_is_gone(home, file, damage):
    DAMAGES[damage](home / file)
    train, weights = visit("train.py"), visit("weights.py")
    visit("train.py", run=ID)
    bad = bool(train.warning)
    assert [w.value for w in train.warning] == [w.value for w in weights.warning]
    if file in ("weights/mine.safetensors", "default-weights.txt") and damage != "missing":
        assert bad
        assert library.default() == "general"
    for _ in range(4):
        if not train.warning:
            break
        labels = [button.label for button in train.button]
        offers = ("Set it aside", "Set them aside", "List them again")
        train = click(train, next(label for label in labels if label.startswith(offers)))
    assert not train.warning and not train.error
    if bad and any(b.label.startswith("Delete what was set aside") for b in train.button):
        click(train, "Delete what was set aside")
        assert not (home / "aside").exists()
    visit("train.py", run=ID)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "damage"), cases(every=10))
def test_a_damaged_file_stops_no_other_page(home, file, damage):
    DAMAGES[damage](home / file)
    for page in PAGES:
        visit(page)


def test_a_bad_file_among_the_weights_can_be_deleted_on_the_page(home):
    (home / "weights" / "bad.safetensors").write_bytes(GARBAGE)
    app = visit("weights.py", weights="bad")
    assert app.selectbox(key="weights").value == "mine"
    assert "The weights 'bad' cannot be used" in app.warning[0].value.replace("\\", "")
    app = click(app, "Delete them")
    assert not app.warning and not (home / "weights" / "bad.safetensors").exists()


def test_a_row_of_another_version_is_named_on_the_page_and_set_aside_there(home):
    with sqlite3.connect(home / "jobs" / "jobs.sqlite") as connection:
        connection.execute('UPDATE jobs SET plan = \'{"meta": "gone"}\'')
    connection.close()
    app = visit("train.py")
    assert "Entry 1 of the list of runs cannot be used" in app.warning[0].value
    app = click(app, "Set it aside")
    assert not app.warning and not (home / "jobs" / ID).exists()


def test_on_a_full_disk_every_page_stands_and_room_can_be_made(home, full_disk):
    with full_disk():
        for page in PAGES:
            visit(page)
        app = click(visit("train.py"), "Free ")
        assert not (home / "jobs" / ID / "shard-000000.safetensors").exists()
        app = click(visit("weights.py", weights="paper"), "Make it the default here")
        assert "cannot be written" in app.error[0].value
        app = click(visit("train.py"), "Demonstration")
        assert app.error
    assert library.default() == "mine"


@pytest.mark.parametrize("what", ["a file", "a link to nothing", "nowhere"])
def test_without_a_data_folder_every_page_stands(tmp_path, monkeypatch, what):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    if what == "a file":
        (tmp_path / "home").write_text("")
    elif what == "a link to nothing":
        (tmp_path / "home").symlink_to(tmp_path / "nowhere")
    for page in PAGES:
        app = visit(page)
        assert not app.warning
    if what == "a file":
        app = click(visit("train.py"), "Demonstration")
        assert "cannot be written" in app.error[0].value


@pytest.mark.parametrize("name", ["x" * 300, "\udc80"], ids=["too long", "no text"])
@pytest.mark.parametrize("page", PAGES)
def test_a_data_folder_that_cannot_be_is_one_sentence(monkeypatch, tmp_path, page, name):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / name))
    (error,) = visit(page).error
    assert "no folder can be named" in error.value

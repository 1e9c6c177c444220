"""Whatever lies in the data folder, everything that looks at it stands, and the rest goes on."""

import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mist_core.errors import MISTError
from mist_core.jobs import recovery
from mist_core.jobs.comparison import read_comparisons
from mist_core.jobs.job import STATES
from mist_core.jobs.outcome import silent_seconds
from mist_core.jobs.progress import beats_start, read_progress
from mist_core.jobs.queue import JobQueue
from mist_core.priors import sides
from mist_core.weights import library
from tests.pages.test_damaged_home import FILES, ID, make_home

NAMES = [*FILES, f"jobs/{ID}", "jobs", "weights", "sides", "aside", "weights/x.safetensors"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
)
STATES_OF_A_FILE = ["missing", "a folder", "a link to nothing", "a pipe", "without an end"]
STATES_OF_A_FILE += ["cut", "flipped"]
CONTENTS = st.one_of(
    st.sampled_from(STATES_OF_A_FILE),
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    JSON.map(lambda value: (json.dumps({"steps": 1, "validation": value}) + "\n").encode()),
)
CELLS = (
    st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=9) | st.binary()
)
PLANS = st.one_of(
    JSON.map(json.dumps),
    st.dictionaries(
        st.sampled_from(["meta", "minutes", "seed", "architecture", "start", "new"]), JSON
    ).map(lambda change: json.dumps({"meta": "paper", "minutes": 1.0, "seed": 1} | change)),
)
ROWS = st.fixed_dictionaries(
    {"id": st.sampled_from(["b" * 32, "../x", ""]) | st.text(max_size=9)},
    optional={
        "plan": PLANS | CELLS,
        "state": st.sampled_from(STATES) | CELLS,
        "submitted": st.floats() | CELLS,
        "started": st.floats() | CELLS,
        "pid": CELLS,
        "message": CELLS,
        "kept": CELLS,
    },
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    home = tmp_path_factory.mktemp("whole") / "home"
    make_home(home)
    return home


def put(path, content):
    """Make a file of the folder what is said."""
    if not path.parent.is_dir():
        return
    if content not in ("cut", "flipped"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if content == "missing":
        return
    if content == "a folder":
        path.mkdir()
    elif content == "a link to nothing":
        path.symlink_to("nowhere")
    elif content == "a pipe":
        os.mkfifo(path)
    elif content == "without an end":
        path.symlink_to("/dev/zero")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif path.is_file():
        old = path.read_bytes()
        middle = len(old) // 2
        flipped = old[:middle] + bytes([old[middle] ^ 255]) + old[middle + 1 :] if old else b""
        path.write_bytes(old[:middle] if content == "cut" else flipped)


def insert(home, row):
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    # SQLite has no place for some rows.
    no_place = suppress(sqlite3.Error, OverflowError, UnicodeEncodeError)
    with (
        closing(sqlite3.connect(home / "jobs" / "jobs.sqlite")) as connection,
        no_place,
        connection,
    ):
        connection.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", [*row.values()])


def looked_at(home):
    """Everything that looks at the folder; a sentence is an answer, too."""
    queue = JobQueue(home / "jobs", ("true",))

    def jobs():
        for job in queue.refresh():
            folder = queue.run_folder(job.id)
            for point in read_progress(folder)[-1:]:
                beats_start(point)
            read_comparisons(folder / "before-after.json")
            silent_seconds(folder, job)
            queue.job(job.id)
            queue.size(job.id)
        queue.prunable()

    for look in (jobs, library.default, library.names, library.flaws, sides.flaws):
        try:
            look()
        except MISTError as error:
            assert str(error)
    return [*recovery.flaws(queue), *library.flaws(), *sides.flaws()]


@example({"jobs/jobs.sqlite": "missing", f"jobs/{ID}/plan.json": "a link to nothing"}, [])
@given(st.dictionaries(st.sampled_from(NAMES), CONTENTS, max_size=4), st.lists(ROWS, max_size=2))
def test_any_state_of_the_folder_is_looked_at_and_can_be_mended(whole, monkeypatch, files, rows):
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(whole, home)
        monkeypatch.setenv("MIST_HOME", str(home))
        for row in rows:
            insert(home, row)
        for name, content in files.items():
            put(home / name, content)
        for _ in range(20):
            flaws = looked_at(home)
            if not flaws:
                break
            remedy = next(iter(flaws[0].remedies.values()))
            try:
                remedy()
            except MISTError as error:  # a folder stands where things are set aside, or the like
                assert str(error)
                break
        else:
            raise AssertionError([flaw.sentence for flaw in flaws])

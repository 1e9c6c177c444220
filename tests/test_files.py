"""Files are written whole or not at all, and what is in the way is moved, never deleted."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mist_core import MISTEstimator
from mist_core.benchmarks.external import read_estimator, read_predictions
from mist_core.errors import MISTError, StorageError
from mist_core.files import content_of, read_json, set_aside, storing, write_whole
from mist_core.jobs.store import JobStore, Listing
from mist_core.tables.table import read_table
from mist_core.training.evidence_draws import read_arrays
from mist_core.weights.header import architecture_of

ROOT = Path(__file__).parents[1]


def test_a_full_disk_leaves_the_old_file_and_nothing_beside(tmp_path, full_disk):
    path = tmp_path / "choice"
    write_whole(path, b"old")
    with full_disk(), pytest.raises(StorageError, match="free some space"), storing(path):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["choice"]


def test_what_killed_writers_left_is_removed_by_the_next(tmp_path):
    nobody = subprocess.Popen(["true"])
    nobody.wait()
    for owner in (f"{nobody.pid}-0a", str(nobody.pid), "nonsense", "9" * 40):
        (tmp_path / f".choice.{owner}.tmp").touch()
    mine, other = tmp_path / f".choice.{os.getpid()}-0b.tmp", tmp_path / ".x.1-0c.tmp"
    mine.touch(), other.touch()
    write_whole(tmp_path / "choice", b"new")
    assert set(tmp_path.iterdir()) == {tmp_path / "choice", mine, other}


WRITER = textwrap.dedent("""
    import pathlib, sys
    from mist_core.files import write_whole
    content = sys.argv[2].encode() * 1_000_000
    print("begun", flush=True)
    while True: write_whole(pathlib.Path(sys.argv[1]), content)
""")


def test_a_reader_beside_writers_that_are_killed_sees_one_content_or_the_other(tmp_path):
    path = tmp_path / "choice"
    write_whole(path, b"a" * 1_000_000)
    for letter in "abab":
        command = [sys.executable, "-c", WRITER, str(path), letter]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        writer.stdout.readline()
        for _ in range(20):
            content = path.read_bytes()
            assert content in (b"a" * 1_000_000, b"b" * 1_000_000)
        writer.kill()
        writer.communicate()
    write_whole(path, b"end")
    assert os.listdir(tmp_path) == ["choice"]


def test_what_is_set_aside_is_kept_under_names_of_their_own(tmp_path):
    for content in "ab":
        (tmp_path / "x").write_text(content)
        set_aside(tmp_path / "x", tmp_path)
    assert sorted(path.read_text() for path in (tmp_path / "aside").iterdir()) == ["a", "b"]


def test_something_in_the_way_of_a_folder_is_a_sentence(tmp_path):
    (tmp_path / "aside").write_text("")
    (tmp_path / "x").write_text("")
    with pytest.raises(StorageError, match=r"aside cannot be written \(File exists\)"):
        set_aside(tmp_path / "x", tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"\0" * 9])
def test_json_that_is_none_is_none(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    assert read_json(tmp_path / "x") is None
    assert read_json(tmp_path) is None and read_json(tmp_path / "nowhere") is None


NO_FILES = {
    "a pipe that nobody fills": lambda path: os.mkfifo(path),
    "a device without an end": lambda path: path.symlink_to("/dev/zero"),
    "a device that is full": lambda path: path.symlink_to("/dev/full"),
    "a folder": lambda path: path.mkdir(),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a file of a terabyte": lambda path: (path.touch(), os.truncate(path, 1 << 40)),
    "nothing": lambda path: None,
}
READERS = {
    "content_of": lambda path: content_of(path),
    "weights": lambda path: MISTEstimator.load(path),
    "a header": lambda path: architecture_of(path),
    "a table": lambda path: read_table(path),
    "predictions": lambda path: read_predictions(path),
    "an estimator": lambda path: read_estimator(path),
    "draws": lambda path: read_arrays(path, ()),
    "json": lambda path: read_json(path),
    "a list of runs": lambda path: JobStore(path).read(),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("what", READERS)
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_refused_at_once(tmp_path, kind, what):
    path = tmp_path / "file.csv"
    NO_FILES[kind](path)
    try:
        found = READERS[what](path)
    except (MISTError, OSError) as error:
        assert isinstance(error, MISTError) or what == "content_of"
    else:
        assert found in (None, Listing([], []))

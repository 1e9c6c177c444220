"""A scan in tiles says what a survey says, from files of any size; what is killed goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from mist_core import JobError, MISTEstimator, TableError
from mist_core.__main__ import main
from mist_core.inspection import plan, survey
from mist_core.inspection.tiles import ordered, scan_in_tiles, work
from mist_core.paths import WEIGHTS
from mist_core.tables import read_table

GENERAL = WEIGHTS / "general.safetensors"
ROOT = Path(__file__).parents[2]
SCAN = """
import sys
from pathlib import Path
from mist_core.inspection.tiles import ordered, scan_in_tiles
table, weights, home, address = sys.argv[1:]
order = ordered(Path(table), None, Path(weights), max_rows=200, tile=4)
print(scan_in_tiles(order, Path(home), cluster=address, progress=print).pairs.to_json())
"""


@pytest.fixture
def frame():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.standard_normal((300, 8))).rename(columns="c{}".format)
    colours = pd.Categorical(rng.choice(list("abc"), 300))
    return frame.assign(
        c1=frame.c0 + frame.c1,
        colour=colours,
        gappy=frame.c2.where(rng.random(300) < 0.6),
        same=1.0,
        rare=frame.c3.where(np.arange(300) < 3),
    )


@pytest.fixture
def table(frame, tmp_path):
    frame.to_parquet(tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


def _scanned(table, home, target=None, **how):
    return scan_in_tiles(ordered(table, target, GENERAL, **how), home, jobs=1)


def _agree(found, expected):
    found, expected = (
        f.sort_values(["x", "y"], ignore_index=True).drop(columns=["p", "q", "smallest_p"])
        for f in (found, expected)
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("target", [None, ("c1",), ("c1", "colour")])
def test_a_scan_says_what_a_survey_says(table, tmp_path, target):
    found = _scanned(table, tmp_path, target, tile=20)
    expected = survey(MISTEstimator.load(), read_table(table), target)
    _agree(found.pairs, expected.pairs)
    assert found.n_tested == expected.n_tested
    assert sorted(found.left_out) == sorted(expected.left_out)
    assert (found.pairs.q < 0.05).sum() == (expected.pairs.q < 0.05).sum()


def test_a_folder_of_files_is_one_table_and_repeated_rows_count_once(frame, tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    for name, rows in (("a", slice(0, 120)), ("b", slice(120, 300)), ("c", slice(0, 50))):
        frame[rows].to_parquet(folder / f"{name}.parquet")
    found = _scanned(folder, tmp_path, ("c1",))
    assert (found.n_rows, found.n_repeated) == (350, 50)
    thinned = _scanned(folder, tmp_path, ("c1",), max_rows=150)
    assert thinned.n_drawn == 150 and (thinned.pairs.rows <= 150).all()


def test_many_pairs_are_screened_in_blocks(table, tmp_path, monkeypatch):
    from mist_core.inspection.tiles import order, scan

    for module, name, value in (
        (scan, "MOST_ASKED", 10), (scan, "CHOSEN", 5), (work, "CHOSEN", 5),
        (scan, "AUDITED", 4), (work, "AUDITED", 4), (order, "BLOCK", 4), (plan, "MOST_ASKED", 10),
        (plan, "CHOSEN", 5), (plan, "AUDITED", 4),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)
    found = _scanned(table, tmp_path)
    expected = survey(MISTEstimator.load(), read_table(table))
    screened = [f.pairs[f.pairs.asked == "screen"] for f in (found, expected)]
    _agree(*screened)
    for one in (found, expected):
        short = [y for _, y, _ in one.left_out if y]
        assert one.screen.screened + len(short) == 55
        assert one.screen.audited + len(short) == 4


def test_what_is_there_is_not_done_again(table, tmp_path, monkeypatch):
    first = _scanned(table, tmp_path, tile=20)
    monkeypatch.setattr(work, "ask", None)  # whoever asks again fails
    pd.testing.assert_frame_equal(_scanned(table, tmp_path, tile=20).pairs, first.pairs)


def test_what_cannot_be_scanned_is_a_sentence(frame, table, tmp_path, capsys):
    (tmp_path / "none").mkdir()
    with pytest.raises(TableError, match="no Parquet file"):
        _scanned(tmp_path / "none", tmp_path)
    with pytest.raises(TableError, match="no column 'weight'"):
        _scanned(table, tmp_path, ("weight",))
    (tmp_path / "text.parquet").write_text("a,b")
    with pytest.raises(TableError, match="as Parquet"):
        _scanned(tmp_path / "text.parquet", tmp_path)
    pytest.importorskip("distributed")
    with pytest.raises(JobError, match="No Dask scheduler answers"):
        scan_in_tiles(ordered(table, None, GENERAL), tmp_path, cluster="tcp://127.0.0.1:1")
    assert main(["scan", str(tmp_path / "none"), "--jobs", "2"]) == 1
    assert "no Parquet file" in capsys.readouterr().err


def test_the_command_works_in_tiles(table, tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    out = tmp_path / "out.parquet"
    assert main(["scan", str(table), "--target", "c1", "--jobs", "1", "--out", str(out)]) == 0
    assert pd.read_parquet(out).x[0] == "c0"
    assert len(list((tmp_path / "home/scans").iterdir())) == 1


class Cluster:
    """A scheduler and two worker processes of this machine."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"scheduler-{time.monotonic_ns()}.json"
        self.scheduler = self._begin("scheduler", "--port", "0")
        while not self.file.exists() or not self.file.read_text():
            time.sleep(0.2)
        self.address = json.loads(self.file.read_text())["address"]
        self.nanny = self._begin("worker", "--nworkers", "2", "--nthreads", "1")

    def _begin(self, part: str, *words: str) -> subprocess.Popen:
        program = [sys.executable, "-m", f"distributed.cli.dask_{part}", "--no-dashboard"]
        return subprocess.Popen(
            [*program, "--scheduler-file", str(self.file), *words],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )

    def kill_a_worker(self) -> None:
        workers = [p for p in psutil.Process(self.nanny.pid).children() if p.num_threads() > 2]
        workers[0].send_signal(signal.SIGKILL)

    def end(self) -> None:
        for process in (self.nanny, self.scheduler):
            children = psutil.Process(process.pid).children() if process.poll() is None else []
            process.kill()
            process.wait()
            for child in children:
                if child.is_running():
                    child.kill()


@pytest.fixture
def cluster(tmp_path):
    pytest.importorskip("distributed")
    begun = []

    def begin() -> Cluster:
        begun.append(Cluster(tmp_path))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_workers_and_schedulers_that_are_killed_lose_and_double_nothing(tmp_path, cluster):
    table = tmp_path / "table.parquet"
    rng = np.random.default_rng(6)
    numbers = pd.DataFrame(rng.standard_normal((200, 30))).rename(columns="c{}".format)
    numbers.assign(c1=numbers.c0 + numbers.c1).to_parquet(table)
    expected = _scanned(table, tmp_path / "whole", max_rows=200, tile=4).pairs
    home = tmp_path / "home"
    first = cluster()
    scan = _begin_scan(table, home, first)
    _wait_for(home, 3)
    first.kill_a_worker()
    _wait_for(home, 6)
    first.scheduler.kill()
    _, errors = scan.communicate()
    assert scan.returncode == 1 and "type the same command again" in errors
    first.end()
    kept = {path: path.stat().st_mtime_ns for path in home.glob("*/answers-*")}
    second = cluster()
    scan = _begin_scan(table, home, second)
    printed, errors = scan.communicate()
    assert scan.returncode == 0, errors
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    found = pd.DataFrame(json.loads(printed.splitlines()[-1]))
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), expected, check_dtype=False, check_column_type=False
    )


def _begin_scan(table: Path, home: Path, cluster: Cluster) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SCAN, str(table), str(GENERAL), str(home), cluster.address],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for(home: Path, count: int) -> None:
    """Until so many tiles are answered."""
    while len(list(home.glob("*/answers-*"))) < count:
        time.sleep(0.05)

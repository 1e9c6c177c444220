"""`kill -9` at any moment of keeping, importing, choosing, scanning and storing: nothing is half.

Trainings are killed in `tests/jobs/test_queue.py`, benchmarks in `tests/benchmarks/test_runner.py`.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pandas as pd
import pytest

from mist_core.weights import library
from tests.weights.test_hostile import CARD, network, packed

ROOT = Path(__file__).parents[1]
# The promise is made for many; a few keep the suite short.
KILLS = int(os.environ.get("MIST_KILLS", "4"))
# Loads everything once; for each line it reads it works in a child, and says how that ended.
WORKER = """
import itertools, os, sys
from pathlib import Path
from mist_core.weights import library
source, folder = Path(sys.argv[1]), Path(sys.argv[2])
{imports}
for _ in sys.stdin:
    child = os.fork()
    if not child:
{work}
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
IMPORTS = {
    "store": "import pandas as pd; from mist_core.benchmarks.provenance import save_result",
    "scan": "from mist_core.__main__ import main; import mist_core.commands.scan",
}
WORK = {
    "keep": """
        for k in itertools.count():
            name = f"w{k % 9}"
            library.keep(source, name) if name not in library.kept() else library.remove(name)
    """,
    "import": """
        for k in itertools.count():
            name = f"w{k % 9}"
            if name in library.kept(): library.remove(name)
            library.import_weights(source.read_bytes(), name)
    """,
    "choose": """
        for k in itertools.count():
            library.make_default(("general", "paper", "classic")[k % 3])
    """,
    "store": """
        for k in itertools.count():
            save_result(folder / "result", {"k": k}, pd.DataFrame({"k": [float(k)] * 9999}))
    """,
    "scan": """
        while True:
            main(["scan", "Athletes", "--rows", "20", "--out", str(folder / "found.csv")])
    """,
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIST_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "weights").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    source = tmp_path / "source.safetensors"
    source.write_bytes(packed(json.dumps(CARD), network().state_dict()))
    return tmp_path / "home"


@contextlib.contextmanager
def worker(work, source, folder):
    """A process that begins this work anew whenever it is told to."""
    imports, body = IMPORTS.get(work, ""), textwrap.indent(textwrap.dedent(WORK[work]), " " * 8)
    script = WORKER.format(imports=imports, work=body)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(source), str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    with process:
        yield process


def kill_after(seconds, process):
    """Let the work begin, and kill it wherever it is by then."""
    process.stdin.write("\n")
    child = int(process.stdout.readline())
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert int(process.stdout.readline()) == -signal.SIGKILL


def assert_whole(source, folder):
    """Nothing is half, neither in the library nor among what was stored."""
    library._fault_of.cache_clear()
    assert library.flaws() == []
    assert library.default() in ("general", "paper", "classic")
    for name in library.kept():
        assert library.path_of(name).read_bytes() == source.read_bytes()
    if (folder / "result.json").exists():
        pd.read_parquet(folder / "result.parquet")
        json.loads((folder / "result.json").read_text())
    if (folder / "found.csv").exists():
        assert len(pd.read_csv(folder / "found.csv")) > 5


@pytest.mark.parametrize("work", WORK)
def test_whoever_is_killed_leaves_whole_files_and_no_leftovers_for_long(work, home, tmp_path):
    dice, source = random.Random(KILLS), tmp_path / "source.safetensors"
    with worker(work, source, tmp_path / "out") as process:
        for _ in range(KILLS):
            kill_after(dice.uniform(0.0, 0.4) + (work == "scan"), process)
            assert_whole(source, tmp_path / "out")
    for name in library.kept():
        library.remove(name)
    for k in range(9):  # the next writer of a file removes what was left beside it
        library.keep(source, f"w{k}")
    library.make_default("w0")
    assert list(home.rglob("*.tmp")) == []

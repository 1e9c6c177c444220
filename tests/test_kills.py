"""`kill -9` at any moment of keeping, importing, choosing, scanning and storing: nothing is half.

Trainings are killed in `tests/jobs/test_queue.py`, benchmarks in `tests/benchmarks/test_runner.py`.
"""

import json
import os
import random
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
BEGIN = """
import itertools, sys
from pathlib import Path
from mist_core.files import write_whole
from mist_core.weights import library
source, folder = Path(sys.argv[1]), Path(sys.argv[2])
print("begun", flush=True)
"""
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
        import pandas as pd
        from mist_core.benchmarks.provenance import save_result
        for k in itertools.count():
            save_result(folder / "result", {"k": k}, pd.DataFrame({"k": [float(k)] * 9999}))
    """,
    "scan": """
        from mist_core.__main__ import main
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


def killed(work, source, folder, seconds):
    """What a process was about to do when it was killed."""
    script = BEGIN + textwrap.dedent(WORK[work])
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(source), str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    try:
        assert process.stdout.readline() == b"begun\n"
        time.sleep(seconds)
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("work", WORK)
def test_whoever_is_killed_leaves_whole_files_and_no_leftovers_for_long(work, home, tmp_path):
    dice, source = random.Random(KILLS), tmp_path / "source.safetensors"
    for _ in range(KILLS if work != "scan" else max(2, KILLS // 2)):
        killed(work, source, tmp_path / "out", dice.uniform(0.0, 0.4) + 3 * (work == "scan"))
        library._fault_of.cache_clear()
        assert library.flaws() == []
        assert library.default() in ("general", "paper", "classic")
        for name in library.kept():
            assert library.path_of(name).read_bytes() == source.read_bytes()
        if (tmp_path / "out" / "result.json").exists():
            pd.read_parquet(tmp_path / "out" / "result.parquet")
            json.loads((tmp_path / "out" / "result.json").read_text())
        if (tmp_path / "out" / "found.csv").exists():
            assert len(pd.read_csv(tmp_path / "out" / "found.csv")) > 5
    for name in library.kept():
        library.remove(name)
    for k in range(9):  # the next writer of a file removes what was left beside it
        library.keep(source, f"w{k}")
    library.make_default("w0")
    assert list(home.rglob("*.tmp")) == []

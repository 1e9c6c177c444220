"""Ctrl-C is heard once: workers print no traces, and whoever started them ends them."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARENT = """
import signal, subprocess, sys
from mist_core.interrupts import quiet_children
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background hears none
words = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
try:
    with quiet_children():
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    print(child.stdout.readline(), end="", flush=True)  # from here on the parent hears again
    signal.pause()
except KeyboardInterrupt:
    try:
        child.wait(1)
    except subprocess.TimeoutExpired:
        print("the child goes on")
    child.kill()
"""


def test_children_do_not_hear_what_their_parent_hears():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert parent.stdout.readline() == "up\n"
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.communicate(timeout=60) == ("the child goes on\n", "")


def test_whoever_starts_workers_starts_quiet_ones():
    starts = re.compile(r"get_context\(|joblib\.Parallel\(|ProcessPoolExecutor\(")
    loud = [
        path.relative_to(ROOT)
        for path in (ROOT / "mist_core").rglob("*.py")
        if starts.search(text := path.read_text()) and "with quiet_children():" not in text
    ]
    assert loud == []

"""The README names modules that exist and commands that their own parsers take."""

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

from mist_core import paths
from mist_core.__main__ import COMMANDS
from mist_core.leaderboard import board
from mist_core.leaderboard.results import read

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCS = [README, *(path.read_text() for path in sorted((ROOT / "docs").glob("*.md")))]
LINES = re.findall(
    r"^\.venv/bin/python -m mist_core ([^#\n]*)", "\n".join(DOCS), flags=re.MULTILINE
)


def test_the_readme_names_every_room():
    named = re.findall(
        r"^\| `(\w+)` \| .*\|$", README.partition("Its rooms")[2], flags=re.MULTILINE
    )
    rooms = {path.parent.name for path in (ROOT / "mist_core").glob("*/__init__.py")}
    assert set(named[: len(rooms)]) == rooms


def test_readme_and_docs_show_every_command():
    assert {line.split()[0] for line in LINES} == COMMANDS.keys()


@pytest.mark.parametrize("line", LINES)
def test_each_command_line_is_understood(line):
    command, *arguments = shlex.split(line)
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[command][0]).configure(parser)
    parser.parse_args(arguments)


@pytest.mark.parametrize("name", ["paper", "general", "paper-no-additive", "classic"])
@pytest.mark.parametrize("split", ["in-family", "published out-of-family"])
def test_the_table_of_the_published_grids_shows_the_stored_runs(split, name):
    table = README.partition(f"**{split}**")[2].partition("published, own protocol")[0]
    cells = re.search(rf"`{name}` \|(.*)\|", table)[1].split("|")
    rows = _board("mtest", f"MIST {name}")
    rows = rows[rows.split == split]
    assert len(cells) == len(rows) + 1
    for cell, error in zip(cells, rows.error, strict=False):
        assert _agree(cell.partition("±")[0], error)
    assert _agree(
        cells[-1].rstrip(" %"), 100 * (rows.coverage * rows.datasets).sum() / rows.datasets.sum()
    )


@pytest.mark.parametrize(
    ("line", "amount"), [("`general`", "error"), ("its 90 % intervals cover", "coverage")]
)
def test_the_table_of_bmis_tasks_shows_the_stored_run(line, amount):
    table = README.partition("| n = 500 |")[2]
    cells = re.search(rf"{line} \|(.*)\|", table)[1].split("|")
    for cell, value in zip(cells, _board("bmi40", "MIST general")[amount], strict=True):
        assert _agree(cell.rstrip(" %"), 100 * value if amount == "coverage" else value)


def _board(benchmark: str, title: str):
    table = board.board(benchmark, read(benchmark, paths.RESULTS).scores)
    return table[table.title == title]


def _agree(cell: str, value: float) -> bool:
    """Whether a number in print is the value, rounded to the digits in print."""
    digits = len(cell.strip().partition(".")[2])
    return abs(float(cell) - value) <= 0.5001 * 10**-digits

"""The README names modules that exist and commands that their own parsers take."""

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

from mist_core.__main__ import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
LINES = re.findall(r"^\.venv/bin/python -m mist_core ([^#\n]*)", README, flags=re.MULTILINE)


def test_each_module_in_the_reading_order_exists():
    order = README.partition("In reading order:")[2].partition("`app.py`")[0]
    modules = re.findall(r"`(\w+)`", order)
    assert len(modules) == len(set(modules)) > 50
    assert [name for name in modules if not (ROOT / f"mist_core/{name}.py").exists()] == []


def test_the_readme_shows_every_command():
    assert {line.split()[0] for line in LINES} == COMMANDS.keys()


@pytest.mark.parametrize("line", LINES)
def test_each_command_line_is_understood(line):
    command, *arguments = shlex.split(line)
    parser = argparse.ArgumentParser()
    importlib.import_module(COMMANDS[command][0]).configure(parser)
    parser.parse_args(arguments)

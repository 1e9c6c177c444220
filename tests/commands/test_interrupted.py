"""Ctrl-C at any moment is one line, and so is a word that is no text."""

import subprocess
import sys

import pytest

from mist_core.__main__ import COMMANDS, main

INTERRUPTED = """
import sys

class CtrlC:
    def find_spec(self, name, *rest):
        if name == sys.argv[1]:
            raise KeyboardInterrupt

sys.meta_path.insert(0, CtrlC())
from mist_core.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_ctrl_c_while_a_command_is_being_loaded_is_one_line(command):
    for module in (COMMANDS[command][0], "numpy"):
        words = [sys.executable, "-c", INTERRUPTED, module, command, "x"]
        ended = subprocess.run(words, capture_output=True, text=True)
        assert (ended.returncode, ended.stderr.count("\n")) == (130, 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_word_that_is_no_text_is_one_line(command, capsys):
    assert main([command, "\udc80"]) == 1
    assert capsys.readouterr().err == "ParameterError: '\\udc80': expected words in UTF-8.\n"

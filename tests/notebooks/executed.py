"""Notebooks run as a reader's Jupyter runs them: in a fresh kernel, in the project's folder."""

import copy
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
PATIENCE = 250  # seconds for a cell, whatever else the machine does
# Seconds of processor time of a kernel and its children, which no other work makes longer.
SPENT = "import os\n\nsum(os.times()[:4])"


def executed(notebook: nbformat.NotebookNode, folder: Path = ROOT) -> nbformat.NotebookNode:
    """A copy with its outputs; a cell that fails raises.

    Args:
        notebook: left as it is.
        folder: in which it runs.
    """
    run = copy.deepcopy(notebook)
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(run, timeout=PATIENCE, resources=place).execute()
    return run


def seconds(notebook: nbformat.NotebookNode) -> float:
    """Processor time that all cells take together."""
    asked = copy.deepcopy(notebook)
    asked.cells.append(nbformat.v4.new_code_cell(SPENT))
    return float(executed(asked).cells[-1].outputs[0].data["text/plain"])

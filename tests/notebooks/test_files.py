"""The notebooks run within a minute, and each is its source with outputs."""

import jupytext
import pytest

from mist_core.paths import ROOT
from tests.notebooks.executed import seconds

FOLDER = ROOT / "notebooks"
SOURCES = sorted(FOLDER.glob("*.py"))
LONGEST = 60.0  # seconds
NAMES = [path.stem for path in SOURCES]


def test_there_are_six_each_with_its_notebook():
    assert [name[:2] for name in NAMES] == ["01", "02", "03", "04", "05", "06"]
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_its_source_with_outputs(name):
    source, notebook = (jupytext.read(FOLDER / f"{name}.{kind}") for kind in ("py", "ipynb"))
    told = [[(cell.cell_type, cell.source) for cell in one.cells] for one in (source, notebook)]
    assert told[0] == told[1], "make notebooks writes it anew"
    assert any(cell.get("outputs") for cell in notebook.cells)
    assert any("assert " in cell.source for cell in source.cells)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_within_a_minute(name):
    assert seconds(jupytext.read(FOLDER / f"{name}.py")) < LONGEST

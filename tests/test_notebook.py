"""A notebook pins what it was made with, and checks what the page showed."""

import nbformat
import pytest

from mist_core import __version__
from mist_core.notebook import Step, Story, loading, notebook

STORY = Story(
    "How much?",
    (Step("two = 1 + 1", "One and one:"), Step("three = two + 1")),
    {"two": 2.0, "three / 2": 1.5},
    "general",
    64 * "a",
)


def cells(story: Story, kind: str) -> list[str]:
    made = nbformat.reads(notebook(story).decode(), as_version=4)
    nbformat.validate(made)
    return [cell.source for cell in made.cells if cell.cell_type == kind]


def test_the_first_cell_of_code_pins_version_and_weights_and_the_last_asserts_the_numbers():
    first, *steps, last = cells(STORY, "code")
    assert f'__version__ == "{__version__}"' in first and 64 * "a" in first
    assert "MISTEstimator.load('general')" in first
    assert steps == ["two = 1 + 1", "three = two + 1"]
    exec(last, {"two": 2.0, "three": 3.0})
    with pytest.raises(AssertionError):
        exec(last, {"two": 2.01, "three": 3.0})


def test_words_stand_before_their_cell():
    assert cells(STORY, "markdown")[0].startswith("# How much?")
    assert cells(STORY, "markdown")[1] == "One and one:"


def test_equal_stories_are_equal_files():
    assert notebook(STORY) == notebook(STORY)


def test_weights_that_are_not_shipped_come_from_the_library():
    assert "load(path_of('mine'))" in loading("mine")

"""What a page shows, as a notebook that works it out again and checks the numbers on screen."""

from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode, v4, validate, writes

from mist_core import __version__, paths

# Another processor rounds otherwise; a page shows three digits.
TOLERANCE = 1e-3
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Step:
    """One cell of Python and the words before it.

    Attributes:
        code: Python; text of unknown origin stands in it as `repr` writes it.
        words: Markdown, escaped where it quotes.
    """

    code: str
    words: str = ""


@dataclass(frozen=True)
class Story:
    """What a notebook tells.

    Attributes:
        title: Markdown, escaped where it quotes.
        steps: run in order; they find `estimator`, with the weights loaded.
        shown: each number on screen by the expression that gives it after the last step.
        weights: name of the weights that answered.
        sha256: of their file.
    """

    title: str
    steps: tuple[Step, ...]
    shown: Mapping[str, float]
    weights: str
    sha256: str


def notebook(story: Story) -> bytes:
    """The story as an .ipynb file: what it was made with first, the numbers on screen last.

    The first cell of code refuses another version and other weights; the last fails where a number
    comes out otherwise by more than TOLERANCE.
    """
    cells = [_words(f"# {story.title}\n\n{_origin(story)}"), _code(_first(story))]
    for step in story.steps:
        cells += [_words(step.words)] if step.words else []
        cells.append(_code(step.code))
    cells += [_words("The numbers on screen, found again:"), _code(_last(story.shown))]
    return writes(_numbered(cells)).encode()


def loading(weights: str) -> str:
    """Python that loads weights by their name as `estimator`."""
    if weights in paths.shipped(paths.WEIGHTS):
        return (
            f"from mist_core import MISTEstimator\n\nestimator = MISTEstimator.load({weights!r})\n"
        )
    return _KEPT.format(weights=weights)


def _first(story: Story) -> str:
    return _FIRST.format(version=__version__, loading=loading(story.weights), sha256=story.sha256)


def _numbered(cells: list[NotebookNode]) -> NotebookNode:
    """Cells named after their places, so that equal stories are equal files."""
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    validate(made)
    return made


def _origin(story: Story) -> str:
    return (
        f"Made by MIST {__version__} with the weights `{story.weights}` (SHA-256 "
        f"`{story.sha256[:12]}…`). Run all cells; the last checks what the page showed."
    )


def _last(shown: Mapping[str, float]) -> str:
    lines = [f"    ({code}, {value!r})," for code, value in shown.items()]
    return _LAST.format(lines="\n".join(lines), tolerance=TOLERANCE)


def _words(text: str) -> NotebookNode:
    return v4.new_markdown_cell(text)


def _code(text: str) -> NotebookNode:
    return v4.new_code_cell(text.rstrip("\n"))


_KEPT = """\
from mist_core import MISTEstimator
from mist_core.weights.library import path_of

estimator = MISTEstimator.load(path_of({weights!r}))
"""
_FIRST = """\
import mist_core
{loading}
assert mist_core.__version__ == "{version}", "This notebook was made by another version of MIST."
assert estimator.sha256 == "{sha256}", "These weights have changed since."
"""
_LAST = """\
from math import isclose

for found, shown in [
{lines}
]:
    print(f"{{found:.4f}} here, {{shown:.4f}} on the page")
    assert isclose(found, shown, rel_tol={tolerance}, abs_tol={tolerance})
"""

"""A screen of a lesson as a notebook."""

from mist_core import notebook
from mist_core.lessons.glossary import without_marks
from mist_core.lessons.lesson import Lesson, Screen, Step
from mist_core.notebook import Story


def story(lesson: Lesson, screen: Screen, step: Step, weights: str, sha256: str) -> Story:
    """The screen's data again, what they say, and its figures.

    Args:
        lesson, screen: whose words it begins with.
        step: what is on screen; its `code` makes it again.
        weights, sha256: of those that answered.
    """
    words = without_marks(" ".join(screen.sentences))
    made = f"from mist_core.lessons import {lesson.key}\n\nstep = {step.code}\nstep.table"
    shown = {f"step.numbers[{name!r}]": float(value) for name, value in step.numbers.items()}
    cells = (
        notebook.Step(made, f"{words}\n\n$${screen.formula}$$"),
        notebook.Step(_DRAWN, "The figures:"),
        notebook.Step("print(step.question.text)\nprint(step.question.why)\nprint(step.takeaway)"),
    )
    return Story(f"{lesson.title}: {screen.title}", cells, shown, weights, sha256)


_DRAWN = """\
from IPython.display import display

for figure in (*step.figures, *step.revealed):
    display(figure.drawn)
"""

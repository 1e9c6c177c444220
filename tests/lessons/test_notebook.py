"""Each screen as a notebook: its cells give the numbers on screen again."""

import json

import numpy as np
import pytest

from mist_core.inference.estimator import general
from mist_core.lessons import (
    difficulty,
    explaining,
    invariance,
    learning,
    meaning,
    promise,
    using,
)
from mist_core.lessons.course import COURSE
from mist_core.lessons.notebook import story
from mist_core.notebook import notebook

one, many = general().posterior, general().posteriors
QUIET = lambda share: None  # noqa: E731
STEPS = {
    "surfaces": lambda: meaning.surfaces("ring", "clearly"),
    "correlation": lambda: meaning.correlation("ring", 100, 1, one),
    "maps": lambda: invariance.maps("cubed", "one over", 100, 1, one),
    "levels": lambda: invariance.levels(3, 100, 1, one),
    "chance": lambda: difficulty.chance("line", 50, 20, 1, many, QUIET),
    "growth": lambda: difficulty.growth("information", 50, 1, many, QUIET),
    "bound": lambda: difficulty.bound("line", 1, many, QUIET),
    "tiny": lambda: learning.learned(learning.replay(), 3, "learning.replay()"),
    "game": lambda: promise.game(0.1, 10, 1),
    "habits": lambda: promise.habits(promise.intervals(1, many, QUIET), "MIST", 1),
    "projection": lambda: using.projection(using.stored().climb),
    "bottleneck": lambda: using.bottleneck(using.stored().course, 0.3, "using.stored().course"),
    "selection": lambda: using.selection(using.select(1, general(), QUIET)),
    "collider": lambda: explaining.collider(0.5, 100, 1, general()),
    "coins": lambda: explaining.coins(0.05, 100, 1, general()),
}
SCREENS = [(lesson, screen) for lesson in COURSE.values() for screen in lesson.screens]


@pytest.mark.parametrize(("lesson", "screen"), SCREENS, ids=[s.key for _, s in SCREENS])
def test_the_notebook_of_a_screen_gives_its_numbers_again(lesson, screen):
    step = STEPS[screen.key]()
    assert all(np.isfinite(value) for value in step.numbers.values())
    made = json.loads(notebook(story(lesson, screen, step, "general", general().sha256)))
    assert screen.title in "".join(made["cells"][0]["source"])
    names: dict = {}
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # our own text
    assert names["step"].takeaway == step.takeaway

"""The lessons in order, and a lecturer's plan for 45 minutes with them."""

from dataclasses import dataclass

from mist_core.lessons import (
    difficulty,
    explaining,
    invariance,
    learning,
    meaning,
    promise,
    using,
)
from mist_core.lessons.lesson import Lesson, Screen

_LESSONS = (
    meaning.LESSON,
    invariance.LESSON,
    difficulty.LESSON,
    learning.LESSON,
    promise.LESSON,
    using.LESSON,
    explaining.LESSON,
)
COURSE: dict[str, Lesson] = {lesson.key: lesson for lesson in _LESSONS}


def address(lesson: Lesson, screen: Screen) -> dict[str, str]:
    """The parameters of the Learn page that show a screen."""
    return {"lesson": title(lesson), f"screen-{lesson.key}": screen.title}


def title(lesson: Lesson) -> str:
    """A lesson's title with its number."""
    return f"{list(COURSE).index(lesson.key) + 1}. {lesson.title}"


@dataclass(frozen=True)
class Part:
    """A part of the lecture.

    Attributes:
        lesson, screen: what is on the wall.
        minutes: how long.
        cue: what to do and to ask there.
    """

    lesson: Lesson
    screen: Screen
    minutes: int
    cue: str


_CUES = {
    "surfaces": (
        5,
        "Turn both surfaces by hand. Let the class guess how far apart they lie; then choose ring, "
        "and last independent, where the two are one.",
    ),
    "correlation": (
        3,
        "Ring first: read the correlation aloud, let them guess, reveal. Then growing noise: X "
        "tells how wide Y is, never which way.",
    ),
    "maps": (
        4,
        "Ask which of the estimates a cube will move before you reveal. Then choose one over for "
        "both.",
    ),
    "levels": (
        2,
        "What does the sign of Y alone still tell? Guess, reveal, and move the slider up: it never "
        "passes the dashed line.",
    ),
    "chance": (
        3,
        "One dataset, draw again a few times; then a hundred. Change to ring: whose points centre "
        "beside the line?",
    ),
    "growth": (
        3,
        "Ask what noise columns do to neighbours and to lines. Then against information.",
    ),
    "bound": (
        3,
        "Guess the rows that an error of 0.05 takes. Nobody's curve stays below the dashed line.",
    ),
    "tiny": (
        5,
        "Start a training of your own first: it takes a minute. Explain the recipe on the stored "
        "one meanwhile, second by second.",
    ),
    "game": (
        4,
        "Let the class choose the half-width by show of hands; reveal the scores of all of them.",
    ),
    "habits": (
        3,
        "Look at each method's strips before the question: where do the truths lie?",
    ),
    "projection": (
        3,
        "Press Play. Ask why the estimate at its own maximum flatters, and read the value on fresh "
        "rows.",
    ),
    "bottleneck": (2, "Which way does the path go, and what stops it? Try more noise."),
    "selection": (
        2,
        "Let them choose two columns from the ranking; reveal, and ask what D can be.",
    ),
    "collider": (
        2,
        "Show all rows: no pattern. Then the rows with Z near its middle. Move the noise up: when "
        "does Z stop telling?",
    ),
    "coins": (1, "Let three pupils be X, Y and Z. Who knows what, alone and in pairs?"),
}
PLAN: tuple[Part, ...] = tuple(
    Part(lesson, screen, *_CUES[screen.key])
    for lesson in COURSE.values()
    for screen in lesson.screens
)

"""Lesson 3 on the page: draw again, more columns, more rows."""

from mist_core.lessons import difficulty
from mist_core.lessons.lesson import Screen, Step
from ui import shell as ui
from ui.cache import Report, once
from ui.lessons import bar, choose_seed, pick, show_step, slide

ROWS = (50, 100, 200, 500, 1000)
WORDS = "Drawing and estimating …"


def show(screen: Screen) -> None:
    """The screen's controls, and what they show."""
    show_step(screen, find(screen))


def find(screen: Screen) -> Step:
    """What a screen shows with its controls as they are; what takes a second moves a bar."""
    with bar():
        work = {"chance": _chance, "growth": _growth, "bound": _bound}[screen.key]()
    step, *choices = work
    estimator = ui.estimator()
    return once(
        (screen.key, *choices, ui.weights_hash()),
        lambda report: step(*choices, estimator.posteriors, _told(report)),
        words=WORDS,
    )


def _chance() -> tuple:
    law = pick("Law", list(difficulty.LAWS), "line", "chance-law")
    count = pick("Datasets", difficulty.COUNTS, 100, "chance-count")
    rows = slide("Rows", ROWS, 200, "chance-rows")
    return difficulty.chance, law, rows, count, choose_seed("chance-seed")


def _growth() -> tuple:
    against = pick("Against", difficulty.AGAINST, "columns", "growth-against")
    rows = slide("Rows", ROWS, 200, "growth-rows")
    return difficulty.growth, against, rows, choose_seed("growth-seed")


def _bound() -> tuple:
    law = pick("Law", difficulty.BOUNDED, "line", "bound-law")
    return difficulty.bound, law, choose_seed("bound-seed")


def _told(report: Report):
    return lambda share: report(share, WORDS)

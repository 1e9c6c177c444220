"""Lesson 6 on the page: a direction that climbs, and a classifier that is squeezed."""

from mist_core.lessons import using
from mist_core.lessons.lesson import Screen, Step
from ui import shell as ui
from ui.cache import Report, once
from ui.lessons import bar, choose_seed, pick, show_step

CLIMBS, TRAINS = "Turning the direction uphill …", "The classifier learns …"


def show(screen: Screen) -> None:
    """The screen's controls, and what they show."""
    show_step(screen, _projection() if screen.key == "projection" else _bottleneck())


def _projection() -> Step:
    with bar():
        seed = choose_seed("climb-seed")
    estimator = ui.estimator()
    found = once(
        ("climb", seed, ui.weights_hash()),
        lambda report: using.climb(
            seed, estimator.mutual_information, estimator.posteriors, _told(report, CLIMBS)
        ),
        words=CLIMBS,
    )
    return using.projection(found)


def _bottleneck() -> Step:
    with bar():
        noise = pick("Noise", using.NOISES, 0.3, "squeeze-noise")
        seed = choose_seed("squeeze-seed")
    ask = ui.estimator().posteriors
    course = once(
        ("squeeze", noise, seed, ui.weights_hash()),
        lambda report: using.squeezed(noise, seed, ask, _told(report, TRAINS)),
        words=TRAINS,
    )
    return using.bottleneck(course, noise)


def _told(report: Report, words: str):
    return lambda share: report(min(share, 1.0), words)

"""Learn: seven lessons, one idea a screen; guess, then look."""

import streamlit as st

from mist_core.lessons.course import COURSE, PLAN, address, title
from mist_core.lessons.lesson import Lesson, Screen
from ui import (
    lesson_difficulty,
    lesson_explaining,
    lesson_invariance,
    lesson_learning,
    lesson_meaning,
    lesson_promise,
    lesson_using,
    lessons,
)
from ui import shell as ui
from ui.links import link, tell_unknown

SHOW = {
    "meaning": lesson_meaning.show,
    "invariance": lesson_invariance.show,
    "difficulty": lesson_difficulty.show,
    "learning": lesson_learning.show,
    "promise": lesson_promise.show,
    "using": lesson_using.show,
    "explaining": lesson_explaining.show,
}


def main() -> None:
    """The lesson and the screen that the address names."""
    ui.page("Learn")
    lesson, screen = choose()
    st.title(lesson.title, anchor=False)
    with ui.core_errors():
        text, board = st.columns([2, 3], gap="large")
        with text:
            lessons.words(screen)
        with board:
            SHOW[lesson.key](screen)
    show_end(lesson, screen)


def choose() -> tuple[Lesson, Screen]:
    """A lesson and one of its screens, by the links on top."""
    key = _among("Lesson", {key: title(lesson) for key, lesson in COURSE.items()}, "lesson")
    lesson = COURSE.get(key, next(iter(COURSE.values())))
    screens = {screen.key: screen.title for screen in lesson.screens}
    return lesson, lesson.screen(_among("Screen", screens, f"screen-{lesson.key}"))


def _among(label: str, titles: dict[str, str], key: str) -> str:
    """One of some titles, in a line of its own, so that nothing jumps when it comes."""
    tell_unknown(f"the {label.lower()}", key, titles.values(), next(iter(titles.values())))
    with st.container(horizontal=True):
        return st.segmented_control(
            label,
            list(titles),
            default=next(iter(titles)),
            required=True,
            format_func=titles.get,
            key=key,
            bind=lessons.URL,
            label_visibility="collapsed",
        )


def show_end(lesson: Lesson, screen: Screen) -> None:
    """On to the next screen, and where to read more."""
    shown = [part.screen.key for part in PLAN]
    place = shown.index(screen.key) + 1
    with st.container(horizontal=True):
        if place < len(PLAN):
            part = PLAN[place]
            label = f"Next: {part.screen.title}"
            link("pages/learn.py", label, kept(address(part.lesson, part.screen)))
        link("pages/plan.py", "A plan for 45 minutes")
        link("pages/glossary.py", "Glossary")
        if st.toggle("Present", key="present", bind=lessons.URL, help="large type, no side bar"):
            st.html(lessons.LARGE)
    with st.expander("To read"):
        st.markdown("\n".join(f"- {reference.markdown()}" for reference in lesson.references))


def kept(parameters: dict[str, str]) -> dict[str, str]:
    """The parameters, in presentation mode where this page is.

    At the first run only the address knows: the switch is drawn after the link.
    """
    present = st.session_state.get("present", st.query_params.get("present") == "true")
    return parameters | ({"present": "true"} if present else {})


main()

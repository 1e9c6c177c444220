"""Learn: six lessons, one idea a screen; guess, then look."""

import streamlit as st

from mist_core.lessons.course import COURSE
from mist_core.lessons.lesson import Lesson, Screen
from ui import lesson_difficulty, lesson_invariance, lesson_learning, lesson_meaning, lessons
from ui import shell as ui

SHOW = {
    "meaning": lesson_meaning.show,
    "invariance": lesson_invariance.show,
    "difficulty": lesson_difficulty.show,
    "learning": lesson_learning.show,
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
    show_end(lesson)


def choose() -> tuple[Lesson, Screen]:
    """A lesson and one of its screens, by the links on top."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = {key: f"{i}. {lesson.title}" for i, (key, lesson) in enumerate(COURSE.items(), 1)}
        key = st.segmented_control(
            "Lesson",
            list(COURSE),
            default=next(iter(COURSE)),
            required=True,
            format_func=titles.get,
            key="lesson",
            bind=lessons.URL,
            label_visibility="collapsed",
        )
        lesson = COURSE.get(key, next(iter(COURSE.values())))
        screens = {screen.key: screen.title for screen in lesson.screens}
        chosen = st.segmented_control(
            "Screen",
            list(screens),
            default=next(iter(screens)),
            required=True,
            format_func=screens.get,
            key=f"screen-{lesson.key}",
            bind=lessons.URL,
            label_visibility="collapsed",
        )
        if st.toggle("Present", key="present", bind=lessons.URL, help="large type, no side bar"):
            st.html(lessons.LARGE)
    return lesson, lesson.screen(chosen)


def show_end(lesson: Lesson) -> None:
    """Where to read more."""
    with st.expander("To read"):
        st.markdown("\n".join(f"- {reference.markdown()}" for reference in lesson.references))


main()

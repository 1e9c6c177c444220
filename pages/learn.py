"""Learn: six lessons, one idea a screen; guess, then look."""

import streamlit as st

from mist_core.lessons.course import COURSE
from mist_core.lessons.lesson import Lesson, Screen
from ui import lesson_meaning, lessons
from ui import shell as ui

FIND = {"meaning": lesson_meaning.find}


def main() -> None:
    """The lesson and the screen that the address names."""
    ui.page("Learn")
    if st.session_state.get("present"):
        st.html(lessons.LARGE)
    lesson, screen = choose()
    st.title(lesson.title, anchor=False)
    with ui.core_errors():
        text, board = st.columns([2, 3], gap="large")
        with text:
            lessons.words(screen)
        with board:
            lessons.show(lesson, screen, lambda: FIND[lesson.key](screen))
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
        st.toggle("Present", key="present", bind=lessons.URL, help="large type, no side bar")
    return lesson, lesson.screen(chosen)


def show_end(lesson: Lesson) -> None:
    """Where to read more."""
    with st.expander("To read"):
        st.markdown("\n".join(f"- {reference.markdown()}" for reference in lesson.references))


main()

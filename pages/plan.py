"""A lecture of 45 minutes: what to show, what to ask, with links in order."""

import streamlit as st

from mist_core.lessons.course import PLAN, Part, address, title
from ui import shell as ui
from ui.links import link

BEFORE = """
Open each link below from this page, in order. Every screen asks a question: let the class guess,
pick what most of them say, and the page says what its data answer. What is on the wall is in the
address, so a picture can be sent to the class as it is. *Present* makes the type large and hides
the side bar; the links below switch it on.
"""


def main() -> None:
    """The parts with their minutes and links."""
    ui.page("Plan")
    st.title(f"A lecture of {sum(part.minutes for part in PLAN)} minutes", anchor=False)
    st.markdown(BEFORE)
    at = 0
    for part in PLAN:
        show(part, at)
        at += part.minutes


def show(part: Part, at: int) -> None:
    """One part: from when to when, its link, and what to do there."""
    if part.screen == part.lesson.screens[0]:
        st.header(title(part.lesson), anchor=False)
    when, what = st.columns([1, 5])
    when.markdown(f"{at}–{at + part.minutes} min")
    with what:
        parameters = address(part.lesson, part.screen) | {"present": "true"}
        link("pages/learn.py", part.screen.title, parameters)
        st.markdown(part.cue)


main()

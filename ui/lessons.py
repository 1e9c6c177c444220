"""What all screens of a lesson share: words, figures, the question and what comes after it."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.lessons.course import COURSE
from mist_core.lessons.glossary import with_hints
from mist_core.lessons.lesson import Figure, Screen, Step
from mist_core.lessons.notebook import story
from ui import shell as ui
from ui.links import link
from ui.notebook import offer_notebook

URL = "query-params"
SEEDS = 999
SLIDER = 160  # pixels
# Nothing of a turned figure is fetched, and the wheel scrolls the page.
PLOTLY = {"width": "stretch", "config": {"displayModeBar": False, "scrollZoom": False}}
LARGE = """<style>
html { font-size: 21px; }
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"],
[data-testid="stExpandSidebarButton"], [data-testid="stToolbar"] { display: none; }
</style>"""


def words(screen: Screen) -> None:
    """Title, three sentences and the formula."""
    st.header(screen.title, anchor=False)
    st.markdown("\n\n".join(map(with_hints, screen.sentences)))
    with st.container(key="formula"):
        st.latex(screen.formula)


def picture(figure: Figure, about: str, key: str) -> None:
    """A figure of either library over the full width, and its numbers."""
    if isinstance(figure.drawn, go.Figure):
        height = figure.drawn.layout.height
        st.plotly_chart(figure.drawn, **PLOTLY, height=height, key=key, alt=about)
        ui.show_numbers(figure.numbers)
    else:
        ui.show(figure.drawn, description=about, numbers=figure.numbers)


def show_step(screen: Screen, step: Step) -> None:
    """The figures, the question, and after a guess what they say."""
    columns = st.columns(len(step.figures))
    for place, (column, figure) in enumerate(zip(columns, step.figures, strict=True)):
        with column:
            picture(figure, step.about, f"{screen.key}-figure-{place}")
    guess = ask(screen, step)
    if guess is not None:
        reveal(screen, step, guess)
    links(screen, step)


def ask(screen: Screen, step: Step) -> str | None:
    """The question; returns what was picked, kept in the address."""
    question = step.question
    return st.pills(
        f"**Predict.** {question.text}",
        question.options,
        key=f"guess-{screen.key}",
        bind=URL,
    )


def reveal(screen: Screen, step: Step, guess: str) -> None:
    """What the guess was worth, what the answer would have given away, and the takeaway."""
    right = guess == step.question.answer
    (st.success if right else st.info)(step.question.verdict(guess))
    for place, figure in enumerate(step.revealed):
        picture(figure, step.takeaway, f"{screen.key}-revealed-{place}")
    st.markdown(f"**To remember.** {step.takeaway}")


def links(screen: Screen, step: Step) -> None:
    """The same data on the Explore page, their table, and the screen as a notebook."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if step.explore is not None:
            link("pages/explore.py", "Open in Explore", dict(step.explore))
        if len(step.table):
            ui.download_table("Data (CSV)", step.table, "mist-lesson.csv")
        if step.code:
            lesson = next(lesson for lesson in COURSE.values() if screen in lesson.screens)
            told = screen, step, ui.current_weights(), ui.weights_hash()
            offer_notebook(lambda: story(lesson, *told), f"mist-{screen.key}")


def bar() -> DeltaGenerator:
    """Where a screen's controls stand: side by side, above the figure."""
    return ui.controls("lesson")


def pick(label: str, options: Sequence, first: object, key: str) -> Any:
    """One of a few, kept in the address."""
    chosen = st.segmented_control(label, options, default=first, required=True, key=key, bind=URL)
    return first if chosen is None else chosen


def slide(label: str, options: Sequence, first: object, key: str) -> Any:
    """One of some in order, kept in the address."""
    return st.select_slider(label, options, first, key=key, bind=URL, width=SLIDER)


def choose_seed(key: str) -> int:
    """The seed, and a button that takes the next one."""
    seed = st.slider("Seed", 0, SEEDS, 0, key=key, bind=URL, width=SLIDER)
    st.button("Draw again", on_click=_next_seed, args=(key,))
    return seed


def _next_seed(key: str) -> None:
    st.session_state[key] = (st.session_state.get(key, 0) + 1) % (SEEDS + 1)

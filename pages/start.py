"""Start here: what mutual information is, three doors, ten tours, and the model that answers."""

import streamlit as st

from mist_core.lessons import tours
from mist_core.lessons.glossary import with_hints
from ui import lessons
from ui import shell as ui
from ui.links import link

SENTENCE = (
    "[[mutual information|Mutual information]] is how much knowing X helps in guessing Y: 0 where "
    "it does not help at all, and more the thinner the cloud is at each X."
)
DOORS = {
    "Teach": ("pages/learn.py", "Learn", "Seven lessons, and a plan for a lecture of 45 minutes."),
    "Inspect": ("pages/inspect_csv.py", "Your table", "What depends on what in a table of yours."),
    "Trust": ("pages/calibration.py", "Calibration", "How often its intervals hold the truth."),
}


def main() -> None:
    """One figure and one sentence, then the ways on."""
    ui.page("Start here")
    st.title("What does X tell about Y?", anchor=False)
    left, right = st.columns([3, 2], gap="large")
    with left:
        about = f"A cloud of rows that gets thinner, from 0 to {tours.MOST:g} nats"
        st.plotly_chart(tours.moving(), **lessons.PLOTLY, alt=about)
    with right:
        st.markdown(with_hints(SENTENCE))
        for door, (page, label, words) in DOORS.items():
            with st.container(border=True):
                st.markdown(f"**{door}.** {words}")
                link(page, label)
    show_tours()
    with ui.core_errors():
        name = ui.current_weights()
        st.caption(tours.state(name, ui.estimator().card, ui.weights_hash()))


def show_tours() -> None:
    """Ten links, each with what there is to see."""
    st.header("Ten tours", anchor=False)
    for first in range(0, len(tours.TOURS), 2):  # in this order on a phone, too
        pair = tours.TOURS[first : first + 2]
        for column, tour in zip(st.columns(2), pair, strict=True):
            with column:
                link(tour.page, tour.title, dict(tour.parameters))
                st.caption(tour.claim)


main()

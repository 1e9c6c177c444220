"""What is on a page, to go on with in a notebook."""

from collections.abc import Callable

import streamlit as st

from mist_core.notebook import Story, notebook

JUPYTER = "application/x-ipynb+json"
HELP = "a file for Jupyter: it works out what is shown, and checks that the numbers agree"


def offer_notebook(tell: Callable[[], Story], stem: str) -> None:
    """A button that saves a story as a notebook, told only when it is clicked."""
    st.download_button(
        "Open as notebook",
        lambda: notebook(tell()),
        f"{stem}.ipynb",
        JUPYTER,
        on_click="ignore",
        help=HELP,
    )

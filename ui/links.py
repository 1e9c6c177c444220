"""Links from page to page."""

import streamlit as st
from streamlit.errors import StreamlitAPIException


def link(page: str, label: str, parameters: dict | None = None) -> None:
    """A link to another page; nothing where a page runs alone."""
    try:
        st.page_link(page, label=label, query_params=parameters)
    except (StreamlitAPIException, KeyError):
        st.caption(f"{label}: start the app with make app.")

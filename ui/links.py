"""Links from page to page, and those that name what is not here."""

from collections.abc import Iterable

import streamlit as st
from streamlit.errors import StreamlitAPIException

from mist_core.markdown import plain

LONGEST = 40  # letters of an address that are repeated


def link(page: str, label: str, parameters: dict | None = None) -> None:
    """A link to another page; nothing where a page runs alone."""
    try:
        st.page_link(page, label=label, query_params=parameters)
    except (StreamlitAPIException, KeyError):
        st.caption(f"{label}: start the app with make app.")


def tell_unknown(what: str, key: str, options: Iterable[str], instead: str) -> None:
    """Say so where the address names something that is not here; a widget would fall back silently.

    Over the page until it is taken away, since a telephone hides the side bar.

    Args:
        what: the kind of thing, with its article where it has one.
        key: of the address.
        options: what is here, in the words of an address.
        instead: what is shown then.
    """
    asked = st.query_params.get(key)
    if asked and asked not in options:
        told = f"The link asks for {what} {plain(repr(asked[:LONGEST]))}"
        st.toast(
            f"{told}, and nothing of that name is here: {plain(instead)} instead.",
            duration="infinite",
        )

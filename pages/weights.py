"""Weights: what there is to choose from; take some out, bring some in, set the default."""

from collections.abc import Iterable

import streamlit as st

from mist_core.checkpoint import load_checkpoint
from mist_core.jobs.findings import losses
from mist_core.jobs.queue import JobQueue
from mist_core.markdown import listed
from mist_core.weights import common_test, library
from mist_core.weights.findings import overview, scores
from mist_core.weights.law_descriptions import describe
from ui import shell as ui
from ui.findings import paint, show
from ui.storage import done, show_done, show_flaws

FORMATS = {
    "datasets": st.column_config.NumberColumn(format="localized"),
    "minutes": st.column_config.NumberColumn(format="%.0f"),
    "error on its laws (nats)": st.column_config.NumberColumn(format="%.3f"),
}


def main() -> None:
    """A table of all weights, then the one picked, then the way in."""
    ui.page("Weights")
    st.title("Which weights answer?")
    show_done()
    show_flaws(JobQueue())
    with ui.core_errors():
        default = library.default()
        cards = {name: card_of(name, ui.weights_hash(name)) for name in library.names()}
        found = overview(cards, default, library.shipped())
        st.markdown(found.sentence)
        ui.table(found.shown, column_config=FORMATS)
        show_scores(cards)
        show_one(ui.choose_weights(), default)
        show_import()


@st.cache_data(max_entries=64, show_spinner=False)
def card_of(name: str, digest: str) -> dict:
    """The card inside a file; `digest` of the file is the key."""
    return load_checkpoint(library.path_of(name)).card


def show_scores(names: Iterable[str]) -> None:
    """All weights on the common test set; those not judged yet a click away."""
    st.header("On the same test set", anchor=False)
    known = {name: common_test.known_scores(ui.weights_hash(name)) for name in names}
    new = [name for name, rows in known.items() if rows is None]
    if len(new) < len(known):
        paint(scores({name: rows for name, rows in known.items() if rows is not None}))
    if new and st.button(f"Judge {ui.plain(listed(new))}, half a minute each"):
        bar = st.progress(0.0)
        for name in new:
            words = f"Judging {ui.plain(name)} …"
            common_test.scored(ui.estimator(name), lambda s, w=words: bar.progress(s, w))
        st.rerun()


def show_one(name: str, default: str) -> None:
    """One file: its curve, its laws, and what can be done with it."""
    path, digest = library.path_of(name), ui.weights_hash(name)
    card = card_of(name, digest)
    found = losses(card["curve"])
    show(found)
    st.caption(f"SHA-256 {digest}")
    with st.expander("The laws it was trained on"):
        st.markdown(describe(card["meta"]))
    with st.container(horizontal=True):
        st.download_button(
            "Export with its card",
            path.read_bytes,
            path.name,
            "application/octet-stream",
            on_click="ignore",
        )
        if name != default and st.button("Make it the default here"):
            library.make_default(name)
            done(f"{name} is the default here: every page starts with it.")
        if name in library.kept() and st.button("Delete"):
            library.remove(name)
            done(f"{name} is deleted.")


def show_import() -> None:
    """A way in for files that were exported elsewhere."""
    st.header("Bring in weights", anchor=False)
    upload = st.file_uploader("A file exported here or elsewhere", type=["safetensors"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", "imported", max_chars=40, width=240)
        if st.button("Import", disabled=upload is None):
            library.import_weights(upload.getvalue(), name)
            done(f"{name} is here: every page can choose it.")
    st.caption(
        "Header, shapes, types, sizes and digest are checked before anything is loaded; nothing "
        "in the file is ever run."
    )


main()

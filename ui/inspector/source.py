"""Where the table comes from: a bundled one, or a file that stays in the session."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mist_core.tables.bundled import DATASETS
from mist_core.tables.table import Table
from ui import shell as ui
from ui.links import tell_unknown
from ui.preflight import TYPES, uploaded

UPLOAD, KEPT = "upload", "table-kept"
ANSWERED, TURN = "table-answered", "table-turn"
MIB = 2**20


def choose_table() -> tuple[Table, str]:
    """The table, and the name under which its settings are kept."""
    tell_unknown("the table", "table", DATASETS, next(iter(DATASETS)))
    name = st.selectbox(
        "Table", list(DATASETS), key="table", bind="query-params", persist_state="session"
    )
    story = st.empty()
    st.file_uploader("or your own table", type=TYPES, key=UPLOAD, on_change=_keep)
    st.session_state[ANSWERED] = _chosen()
    if kept := st.session_state.get(KEPT):
        _show_kept(*kept)
        table = uploaded(kept[1])
        return table, table.sha256
    dataset = DATASETS[name]
    whose = f"Source: {dataset.source} ({dataset.licence})."
    story.caption(f"{dataset.question} {dataset.story} {whose}")
    return bundled(name), name


def answer_place() -> DeltaGenerator:
    """Where to answer: for another table not where the last one was answered.

    An empty element takes what stands there off the page at once; a container leaves it there
    until the run ends, which keeps the focus where it is.
    """
    turn = st.session_state.setdefault(TURN, 0)
    if st.session_state.get(ANSWERED, _chosen()) != _chosen():
        turn = st.session_state[TURN] = 1 - turn
    places = [st.container() if place == turn else st.empty() for place in (0, 1)]
    return places[turn]


def _chosen() -> str | None:
    """What tells the chosen table from another."""
    upload = st.session_state.get(UPLOAD)
    return upload.file_id if upload else st.session_state.get("table")


def _keep() -> None:
    """Keep a file for the session: the box forgets it when another page is visited.

    One file at a time, of at most server.maxUploadSize.
    """
    upload = st.session_state[UPLOAD]
    if upload is None:
        st.session_state.pop(KEPT, None)
    else:
        keep(upload)


def keep(upload: UploadedFile) -> None:
    """Keep a file for the session, for all pages."""
    st.session_state[KEPT] = (upload.name, upload.getvalue())


def _show_kept(name: str, data: bytes) -> None:
    """The file, once the box has forgotten it, with a way to take it off."""
    if st.session_state.get(UPLOAD) is None:
        size = f"{len(data) / MIB:,.1f} MB"
        st.caption(f"{ui.plain(name)}, {size}, kept in this session only")
        st.button("Take it off", on_click=st.session_state.pop, args=(KEPT,))


@st.cache_resource
def bundled(name: str) -> Table:
    return DATASETS[name].load()

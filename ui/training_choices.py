"""The Train page's choices: where to start, what laws to learn from, what to rehearse."""

import streamlit as st

from mist_core.priors.batch import MetaDistribution
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import General
from mist_core.priors.paper import PAPER_DIMS, PAPER_FAMILIES, PAPER_ROWS, PAPER_TRAIN, Paper
from mist_core.priors.spec import MOST_ROWS
from mist_core.training.adaptation.adapt import Adaptation
from mist_core.training.rehearsal import rehearsed
from mist_core.weights import library
from ui.links import tell_unknown
from ui.table_imitation import choose_table

SCRATCH = "nothing (from scratch)"
NETWORKS = {
    "pairwise": "fast statistics",
    "statistics": "all statistics",
    "mist": "all statistics and the set encoder",
}
EVERY, LIKE_TABLE = "laws of every kind", "data like a table's"
# Whether additive laws are among those that are checked at first.
PUBLISHED = {"published laws": True, "published laws, none additive": False}
LAWS = (EVERY, LIKE_TABLE, *PUBLISHED)
URL = "query-params"
ROWS = (10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000, MOST_ROWS)


def choose_start() -> tuple[str | None, str]:
    """Weights to go on from, or None and the network to begin with."""
    names = [SCRATCH, *library.names()]
    start = st.selectbox("Start from", names, names.index(library.default()))
    if start != SCRATCH:
        return start, "mist"
    return None, st.selectbox("Network", list(NETWORKS), format_func=NETWORKS.get)


def choose_laws() -> MetaDistribution | Adaptation:
    """A meta-distribution composed of parts, or one like a table."""
    tell_unknown("training on", "train-data", LAWS, EVERY)
    kind = st.segmented_control(
        "Learn from", list(LAWS), default=EVERY, required=True, key="train-data", bind=URL
    )
    if kind == LIKE_TABLE:
        return choose_table()
    with st.expander("Choose among them"):
        return _choose_paper(kind) if kind in PUBLISHED else choose_general()


def _choose_paper(kind: str) -> Paper:
    """Published families, rows and columns."""
    usual = [f for f in PAPER_TRAIN if PUBLISHED[kind] or PAPER_FAMILIES[f].base != "additive"]
    families = st.multiselect("Families", list(PAPER_FAMILIES), usual, key=f"families-{kind}")
    rows = st.slider("Rows", *PAPER_ROWS, PAPER_ROWS, step=10)
    dims = st.slider("Columns a side", *PAPER_DIMS, PAPER_DIMS)
    return Paper(tuple(families), rows, dims)


def choose_general() -> General:
    """Blocks, rows and columns of the general laws."""
    names = list(BLOCKS)
    blocks = st.pills("Blocks", names, selection_mode="multi", default=names, width="stretch")
    rows = st.select_slider("Rows", ROWS, value=(10, 1000))
    dims = st.slider("Most columns a side", 1, 32, 8)
    return General(rows=rows, dims=dims, blocks=tuple(blocks), published=0.0)


def rehearse(meta: MetaDistribution, start: str | None) -> MetaDistribution:
    """Some of the laws the start has learned, so that it does not forget them."""
    if start is None:
        return meta
    share = st.slider(
        "Rehearsal (%)",
        0,
        90,
        30,
        step=10,
        help="share of draws from the laws the weights were trained on, against forgetting",
    )
    return rehearsed(meta, library.path_of(start), share / 100)

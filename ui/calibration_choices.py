"""The Calibration page's choices: what is judged, whose weights, how many datasets for others."""

import streamlit as st

from mist_core.calibration import text
from mist_core.calibration.samples import Samples
from mist_core.calibration.study import LAWS, OneLaw, Study
from ui import shell as ui
from ui.calibration_samples import choose_samples
from ui.explore_choices import choose_family, choose_rows, choose_scene
from ui.links import tell_unknown

URL = "query-params"
THESE, THIS, SAMPLES, TABLE = "these laws", "this law", "my samples", "a real table"
ROWS = (10, 20, 50, 100, 200, 300, 500, 1000, 2000, 3000)
SIZES = (50, 100, 200, 500, 1000, 2000, 5000)
PEERS = (0, 10, 20, 50, 100)
FIRST = "general"  # laws that the default weights were trained on


def choose_kind() -> str:
    """Laws, one law, samples with a known truth, or a table that is large enough to have one."""
    kinds = [THESE, THIS, SAMPLES, TABLE]
    tell_unknown("datasets of", "on", kinds, THESE)
    return st.segmented_control(
        "Calibrate on", kinds, default=THESE, required=True, key="on", bind=URL
    )


def choose(kind: str) -> tuple[Study | OneLaw | Samples, str, int]:
    """What is drawn, whose weights answer, and how many datasets the slow peers get."""
    with st.sidebar:
        laws, others = st.container(), st.container()
    with others:
        weights = ui.choose_weights()
        n_peers = st.select_slider(
            "Datasets for KSG and CCA",
            PEERS,
            20,
            key="peers",
            bind=URL,
            help="each takes 400 estimates of a dataset: a second or two, more with many rows",
        )
    if kind == SAMPLES:
        return choose_samples(), weights, n_peers
    with laws:
        return (_one_law() if kind == THIS else _these_laws()), weights, n_peers


def _these_laws() -> Study:
    tell_unknown("the laws", "laws", LAWS, FIRST)
    laws = st.selectbox("Laws", list(LAWS), list(LAWS).index(FIRST), key="laws", bind=URL)
    chosen = LAWS[laws]
    if laws == "paper out-of-family":
        st.caption(text.ABOUT_SPLIT)
    kind = chosen.weights  # laws of one kind share their ranges, and so the widgets
    options = sorted({*ROWS, *chosen.rows})
    rows = st.select_slider("Rows", options, chosen.rows, key=f"rows-{kind}", bind=URL)
    dims = st.slider("Columns a side", *chosen.dims, chosen.dims, key=f"dims-{kind}", bind=URL)
    size = _choose_size(1000, "datasets")
    about = "another seed, other datasets"
    seed = st.slider("Seed", 0, 999, 0, help=about, key="seed-laws", bind=URL)
    # Streamlit takes a range from the URL as it is, even one that is turned around.
    return Study(laws, tuple(sorted(rows)), tuple(sorted(dims)), size, seed)


def _one_law() -> OneLaw:
    scene = choose_scene(choose_family(), st.container())
    rows = choose_rows()
    fields = scene.family, scene.parameters, scene.dim_x, scene.dim_y, scene.transforms
    return OneLaw(*fields, rows, _choose_size(200, "law-datasets"), scene.seed)


def _choose_size(first: int, key: str) -> int:
    """How many datasets, under a key of the kind's own.

    Streamlit forgets to write a control into the address where one of the same key has gone.
    """
    return st.select_slider("Datasets", SIZES, first, key=key, bind=URL)

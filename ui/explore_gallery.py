"""The gallery across the top of Explore: a click on a shape shows its law at its best."""

import streamlit as st

from mist_core.explore.gallery import GALLERY, WIDTH, shape_of, thumbnail
from mist_core.explore.scenario import LAWS, Scene

CELL = WIDTH + 6  # pixels


def show_gallery(shown: Scene | None) -> None:
    """Twelve thumbnails; the one on show is marked."""
    with st.container(horizontal=True, gap="xsmall"):
        for name in GALLERY:
            with st.container(width=CELL, gap=None):
                st.image(_picture(name), width=WIDTH, alt=f"rows of the shape {name}")
                here = shown is not None and shape_of(shown) == name
                label = f":primary[**{name}**]" if here else name
                key = f"shape-{name}"
                st.button(label, key=key, on_click=_take, args=(name,), type="tertiary")


def _take(name: str) -> None:
    """Set every control that the shape decides; rows, seed and unit stay."""
    scene = GALLERY[name]
    st.query_params.pop("dataset", None)
    st.session_state["law"] = scene.family
    st.session_state["transforms"] = []
    for parameter, value in scene.parameters:
        st.session_state[parameter] = value
    if not LAWS[scene.family].fixed_dims:
        st.session_state["dim_x"], st.session_state["dim_y"] = scene.dim_x, scene.dim_y
    for axis in ("across", "up"):
        st.session_state.pop(axis, None)


@st.cache_resource(show_spinner=False)
def _picture(name: str) -> str:
    return thumbnail(GALLERY[name])

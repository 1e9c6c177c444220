"""The Explore page's choices: law, rows, estimators and axes, each of them kept in the address."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.benchmarks.baselines.estimators import BASELINES
from mist_core.distributions.families import Family, Parameter
from mist_core.distributions.transforms.named import TRANSFORMS, misfits
from mist_core.explore.scenario import LAWS, MISSED, TYPICAL_SEED, Scene
from mist_core.markdown import percent
from ui.links import tell_unknown

URL = "query-params"
ABOUT_SEED = (
    "another seed, another sample; over many seeds the 90 % interval misses the truth of these "
    f"laws in {percent(MISSED)} of cases, with this first one it holds it"
)
ROWS = (10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000)
ROWS += (10_000, 15_000, 20_000)
MAX_DIM = 32
LAST_SEED = 999
SLIDER = 160  # pixels: four, and a button, in a row at 1280


def choose_family() -> Family:
    """The law, among all there are; the gallery chooses among twelve."""
    names = list(LAWS)
    first = names.index("bivariate-normal")
    tell_unknown("the law", "law", names, names[first])
    family = LAWS[st.selectbox("Law", names, index=first, key="law", bind=URL)]
    st.caption(family.description)
    return family


def choose_scene(family: Family, bar: DeltaGenerator) -> Scene:
    """Its parameters, dimensions and seed in the bar, and the transforms here."""
    with bar:
        dim_x, dim_y = choose_dims(family)
        pairs = min(dim_x, dim_y)
        parameters = tuple((p.name, choose_value(p, pairs)) for p in family.parameters)
        # Not a number input: Streamlit 1.67 raises on ?seed=1e999 there.
        seed = st.slider(
            "Seed", 0, LAST_SEED, TYPICAL_SEED, help=ABOUT_SEED, key="seed", bind=URL, width=SLIDER
        )
    return Scene(family.name, parameters, dim_x, dim_y, choose_transforms(dim_x, dim_y), seed)


def choose_transforms(dim_x: int, dim_y: int) -> tuple[str, ...]:
    """Changes of both sides, with what each does and why some do not fit."""
    transforms = st.multiselect(
        "Transforms of both sides, in order", list(TRANSFORMS), key="transforms", bind=URL
    )
    for name in transforms:
        st.caption(f"{name}: {TRANSFORMS[name].description}")
    if unfit := misfits(dim_x, dim_y):
        with st.expander(f"{len(unfit)} do not fit these columns"):
            st.markdown("\n".join(f"- {name}: {reason}" for name, reason in unfit.items()))
    return tuple(transforms)


def choose_dims(family: Family) -> tuple[int, int]:
    """Columns of X and Y, as far as the family leaves a choice."""
    if family.fixed_dims:
        dim_x, dim_y = family.fixed_dims
        why = f"this law has {dim_x} of X and {dim_y} of Y, no more and no fewer"
        key = f"columns-{dim_x}"
        st.slider("Columns", 0, MAX_DIM, dim_x, disabled=True, help=why, key=key, width=SLIDER)
        return dim_x, dim_y
    start = max(family.min_dim, 2)
    if family.equal_dims:
        dim = _columns("Columns a side", family.min_dim, start, "dim")
        return dim, dim
    dim_x = _columns("Columns of X", family.min_dim, start, "dim_x")
    return dim_x, _columns("Columns of Y", family.min_dim, start, "dim_y")


def choose_value(parameter: Parameter, pairs: int) -> float:
    """A slider over the parameter's range; there are at most `pairs` interacting columns."""
    high = min(parameter.high, pairs) if parameter.name == "n_interacting" else parameter.high
    if high <= parameter.low:
        return parameter.low
    return st.slider(
        parameter.label,
        parameter.low,
        high,
        min(parameter.default, high),
        step=parameter.step,
        help=parameter.description,
        key=parameter.name,
        bind=URL,
        width=SLIDER,
    )


def choose_rows() -> int:
    """How many rows of the sample the estimators see."""
    return st.select_slider("Rows", ROWS, value=500, key="rows", bind=URL, width=SLIDER)


def _columns(label: str, least: int, start: int, key: str) -> int:
    return st.slider(label, least, MAX_DIM, start, key=key, bind=URL, width=SLIDER)


def choose_others() -> list[str]:
    """The estimators to compare with; the neural ones take seconds."""
    return st.multiselect(
        "Compare with",
        list(BASELINES),
        default=["ksg", "cca"],
        format_func=lambda name: BASELINES[name].title,
        key="compare",
        bind=URL,
    )

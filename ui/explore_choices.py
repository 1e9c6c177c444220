"""The Explore page's choices: law, rows, estimators and axes, each of them kept in the address."""

import streamlit as st

from mist_core.benchmarks.baselines.estimators import BASELINES
from mist_core.distributions.families import Family, Parameter
from mist_core.distributions.transforms.named import TRANSFORMS
from mist_core.explore.scenario import LAWS, MISSED, TYPICAL_SEED, Sample, Scene
from mist_core.markdown import percent

URL = "query-params"
ABOUT_SEED = (
    "another seed, another sample; over many seeds the 90 % interval misses the truth of these "
    f"laws in {percent(MISSED)} of cases, with this first one it holds it"
)
ROWS = (10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000)
ROWS += (10_000, 15_000, 20_000)
MAX_DIM = 32
CANONICAL = "canonical pair"


def choose_scene() -> Scene:
    """The law, its parameters, dimensions, transforms and seed."""
    names = list(LAWS)
    first = names.index("bivariate-normal")
    family = LAWS[st.selectbox("Law", names, index=first, key="law", bind=URL)]
    st.caption(family.description)
    dim_x, dim_y = choose_dims(family)
    parameters = tuple((p.name, choose_value(p, min(dim_x, dim_y))) for p in family.parameters)
    transforms = st.multiselect(
        "Transforms of both sides, in order", list(TRANSFORMS), key="transforms", bind=URL
    )
    for name in transforms:
        st.caption(f"{name}: {TRANSFORMS[name].description}")
    # Not a number input: Streamlit 1.67 raises on ?seed=1e999 there.
    seed = st.slider("Seed", 0, 999, TYPICAL_SEED, help=ABOUT_SEED, key="seed", bind=URL)
    return Scene(family.name, parameters, dim_x, dim_y, tuple(transforms), seed)


def choose_dims(family: Family) -> tuple[int, int]:
    """Columns of X and Y, as far as the family leaves a choice."""
    if family.fixed_dims:
        return family.fixed_dims
    start = max(family.min_dim, 2)
    if family.equal_dims:
        dim = st.slider("Columns a side", family.min_dim, MAX_DIM, start, key="dim", bind=URL)
        return dim, dim
    dim_x = st.slider("Columns of X", family.min_dim, MAX_DIM, start, key="dim_x", bind=URL)
    dim_y = st.slider("Columns of Y", family.min_dim, MAX_DIM, start, key="dim_y", bind=URL)
    return dim_x, dim_y


def choose_value(parameter: Parameter, pairs: int) -> float:
    """A slider over the parameter's range; there are at most `pairs` interacting columns."""
    high = min(parameter.high, pairs) if parameter.name == "n_interacting" else parameter.high
    if high <= parameter.low:
        return parameter.low
    return st.slider(
        parameter.name.replace("_", " "),
        parameter.low,
        high,
        min(parameter.default, high),
        step=parameter.step,
        help=parameter.description,
        key=parameter.name,
        bind=URL,
    )


def choose_rows() -> int:
    """How many rows of the sample the estimators see."""
    return st.select_slider("Rows", ROWS, value=500, key="rows", bind=URL)


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


def choose_axes(sample: Sample) -> tuple:
    """Two coordinates, or the leading canonical pair: (a, b, title of a, title of b)."""
    view = st.segmented_control(
        "Show",
        ["coordinates", CANONICAL],
        default="coordinates",
        required=True,
        key="view",
        bind=URL,
    )
    if view == CANONICAL:
        a, b = sample.leading_canonical_pair()
        return a, b, "leading canonical variate of X", "leading canonical variate of Y"
    table = sample.table()
    names = list(table.columns)
    a = st.selectbox("Across", names, key="across", bind=URL, width=110)
    b = st.selectbox("Up", names, index=sample.x.shape[1], key="up", bind=URL, width=110)
    return table[a].to_numpy(), table[b].to_numpy(), a, b

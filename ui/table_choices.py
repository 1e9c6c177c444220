"""The table page's choices: which table, which columns tell, and about which."""

import streamlit as st

from mist_core.tables.bundled import DATASETS
from mist_core.tables.columns.column import DATE
from mist_core.tables.table import Table
from ui.preflight import TYPES, uploaded

Sources = list[list[str]] | None  # None: every usable column by itself
ONE, GROUPS = "one target", "a group of columns"


def choose_table() -> tuple[Table, str]:
    """The table, and the name under which its settings are kept."""
    name = st.selectbox("Table", list(DATASETS), key="table", bind="query-params")
    story = st.empty()
    upload = st.file_uploader("or your own table", type=TYPES, key="upload")
    if upload is not None:
        table = uploaded(upload.getvalue())
        return table, table.sha256
    dataset = DATASETS[name]
    whose = f"Source: {dataset.source} ({dataset.licence})."
    story.caption(f"{dataset.question} {dataset.story} {whose}")
    return _bundled(name), name


@st.cache_resource
def _bundled(name: str) -> Table:
    return DATASETS[name].load()


def choose_columns(table: Table, source: str) -> tuple[list[str], Sources]:
    """The target's columns, and the groups to compare with it."""
    suggested = _suggested_target(table, source)
    mode = st.segmented_control(
        "Compare columns with",
        [ONE, GROUPS],
        default=ONE if len(suggested) == 1 else GROUPS,
        required=True,
        key=f"compare-{source}",
        bind=_url(source),
    )
    if mode == ONE:
        position = table.names.index(suggested[0])
        name = st.selectbox(
            "Target", table.names, position, key=f"target-{source}", bind=_url(source)
        )
        return [name], None
    return _choose_groups(table, source, suggested)


def _choose_groups(table: Table, source: str, suggested: list[str]) -> tuple[list[str], Sources]:
    others = [c.name for c in table.columns if c.usable and c.name not in suggested]
    group = st.multiselect(
        "What do these tell, one by one and together,",
        table.names,
        others,
        key=f"group-{source}",
        bind=_url(source),
    )
    target = st.multiselect(
        "about these, taken together?",
        table.names,
        suggested,
        key=f"about-{source}",
        bind=_url(source),
    )
    return target, [[name] for name in group] + ([group] if len(group) > 1 else [])


def _suggested_target(table: Table, source: str) -> list[str]:
    """The bundled table's own question; else the last column of use, where targets often stand."""
    if source in DATASETS:
        return list(DATASETS[source].target)
    usable = [c.name for c in table.columns if c.usable and c.kind != DATE]
    return usable[-1:] or [table.names[-1]]


def _url(source: str) -> str | None:
    """Choices go into the URL where it can be opened again: an upload cannot."""
    return "query-params" if source in DATASETS else None

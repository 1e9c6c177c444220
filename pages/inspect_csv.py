"""Your table: which columns tell most about the one you care about."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mist_core.tables.association import Association, Ranking
from mist_core.tables.bundled import DATASETS
from mist_core.tables.columns import DATE, Column
from mist_core.tables.figures import MOST_BARS, pair_chart, ranking_chart
from mist_core.tables.ranking import complete_rows, scan
from mist_core.tables.table import Table
from ui import shell as ui
from ui.cache import Report, once
from ui.preflight import TYPES, choose_readings, uploaded

Sources = list[list[str]] | None  # None: every usable column by itself
_ONE, _GROUPS = "one target", "a group of columns"
_MOST_DRAWN = 5_000  # rows of the selected pair


def main() -> None:
    """The answer first; how the table was read below it, where it can be changed."""
    ui.page("Your table")
    st.title("Which columns tell about which?")
    # An empty place takes what stood in it off the page at once; a container, when its run ends.
    new = _is_new()
    answer, reading = st.empty() if new else st.container(), st.container()
    with ui.core_errors():
        with st.sidebar:
            table, source = _choose_table()
        with reading:
            table = choose_readings(table, source)
        with st.sidebar:
            target, sources = _choose_columns(table, source)
            ui.choose_weights()
        with answer.container() if new else answer:
            _show_answer(table, source, _ranking(table, target, sources))


def _is_new() -> bool:
    """Whether another table was chosen than the page last began to answer about."""
    upload = st.session_state.get("upload")
    chosen = upload.file_id if upload else st.session_state.get("table")
    before = st.session_state.get("answered")
    st.session_state["answered"] = chosen
    return chosen != before


def _choose_table() -> tuple[Table, str]:
    """The table, and the name under which its settings are kept."""
    name = st.selectbox("Table", list(DATASETS), key="table", bind="query-params")
    story = st.empty()
    upload = st.file_uploader("or your own table", type=TYPES, key="upload")
    if upload is not None:
        table = uploaded(upload.getvalue())
        return table, table.sha256
    dataset = DATASETS[name]
    story.caption(f"{dataset.question} {dataset.story} Source: {dataset.source}.")
    return _bundled(name), name


@st.cache_resource
def _bundled(name: str) -> Table:
    return DATASETS[name].load()


def _choose_columns(table: Table, source: str) -> tuple[list[str], Sources]:
    """The target's columns, and the groups to compare with it."""
    suggested = _suggested_target(table, source)
    mode = st.segmented_control(
        "Compare columns with",
        [_ONE, _GROUPS],
        default=_ONE if len(suggested) == 1 else _GROUPS,
        required=True,
        key=f"compare-{source}",
        bind=_url(source),
    )
    if mode == _ONE:
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


def _ranking(table: Table, target: list[str], sources: Sources) -> Ranking:
    """The ranking, computed once for all sessions."""
    read = (table.note, *((c.name, c.kind, c.reading) for c in table.columns))
    chosen = None if sources is None else tuple(map(tuple, sources))
    key = ("ranking", table.sha256, read, tuple(target), chosen, ui.weights_hash())
    return once(key, lambda report: _measure(table, target, sources, report), words="Measuring …")


def _measure(table: Table, target: list[str], sources: Sources, report: Report) -> Ranking:
    def progress(done: int, total: int) -> None:
        report(done / total, f"{done} of {total} pairs")

    return scan(ui.estimator(), table, target, sources, progress=progress)


def _show_answer(table: Table, source: str, ranking: Ranking) -> None:
    headline = st.empty()
    unit = ui.unit_switch("table-unit")
    headline.markdown(ui.plain(ranking.sentence(unit)))
    chart = ranking_chart(ranking.associations, unit=unit)
    ui.show(chart, description=ranking.sentence(unit))
    st.caption(_caption(ranking))
    association = _show_table(ranking, unit, source)
    _show_pair(table, ranking, association, unit)
    _show_left_out(ranking)


def _caption(ranking: Ranking) -> str:
    caption = (
        "Dot: posterior mean. Line: 90 % prediction interval; that share is an average over the "
        "laws the model was trained on, not a promise for each."
    )
    if len(ranking.associations) > MOST_BARS:
        caption += f" The first {MOST_BARS} of {len(ranking.associations):,}."
    if ranking.n_drawn < ranking.n_rows:
        caption += f" From {ranking.n_drawn:,} of {ranking.n_rows:,} rows, drawn at random."
    return caption


def _show_table(ranking: Ranking, unit: str, source: str) -> Association:
    """The ranking as a table; returns its selected row."""
    frame = ranking.to_frame(unit)
    number = st.column_config.NumberColumn(format="%.3f")
    bar = st.column_config.ProgressColumn(
        format="%.3f", min_value=0.0, max_value=float(frame["high"].max()) or 1.0
    )
    formats = {f"MI ({unit})": bar, "low": number, "high": number, "as a correlation": number}
    event = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        column_config=formats,
        key=f"ranking-{source}-{ranking.target}",
    )
    ui.download_table("Ranking (CSV)", frame, "ranking.csv")
    selected = [row for row in event.selection.rows if row < len(frame)]
    return ranking.associations[selected[0] if selected else 0]


def _show_pair(table: Table, ranking: Ranking, association: Association, unit: str) -> None:
    st.subheader("The selected row", anchor=False)
    st.markdown(ui.plain(association.sentence(" + ".join(ranking.target), unit)))
    if association.flags:
        st.caption(ui.plain(f"Careful: {'; '.join(association.flags)}."))
    x = _one_of(association.columns, "Drawn column")
    y = _one_of(ranking.target, "Drawn target")
    rows = complete_rows(table, (x, y), max_rows=_MOST_DRAWN)
    chart = pair_chart(*(_drawn(table[name]).iloc[rows] for name in (x, y)))
    ui.show(chart, description=f"{x} against {y}")


def _drawn(column: Column) -> pd.Series:
    return column.shown if column.kind == DATE else column.values


def _one_of(names: Sequence[str], label: str) -> str:
    return names[0] if len(names) == 1 else st.selectbox(label, names)


def _show_left_out(ranking: Ranking) -> None:
    if ranking.left_out:
        with st.expander(f"{len(ranking.left_out):,} left out"):
            st.text("\n".join(f"{name}: {reason}" for name, reason in ranking.left_out))


main()

"""Your table: which columns tell most about the one you care about."""

from collections.abc import Sequence

import streamlit as st

from mist_core.findings import Finding
from mist_core.tables.association import Association, Ranking
from mist_core.tables.findings import pair, ranked, told
from mist_core.tables.ranking import scan
from mist_core.tables.table import Table
from ui import shell as ui
from ui.cache import Report, once
from ui.preflight import choose_readings
from ui.table_choices import Sources, choose_columns, choose_table


def main() -> None:
    """The answer first; how the table was read below it, where it can be changed."""
    ui.page("Your table")
    st.title("Which columns tell about which?")
    # An empty place takes what stood in it off the page at once; a container, when its run ends.
    new = _is_new()
    answer, reading = st.empty() if new else st.container(), st.container()
    with ui.core_errors():
        with st.sidebar:
            table, source = choose_table()
        with reading:
            table = choose_readings(table, source)
        with st.sidebar:
            target, sources = choose_columns(table, source)
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
    found = ranked(ranking, unit)
    headline.markdown(found.sentence)
    ui.show(found.charts[0], description=found.about)
    st.caption(" ".join(found.notes))
    association = _show_table(ranking, found, unit, source)
    _show_pair(table, ranking, association, unit)
    _show_left_out(ranking)


def _show_table(ranking: Ranking, found: Finding, unit: str, source: str) -> Association:
    """The ranking as a table; returns its selected row."""
    frame = found.shown
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
    ui.download_table("Ranking (CSV)", found.table, "ranking.csv")
    selected = [row for row in event.selection.rows if row < len(frame)]
    return ranking.associations[selected[0] if selected else 0]


def _show_pair(table: Table, ranking: Ranking, association: Association, unit: str) -> None:
    st.subheader("The selected row", anchor=False)
    sentence, *careful = told(association, ranking.target, unit)
    st.markdown(sentence)
    for words in careful:
        st.caption(words)
    x = _one_of(association.columns, "Drawn column")
    y = _one_of(ranking.target, "Drawn target")
    found = pair(table, x, y)
    ui.show(found.charts[0], description=found.about)


def _one_of(names: Sequence[str], label: str) -> str:
    return names[0] if len(names) == 1 else st.selectbox(label, names)


def _show_left_out(ranking: Ranking) -> None:
    if ranking.left_out:
        with st.expander(f"{len(ranking.left_out):,} left out"):
            st.text("\n".join(f"{name}: {reason}" for name, reason in ranking.left_out))


main()

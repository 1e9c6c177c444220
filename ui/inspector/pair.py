"""Two columns looked at closely."""

import streamlit as st

from mist_core.explore.figures import Fan
from mist_core.explore.findings import growth
from mist_core.inference.posterior import Posterior
from mist_core.inspection.pair import Rows, answer, counted, growing
from mist_core.inspection.shuffling import shuffled
from mist_core.tables.association import Association
from mist_core.tables.findings import pair, told
from ui import findings
from ui import shell as ui
from ui.cache import once
from ui.explore import Board
from ui.inspector.view import View
from ui.refine import about, refined

BASELINES = ("ksg", "cca", "histogram")


def show(view: View) -> None:
    """The open pair, from the fastest part to the slowest."""
    st.divider()
    chosen = view.chosen_pair()
    if not chosen:
        st.caption("Click a cell, or choose two columns here, to look at a pair closely.")
        return
    x, y = chosen
    counted_once = once(
        ("counted", *view.key), lambda report: counted(view.table), words="Reading …"
    )
    rows = Rows.of(view.table, x, y, counted_once)
    posterior, association = _answer(view, x, y, rows)
    _show_words(association, y, view.unit)
    refining = st.container()
    left, right = st.columns(2, gap="large")
    with left:
        found = pair(view.table, x, y)
        about = f"{found.about}. {association.sentence(y, view.unit)}"
        ui.show(found.charts[0], description=about)
    with right:
        board = Board(right, Fan.of(ui.in_unit(posterior, view.unit)), None, view.unit)
        board.prepare(list(BASELINES), _known(view, x, y))
    null, growth = st.columns(2, gap="large")
    with growth:
        _show_growth(view, x, y, rows)
    with null:
        _show_null(view, x, y, rows)
    board.complete(rows.drawn())
    with refining:
        _show_refined(view, x, y, rows)


def _answer(view: View, x: str, y: str, rows: Rows) -> tuple[Posterior, Association]:
    return once(
        ("pair", *view.key, x, y), lambda report: answer(ui.estimator(), rows), words="Reading …"
    )


def _show_words(association: Association, y: str, unit: str) -> None:
    sentence, *careful = told(association, [y], unit)
    st.markdown(sentence)
    for words in careful:
        st.caption(words)


def _known(view: View, x: str, y: str) -> dict:
    """Baselines already computed for this pair in this session; new ones are added to it."""
    store = st.session_state.setdefault("pair-baselines", {})
    return store.setdefault((*view.key, x, y), {})


def _show_refined(view: View, x: str, y: str, rows: Rows) -> None:
    """A button that refines the answer, and what came of it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        better = refined(
            ("pair", *view.key, x, y),
            lambda progress: ui.estimator().refine(rows.x, rows.y, progress=progress),
        )
    if better:
        st.markdown(about(ui.in_unit(better, view.unit)))


def _show_growth(view: View, x: str, y: str, rows: Rows) -> None:
    """How the answer comes about as rows accumulate."""
    grown = once(
        ("growing", *view.key, x, y),
        lambda report: growing(
            ui.estimator(), rows, lambda share: report(share, "As rows accumulate …")
        ),
        words="As rows accumulate …",
    )
    fans = [Fan.of(ui.in_unit(posterior, view.unit)) for _, posterior in grown]
    rows_used = [n for n, _ in grown]
    findings.show(growth(rows_used, fans, None, view.unit, which="rows drawn at random"))


def _show_null(view: View, x: str, y: str, rows: Rows) -> None:
    """What shuffled rows give."""
    found = once(
        ("shuffled", *view.key, x, y),
        lambda report: shuffled(rows, progress=lambda share: report(share, "Shuffling …")),
        words="Shuffling …",
    )
    findings.show(found.finding())
    st.caption(found.sentence)

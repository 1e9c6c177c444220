"""Two columns in time: what one tells about the other, so many rows earlier or later."""

import numpy as np
import streamlit as st

from mist_core.markdown import plain
from mist_core.series import Lagged, columns_lagged, in_order, memory_of, time_columns
from mist_core.series.findings import apart, by_lag
from mist_core.tables.columns.column import DATE
from ui import findings
from ui import shell as ui
from ui.cache import once
from ui.inspector.target import suggested
from ui.inspector.view import SEED, View

AS_THEY_STAND = "the rows as they stand"
FAR = (5, 10, 20, 50, 100)


def warn(view: View) -> None:
    """Say above all other answers that the rows follow each other, where they do."""
    found = once(("memory", *view.key), lambda report: memory_of(view.table), words="Reading …")
    if found:
        st.warning(plain(found.sentence()), icon=":material/timeline:")


def show(view: View) -> None:
    by, x, y, most = _choose(view)
    order = in_order(view.table, None if by == AS_THEY_STAND else by)
    found = once(
        ("lagged", *view.key, by, x, y, most),
        lambda report: _lagged(view, x, y, order, most, report),
        words="Measuring …",
    )
    place = st.empty()
    lag = _choose_lag(view, found, (by, x, y, most))
    finding = by_lag(found, lag, view.unit)
    with place.container():
        st.markdown(finding.sentence)
        findings.show(finding)
    drawn = apart(view.table, order, x, y, lag)
    ui.show(drawn.charts[0], description=drawn.described)
    st.caption(" ".join(finding.notes))
    findings.offer(finding, "Lags", "lags", view.unit)


def _choose(view: View) -> tuple[str, str, str, int]:
    """The order of time, the two columns, and how far apart they are looked at."""
    orders = [*time_columns(view.table), AS_THEY_STAND]
    others = [name for name in view.usable if view.table[name].kind != DATE] or view.usable
    last = suggested(view)[0] if suggested(view)[0] in others else others[-1]
    first = next((name for name in others if name != last), last)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x = st.selectbox("What does", others, others.index(first), key=view.of("x"), **view.kept)
        y = st.selectbox("tell about", others, others.index(last), key=view.of("y"), **view.kept)
        by = st.selectbox("in time by", orders, key=view.of("by"), **view.kept)
        fits = [far for far in FAR if 4 * far <= view.table.n_rows] or [1]
        far = min(len(fits) - 1, 1)
        most = st.selectbox("at most, rows", fits, far, key=view.of("far"), **view.kept)
    return by, x, y, most


def _choose_lag(view: View, found: Lagged, asked: tuple) -> int:
    lags = list(found)
    if len(lags) == 1:
        return lags[0]
    help = "Above 0 the first column comes before the second, below 0 after it"
    return st.slider(
        "Lag, in rows",
        lags[0],
        lags[-1],
        found.best,
        key=f"lag-{view.source}-{asked}",
        help=help,
    )


def _lagged(view: View, x: str, y: str, order: np.ndarray, most: int, report) -> Lagged:
    return columns_lagged(
        ui.estimator(),
        view.table,
        x,
        y,
        order,
        most=most,
        seed=SEED,
        progress=lambda share: report(share, "Measuring …"),
    )

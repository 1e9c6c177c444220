"""All that was found in a table, to take along."""

import datetime
from collections.abc import Sequence

import streamlit as st

from mist_core.inspection.code import Asked, story
from mist_core.inspection.export import Made, as_csv, as_parquet
from mist_core.inspection.paper import KINDS, drawn, one_column
from mist_core.inspection.report import report
from mist_core.inspection.result import Survey
from mist_core.tables.bundled import DATASETS
from ui import shell as ui
from ui.inspector.source import KEPT
from ui.inspector.view import SEED, View
from ui.notebook import offer_notebook
from ui.preflight import header_said, sheet_said

STEM = "mist-table"


def show_exports(
    view: View,
    survey: Survey,
    target: Sequence[str] | None = None,
    sources: Sequence[Sequence[str]] | None = None,
) -> None:
    """Buttons that save the numbers, the figures, a report and the analysis; made when clicked.

    Args:
        view: what is on the page.
        survey: of it.
        target, sources: what the survey was asked, as `View.survey` takes them.
    """
    made = _made(view)
    with st.container(horizontal=True):
        _save("Numbers (CSV)", lambda: as_csv(survey, made), "csv", "text/csv")
        parquet = "application/vnd.apache.parquet"
        _save("Numbers (Parquet)", lambda: as_parquet(survey, made), "parquet", parquet)
        today = datetime.date.today().isoformat()
        _save(
            "Report (HTML)",
            lambda: report(view.table, survey, made, view.unit, today),
            "html",
            "text/html",
        )
        if survey.is_done and not survey.cancelled:
            asked = Asked(target, sources, SEED, header_said(), sheet_said(view.table.sha256))
            offer_notebook(lambda: story(view.table, survey, asked, made, view.unit), STEM)
    _show_figures(view, survey)


def _show_figures(view: View, survey: Survey) -> None:
    """Each figure at the width of a paper's column, in three formats."""
    figures = drawn(survey, view.unit)
    if not figures:
        return
    with st.expander("Figures for a paper, 85 mm wide"), st.container(horizontal=True):
        for name, found in figures.items():
            for kind, (render, mime) in KINDS.items():
                chart = found.charts[0]
                _save(
                    f"{name.capitalize()} ({kind})",
                    lambda render=render, chart=chart: render(one_column(chart)),
                    kind.lower(),
                    mime,
                    stem=f"{STEM}-{name}",
                )


def _save(label: str, make, ending: str, mime: str, stem: str = STEM) -> None:
    st.download_button(label, make, f"{stem}.{ending}", mime, on_click="ignore")


def _made(view: View) -> Made:
    """What the numbers come from; of an upload the name of its file."""
    name = view.source
    if view.source not in DATASETS and (kept := st.session_state.get(KEPT)):
        name = kept[0]
    return Made(name, view.table.sha256, ui.current_weights(), ui.weights_hash())

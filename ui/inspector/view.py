"""What every tab is given, and the pair of columns that is open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from mist_core.findings import Finding
from mist_core.inspection.result import Survey
from mist_core.inspection.survey import survey
from mist_core.tables.bundled import DATASETS
from mist_core.tables.table import Table
from ui import shell as ui
from ui.cache import once
from ui.inspector.measuring import Progress, surveyed

SEED = 0


@dataclass(frozen=True, eq=False)
class View:
    """A table, read as the user wants it, and how to show what is found in it.

    Attributes:
        table: the data.
        source: under which its settings are kept: the name of a bundled table, or a digest.
        unit: "nats" or "bits".
    """

    table: Table
    source: str
    unit: str

    @property
    def key(self) -> tuple:
        """All that an answer about the table depends on."""
        read = (self.table.note, *((c.name, c.kind, c.reading) for c in self.table.columns))
        return (self.table.sha256, read, ui.weights_hash())

    def survey(
        self,
        target: Sequence[str] | None = None,
        sources: Sequence[Sequence[str]] | None = None,
        show: Progress = lambda found: None,
    ) -> Survey:
        """The dependences of the whole table, or of some columns; `show` draws what there is."""
        asked = [side if side is None else tuple(side) for side in (target, sources)]

        def work(progress: Progress) -> Survey:
            estimator = ui.estimator()
            return survey(estimator, self.table, target, sources, seed=SEED, progress=progress)

        return surveyed(("survey", *self.key, repr(asked)), work, show)

    def finding(self, find: Callable[[Table, Survey, str], Finding], survey: Survey) -> Finding:
        """What is found in a survey; its pictures are drawn once for all sessions."""
        asked = tuple(zip(survey.pairs["x"], survey.pairs["y"], strict=True))
        key = ("finding", find.__name__, *self.key, self.unit, survey.target, survey.stage, asked)
        return once(key, lambda report: find(self.table, survey, self.unit), words="Drawing …")

    def of(self, name: str) -> str:
        """The key of one of this table's settings."""
        return f"{name}-{self.source}"

    @property
    def kept(self) -> dict:
        """How settings are kept: over visits to other pages, and in the address.

        An upload cannot be opened again by an address: its settings stay out of it.
        """
        bound = {"bind": "query-params"} if self.source in DATASETS else {}
        return {"persist_state": "session"} | bound

    @property
    def usable(self) -> list[str]:
        return [column.name for column in self.table.columns if column.usable]

    def open_pair(self, x: str, y: str) -> None:
        """Show a pair from the next run on; for callbacks."""
        st.session_state[self.of("pair-x")], st.session_state[self.of("pair-y")] = x, y

    def chosen_pair(self) -> tuple[str, str] | None:
        """Two boxes that name the open pair, for those who choose it by its names."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            x, y = (
                st.selectbox(
                    label,
                    self.table.names,
                    index=None,
                    placeholder="a column",
                    key=self.of(name),
                    **self.kept,
                )
                for label, name in (("A pair:", "pair-x"), ("and", "pair-y"))
            )
        return (x, y) if x and y and x != y else None

"""The Calibration page's figures in their places, where they can grow, and its stored studies."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core import paths
from mist_core.calibration import stored
from mist_core.calibration.findings import findings, grids
from mist_core.calibration.stored import GRIDS, StoredStudy
from mist_core.findings import Finding
from ui import shell as ui
from ui.findings import offer, paint, show

# Where charts stand: rows of columns.
PLACES = (("reliability", "pit"), ("strip",), ("width", "shapes"), ("laws",))
TITLES = {
    "reliability": "Levels",
    "pit": "PIT",
    "strip": "Intervals",
    "width": "Widths",
    "shapes": "Cells",
    "laws": "Laws",
}
# How Streamlit's caches tell two stored studies apart.
KNOWN_BY = {StoredStudy: lambda study: repr(study.stamp)}


class Board:
    """The page's figures in their places; painting again lets them grow."""

    def __init__(self) -> None:
        self.headline, self.status = ui.kept_free("hits"), ui.kept_free("status")
        self.unit = ui.unit_switch("calibration-unit")
        self.places: dict[str, DeltaGenerator | ui.Place] = {}
        self.columns: dict[str, DeltaGenerator] = {}
        self.texts: dict[str, DeltaGenerator] = {}
        self.offers: dict[str, DeltaGenerator] = {}
        self.shown: dict[str, Finding] = {}
        self.below = st.container()

    def paint(self, found: dict[str, Finding]) -> None:
        """Draw everything, in the place of what was drawn before."""
        self.shown = {name: found[name] for row in PLACES for name in row if name in found}
        self._write("headline", self.headline, found["headline"])
        with self.below:
            for row in PLACES:
                self._row(row)
            self._words(found)

    def _row(self, names: tuple[str, ...]) -> None:
        """Charts beside each other; none stands below before its own turn, or it would jump."""
        if names[0] not in self.columns:
            columns = st.columns(len(names), gap="large")
            self.columns |= dict(zip(names, columns, strict=True))
        for name in names:
            if name in self.shown:
                self._chart(name, self.shown[name])

    def _chart(self, name: str, found: Finding) -> None:
        with self.columns[name]:
            self.places[name] = show(found, self.places.get(name))
        self._write(f"{name}-text", self.columns[name], found)
        # Takes the buttons of an earlier run off the page while the figures change.
        if name not in self.offers:
            self.offers[name] = self.columns[name].empty()

    def _words(self, found: dict[str, Finding]) -> None:
        """What stands below the charts."""
        if "laws" not in self.texts:
            self.texts["laws"] = st.container()
            st.header("Beside other intervals, on the same datasets", anchor=False)
            self.texts["methods"] = st.container()
        if "laws" in found:
            self._table("law-table", self.texts["laws"], found["laws"])
        self._write("independence", self.texts["laws"], found["independence"])
        self._write("methods-text", self.texts["methods"], found["methods"])
        self._table("methods", self.texts["methods"], found["methods"])

    def offer(self) -> None:
        """Downloads of the figures and their numbers, once they have stopped changing."""
        for name, finding in self.shown.items():
            with self.offers[name].container():
                offer(finding, TITLES[name], f"mist-calibration-{name}", self.unit)

    def _write(self, name: str, column: DeltaGenerator, found: Finding) -> None:
        """Words in their place: as a caption under a figure, at full size elsewhere."""
        place = self.places.get(name, column)
        draw = place.caption if name.removesuffix("-text") in self.columns else place.markdown
        self.places[name] = draw(found.sentence)

    def _table(self, name: str, column: DeltaGenerator, found: Finding) -> None:
        if found.shown is not None:
            place = self.places.get(name, column)
            self.places[name] = place.dataframe(found.shown, placeholder="–", hide_index=True)


def show_grids(unit: str) -> None:
    """The stored comparison on the published grids, by split and bin of n."""
    if study := stored_study(GRIDS):
        found = stored_grids(study, unit)
        st.header("By rows, on the published test grids", anchor=False)
        paint(found)
        ui.download_table("Scores by rows (CSV, nats)", found.table, "mist-calibration-grids.csv")
        st.caption(f"Stored study of {study.date}: `{study.command}`")


def show_download(table: pd.DataFrame) -> None:
    """The rows behind the figures, in nats."""
    rows = table.drop(columns="laws")  # which the family names, too
    ui.download_table("All datasets and intervals (CSV, nats)", rows, "mist-calibration.csv")


def stored_study(name: str) -> StoredStudy | None:
    """A stored study, read once for all sessions unless its file changes."""
    path = paths.RESULTS / f"{name}.parquet"
    return _load(name, path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _load(name: str, stamp: int) -> StoredStudy | None:
    return stored.load(name)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=KNOWN_BY)
def stored_findings(study: StoredStudy, unit: str) -> dict[str, Finding]:
    """All that is shown of a stored study, made once for all sessions."""
    return findings(study.table, unit)


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=KNOWN_BY)
def stored_grids(study: StoredStudy, unit: str) -> Finding:
    """The scores of the stored study on the published grids, likewise."""
    return grids(study.table, unit)

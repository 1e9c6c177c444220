"""The Calibration page's figures in their places, where they can grow."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mist_core.calibration.panels import Overview, Panel
from ui import shell as ui


class Board:
    """The page's figures in their places; painting again lets them grow."""

    def __init__(self) -> None:
        self.headline, self.status = st.container(), st.container()
        self.unit = ui.unit_switch("calibration-unit")
        self.places: dict[str, DeltaGenerator] = {}
        self.columns: dict[str, DeltaGenerator] = {}
        self.shown: dict[str, Panel] = {}
        for names in (("reliability", "pit"), ("strip",), ("width", "shapes"), ("laws",)):
            columns = st.columns(len(names), gap="large")
            self.columns |= dict(zip(names, columns, strict=True))
        self.law_by_law = st.container()
        st.subheader("Beside other intervals, on the same datasets", anchor=False)
        self.methods = st.container()

    def paint(self, view: Overview) -> None:
        """Draw everything, in the place of what was drawn before."""
        self._write("headline", self.headline, view.headline)
        self.shown = view.panels
        for name, panel in self.shown.items():
            column = self.columns[name]
            with column:
                self.places[name] = ui.show(
                    panel.chart, description=panel.sentence, place=self.places.get(name)
                )
            self._write(f"{name}-text", column, panel.sentence)
        self._table("law-table", self.law_by_law, view.laws)
        self._write("independence", self.law_by_law, view.independence)
        self._write("methods-text", self.methods, view.beside)
        self._table("methods", self.methods, view.methods)

    def offer(self) -> None:
        """Downloads of the figures, once they have stopped changing."""
        for name, panel in self.shown.items():
            with self.columns[name], st.container(horizontal=True):
                chart, stem = panel.chart, f"mist-calibration-{name}-{self.unit}"
                ui.download_figure(lambda chart=chart: chart, stem)

    def _write(self, name: str, column: DeltaGenerator, words: str) -> None:
        """Words in their place: as a caption under a figure, at full size elsewhere."""
        place = self.places.get(name, column)
        draw = place.caption if name.removesuffix("-text") in self.columns else place.markdown
        self.places[name] = draw(words)

    def _table(self, name: str, column: DeltaGenerator, frame: pd.DataFrame | None) -> None:
        if frame is not None:
            self.places[name] = self.places.get(name, column).dataframe(frame, hide_index=True)

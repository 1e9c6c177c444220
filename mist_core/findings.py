"""What was found, worked out once: its numbers, the charts and the sentence made from them."""

from dataclasses import dataclass

import altair as alt
import pandas as pd

from mist_core.charts import WIDTH
from mist_core.markdown import spoken

LOW, HIGH = "from (5 %)", "to (95 %)"
# What a reader calls the ends of a 90 % interval.
ENDS = {"low": LOW, "high": HIGH}


@dataclass(frozen=True)
class Finding:
    """One thing to show; a page paints it, and works nothing out.

    Attributes:
        sentence: what was found, in Markdown.
        table: the numbers behind charts and sentence, in the unit shown.
        charts: beside each other on a page.
        shown: the table for a reader, where numbers are to be looked up.
        notes: what else a reader has to know, a sentence or two each.
        about: what the charts show, in a few words, for those who cannot see them.
    """

    sentence: str
    table: pd.DataFrame
    charts: tuple[alt.TopLevelMixin, ...] = ()
    shown: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    about: str = ""

    @property
    def numbers(self) -> pd.DataFrame:
        """What the charts show, as a table: the one for a reader where there is one."""
        return (self.table if self.shown is None else self.shown).rename(columns=ENDS)

    @property
    def described(self) -> str:
        """What the charts show and what was found, for those who cannot see them."""
        sentence = spoken(self.sentence)
        return sentence if self.about in ("", self.sentence) else f"{self.about}. {sentence}"

    def sheet(self) -> alt.TopLevelMixin:
        """The charts as one, to be saved: several of them below each other."""
        if len(self.charts) == 1:
            return self.charts[0]
        return alt.vconcat(*(c.properties(width=WIDTH) for c in self.charts), spacing=24)

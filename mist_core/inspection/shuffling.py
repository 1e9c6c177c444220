"""What chance alone makes of a pair: its statistic with the rows of one side shuffled."""

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, VERMILLION, titled
from mist_core.findings import Finding
from mist_core.inspection.basis import basis, strongest
from mist_core.inspection.pair import Rows
from mist_core.inspection.variable import Variable, part

SHUFFLES = 999
MOST_ROWS = 20_000
_BINS = 40
_AT_ONCE = 50  # shuffles between two movements of the bar

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Shuffled:
    """The statistic of a pair and of its shuffles, nats of evidence (see `basis`).

    Attributes:
        observed: with the rows as they are.
        values: (m,) with the rows of one side shuffled.
        rows: used.
    """

    observed: float
    values: np.ndarray
    rows: int

    @property
    def reached(self) -> int:
        """Shuffles that reach what was observed."""
        return int((self.values >= self.observed).sum())

    @property
    def p(self) -> float:
        """The chance of so much where the columns are independent, (b + 1) / (m + 1)."""
        return (self.reached + 1) / (len(self.values) + 1)

    @property
    def sentence(self) -> str:
        """How often chance does as much."""
        m = len(self.values)
        often = f"{self.reached:,}" if self.reached else "None"
        return (
            f"{often} of {m:,} shuffles show as much dependence as the {self.rows:,} rows do: "
            f"p = {self.p:.2g}; so many shuffles can show no less than {1 / (m + 1):.2g}."
        )

    def finding(self) -> Finding:
        """A histogram of the shuffles, and where the rows themselves stand."""
        low = min(self.values.min(), self.observed)
        high = max(self.values.max(), self.observed)
        counts, edges = np.histogram(self.values, _BINS, (low, high + 1e-9))
        bars = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": counts})
        names = {"low": "evidence from (nats)", "high": "to (nats)", "count": "shuffles"}
        table = bars.rename(columns=names).assign(**{"these rows": self.observed})
        return Finding(self.sentence, table, (self._chart(bars),), about="What chance does")

    def _chart(self, bars: pd.DataFrame) -> alt.LayerChart:
        middle = (bars["low"].min() + bars["high"].max()) / 2
        x = alt.X("low:Q", title="evidence of the rank test (nats)", scale=alt.Scale(zero=False))
        drawn = alt.Chart(bars).mark_rect(color=BLUE, opacity=0.6)
        at = alt.Chart(pd.DataFrame({"low": [self.observed], "label": ["these rows"]}))
        align = "right" if self.observed > middle else "left"
        offset = -6 if align == "right" else 6
        layers = [
            drawn.encode(x=x, x2="high:Q", y=alt.Y("count:Q", title="shuffles"), y2=alt.datum(0)),
            at.mark_rule(color=VERMILLION, strokeWidth=2).encode(x="low:Q"),
            at.mark_text(color=VERMILLION, align=align, dx=offset, baseline="top").encode(
                x="low:Q", y=alt.value(4), text="label:N"
            ),
        ]
        title = titled("What chance does", f"{len(self.values):,} shuffles of one column")
        return alt.layer(*layers).properties(title=title, height=340)


def shuffled(
    rows: Rows,
    *,
    shuffles: int = SHUFFLES,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> Shuffled:
    """Shuffle the rows of one column against those of another.

    Args:
        rows: of the two; of many, `MOST_ROWS` are drawn at random.
        shuffles: how many.
        seed: of the shuffles and of the rows drawn.
        progress: called with the share that is done.
    """
    drawn = rows.drawn(MOST_ROWS, seed)
    a, b = (basis(_variable(side)) for side in (drawn.x, drawn.y))
    rng = np.random.default_rng(seed)
    found = []
    for done in range(shuffles + 1):
        order = rng.permutation(len(drawn)) if done else np.arange(len(drawn))
        product = a.values.T @ b.values[order]
        found.append(float(strongest(product, len(drawn), a.log_weights, b.log_weights)))
        if done % _AT_ONCE == 0:
            progress(done / shuffles)
    return Shuffled(found[0], np.array(found[1:]), len(drawn))


def _variable(side: pd.DataFrame) -> Variable:
    """A side, of one column, as evidence reads it."""
    ((name, column),) = side.items()
    is_class = isinstance(column.dtype, pd.CategoricalDtype)
    values = (column.cat.codes if is_class else column).to_numpy(float)
    return Variable((part(name, values, is_class=is_class),))

"""Columns taken one after the other, beside a ranking that looks at each by itself."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, titled
from mist_core.explore.repeats import Report
from mist_core.inference.estimator import MISTEstimator
from mist_core.inference.posterior import Posterior
from mist_core.lessons.figures import in_words
from mist_core.lessons.lesson import Figure, Question, Step

NAMES, ROWS = ("A", "B", "C", "D"), 400
AGAIN, WEAK, NOISE = 0.2, 0.2, 0.3  # error of the second reading; weight of C; noise of Y


@dataclass(frozen=True)
class Selection:
    """Two columns of four, chosen in two ways.

    Attributes:
        table: (ROWS, 5) columns A to D, and Y.
        alone: `column`, `middle`, `low`, `high` of what each tells about Y by itself; nats.
        adds: the same of what each other column adds to the one that tells most.
        ranked, chosen: the two that the ranking puts first, and the two taken one after the other.
        by_rank, by_choice: what either two tell together, nats.
        made: Python that gives it again.
    """

    table: pd.DataFrame
    alone: pd.DataFrame
    adds: pd.DataFrame
    ranked: tuple[str, str]
    chosen: tuple[str, str]
    by_rank: float
    by_choice: float
    made: str


def switched(seed: int) -> pd.DataFrame:
    """Rows of A to D and Y = ±A + WEAK C + noise: D is the sign, and B is A read once more.

    B adds nothing to A by construction: given A it is noise. D is independent of Y, since A is as
    often above 0 as below; given A it decides between two values.
    """
    rng = np.random.default_rng(seed)
    a, c = rng.standard_normal((2, ROWS))
    d = rng.choice([-1.0, 1.0], ROWS)
    b = a + AGAIN * rng.standard_normal(ROWS)
    y = d * a + WEAK * c + NOISE * rng.standard_normal(ROWS)
    return pd.DataFrame(dict(zip((*NAMES, "Y"), (a, b, c, d, y), strict=True)))


def select(seed: int, estimator: MISTEstimator, report: Report) -> Selection:
    """Rank four columns, and take two of them one after the other.

    Args:
        seed: of the rows.
        estimator: answers.
        report: takes the share that is done.
    """
    table = switched(seed)
    x, y = ({name: table[name].to_numpy() for name in names} for names in (NAMES, "Y"))
    told = estimator.posteriors([(x[name], y["Y"]) for name in NAMES])
    alone = _intervals(dict(zip(NAMES, told, strict=True)))
    report(0.3)
    first, second = _strongest(alone)[:2]
    rest = [name for name in NAMES if name != first]
    adds = _intervals({name: estimator.conditional(x[name], y["Y"], x[first]) for name in rest})
    report(0.8)
    pairs = (first, second), (first, _strongest(adds)[0])
    together = estimator.posteriors([(table[list(pair)].to_numpy(), y["Y"]) for pair in pairs])
    report(1.0)
    by_rank, by_choice = (posterior.median for posterior in together)
    made = f"using.select({seed}, estimator, lambda share: None)"
    return Selection(table, alone, adds, *pairs, by_rank, by_choice, made)


def selection(found: Selection) -> Step:
    """The ranking as it stands, and what each column adds once the first is taken."""
    first, best = found.chosen
    alone, adds = (t.set_index("column").middle for t in (found.alone, found.adds))
    others = list(adds.index)
    runner = found.ranked[1]
    question = Question(
        f"{first} is taken. Which column tells most beside it?",
        tuple(others),
        others.index(best),
        f"to {first} it adds **{adds[best]:.2f} nats**, though by itself it tells "
        f"{alone[best]:.2f}; {runner}, the next of the ranking, adds {adds[runner]:.2f}.",
    )
    takeaway = (
        f"The first two of the ranking, {' and '.join(found.ranked)}, tell {found.by_rank:.2f} "
        f"nats together; taken one after the other, {' and '.join(found.chosen)} tell "
        f"**{found.by_choice:.2f} nats**. B is A measured once more, and D decides which way A "
        "counts: neither can be seen one column at a time."
    )
    return Step(
        (_bars(found.alone, "What each tells by itself", "about Y; lines: 90 % intervals"),),
        f"What each column tells about Y by itself: {_spoken(found.alone)}",
        question,
        takeaway,
        revealed=(_bars(found.adds, f"What each adds to {first}", "lines: 90 % intervals"),),
        table=found.table,
        numbers={
            "by_rank": found.by_rank,
            "by_choice": found.by_choice,
            "added": float(adds[best]),
            "copy": float(adds[runner]),
        },
        code=f"using.selection({found.made})",
    )


def _intervals(posteriors: dict[str, Posterior]) -> pd.DataFrame:
    rows = [(name, one.median, *one.interval()) for name, one in posteriors.items()]
    return pd.DataFrame(rows, columns=["column", "middle", "low", "high"])


def _strongest(table: pd.DataFrame) -> list[str]:
    """Names of the columns, those that tell most first."""
    return list(table.sort_values("middle", ascending=False, kind="stable").column)


def _spoken(table: pd.DataFrame) -> str:
    return ", ".join(f"{row.column} {row.middle:.2f}" for row in table.itertuples()) + " nats"


def _bars(table: pd.DataFrame, title: str, about: str) -> Figure:
    written = [f"{row.column}  {row.middle:.2f}" for row in table.itertuples()]
    frame = table.assign(name=written)
    y = alt.Y("name:N", sort=written, title=None, axis=alt.Axis(labelFontSize=13))
    scale = alt.Scale(domainMin=0, nice=True)
    ticks = alt.Axis(tickCount=5)
    base = alt.Chart(frame).encode(y=y)
    drawn = alt.layer(
        base.mark_rule(color=BLUE, strokeWidth=4, opacity=0.6).encode(
            x=alt.X("low:Q", title="information (nats)", scale=scale, axis=ticks), x2="high:Q"
        ),
        base.mark_circle(color=BLUE, size=110, opacity=1).encode(x="middle:Q"),
    ).properties(title=titled(title, about), height=60 + 42 * len(table))
    return Figure(drawn, in_words(table))

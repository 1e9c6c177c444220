"""Verdicts of the self-consistency checks, as tables and as a chart."""

import altair as alt
import numpy as np
import pandas as pd

from mist_core.benchmarks.consistency_scores import NONE, decisive
from mist_core.charts import INK, titled
from mist_core.inference.posterior import UNITS


def check_cells(scores: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Each check of each estimator, on the law of its verdict, for `checks_chart`.

    Args:
        scores: of `results.Results`.
        unit: of the labels.
    """
    cells = []
    for (title, check), laws in scores.groupby(["title", "check"], sort=False):
        verdict, law = decisive(laws)
        label, known = _tick(law, unit), int(laws.passed.notna().sum())
        if verdict == NONE and known:
            label = f"– {known}/{len(laws)}"
        names = {"check": check, "title": title, "law": law["law"]}
        cells.append(names | {"verdict": verdict, "label": label})
    return pd.DataFrame(cells)


def check_table(scores: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Every check on every law, a column an estimator: a tick and the violation."""
    records = scores.to_dict("records")
    ticks = [_tick(record, unit, record["failure"]) for record in records]
    cells = scores.assign(tick=ticks)
    keys = ["check", "law", "n"]
    table = cells.pivot_table(
        index=keys, columns="title", values="tick", aggfunc="first", sort=False
    )
    return table[list(dict.fromkeys(cells.title))].reset_index().rename_axis(columns=None)


def checks_chart(cells: pd.DataFrame) -> alt.LayerChart:
    """Self-consistency as ticks: `check`, `title`, `passed` and `label`, one cell each."""
    checks, titles = (list(dict.fromkeys(cells[name])) for name in ("check", "title"))
    # An estimator a row: more may join, the checks stay as many. The tick stands above the number
    # and the names aslant, so that a column is wide enough on a phone.
    cells = cells.assign(label=cells.label.str.replace(" ", "\n"))
    aslant = alt.Axis(orient="top", labelAngle=-40, labelAlign="left", labelOverlap=False)
    base = alt.Chart(cells).encode(
        x=alt.X("check:N", sort=checks, title=None, axis=aslant),
        y=alt.Y("title:N", sort=titles, title=None, axis=alt.Axis(labelLimit=220)),
    )
    scale = alt.Scale(domain=["pass", "fail", "none"], range=["#CFE7F5", "#F8D5BE", "#D5DADF"])
    colour = alt.Color("verdict:N", scale=scale, legend=None)
    rect = base.mark_rect(stroke="white").encode(color=colour)
    text = base.mark_text(fontSize=11, lineBreak="\n", lineHeight=13, dy=-6)
    text = text.encode(text="label:N", color=alt.value(INK))
    subtitle = "✓ holds, ✗ broken: by how much, where most; –: on how many laws it has an answer"
    title = titled("Self-consistency", subtitle)
    return alt.layer(rect, text).properties(title=title, height=150 + 38 * len(titles))


def _tick(record: dict, unit: str, failure: str | None = "none") -> str:
    """The verdict and the violation, or why there is none."""
    if pd.isna(record["passed"]):
        return f"– {failure}"
    size = UNITS[unit] * float(np.round(record["violation"], 4))
    return f"{'✓' if record['passed'] else '✗'} {size:.3f}"

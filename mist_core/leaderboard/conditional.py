"""What the Benchmark page shows of I(X;Y|Z): stored answers read back, and findings of them."""

from dataclasses import replace
from pathlib import Path

import altair as alt
import pandas as pd

from mist_core.benchmarks.conditional_peers import PEERS
from mist_core.benchmarks.conditional_scores import scored
from mist_core.charts import BLUE, GREEN, GREY, VERMILLION, titled
from mist_core.findings import Finding
from mist_core.inference.posterior import UNITS
from mist_core.leaderboard.stored import Stored
from mist_core.markdown import percent

STEM, COMMAND = "conditional", "python -m mist_core evaluate conditional"
LEAST = 1e-3  # nats: where a logarithmic axis of errors begins
_COLOURS = (BLUE, VERMILLION, GREEN, "#E69F00", "#CC79A7", GREY)
_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
ABOUT = (
    "Lower ends at 0: how often the interval reaches 0 where nothing is left given Z. Laws kept "
    "out were never trained on; neighbours in tables of classes count ties, and err below 0."
)


class Conditionals(Stored):
    """Answers, a row an estimate, nats."""

    @property
    def rows(self) -> list[int]:
        return sorted(self.table.n_samples.unique().tolist())


def read(folder: Path) -> Conditionals | None:
    """What is stored in a folder such as `paths.RESULTS`; None where nothing is, or no use.

    Its table has the estimators' titles, too.
    """
    found = Conditionals.of(folder, STEM)
    titles = {name: peer.title for name, peer in PEERS.items()}
    return found and replace(
        found, table=found.table.assign(title=found.table.estimator.map(titles))
    )


def errors(stored: Conditionals, n: int, unit: str) -> Finding:
    """Mean absolute errors by group of laws and estimator, at so many rows."""
    part = stored.table[stored.table.n_samples == n]
    titles = dict(zip(part.estimator, part.title, strict=True))
    scores = scored(part.assign(columns=0)).drop(columns=["columns"])
    scores["title"] = scores.estimator.map(titles)
    factor = UNITS[unit]
    for column in ("absolute_error", "bias", "width"):
        scores[column] *= factor
    about = f"mean absolute error by group of laws, {n:,} rows"
    chart = _dots(scores, list(titles.values()), unit, n)
    return Finding(_sentence(part), scores, (chart,), _shown(scores, unit), (ABOUT,), about)


def _sentence(part: pd.DataFrame) -> str:
    ours, others = part[part.estimator == "mist"], part[part.estimator == "frenzel-pompe"]
    if ours.empty:
        return "No answers of ours are stored at so many rows."
    held = ((ours.low <= ours.truth) & (ours.truth <= ours.high)).groupby(ours.group).mean()
    words = f"The 90 % intervals hold {percent(held.mean())} of the truths"
    if "kept out" in held:
        words += f", {percent(held['kept out'])} on the laws kept out"
    grids = ["Gaussian", "nonlinear"]
    error = [
        (one.estimate - one.truth).abs()[one.group.isin(grids)].mean() for one in (ours, others)
    ]
    if error[1] > 0:
        words += f"; on the grids the error is {error[0] / error[1]:.2f} times that of neighbours"
    return words + "."


def _dots(scores: pd.DataFrame, titles: list[str], unit: str, n: int) -> alt.Chart:
    shown = scores.assign(error=scores.absolute_error.clip(LEAST))
    groups = list(dict.fromkeys(scores.group))
    colour = alt.Scale(domain=titles, range=list(_COLOURS[: len(titles)]))
    shape = alt.Scale(domain=titles, range=list(_SHAPES[: len(titles)]))
    legend = alt.Legend(orient="bottom", columns=2, title=None, labelLimit=200)
    return (
        alt.Chart(shown)
        .mark_point(size=110, filled=True, opacity=0.9)
        .encode(
            x=alt.X("error:Q", title=f"mean absolute error ({unit})", scale=alt.Scale(type="log")),
            y=alt.Y("group:N", title=None, sort=groups),
            color=alt.Color("title:N", scale=colour, legend=legend),
            shape=alt.Shape("title:N", scale=shape, legend=legend),
            tooltip=[
                alt.Tooltip("title:N", title="estimator"),
                alt.Tooltip("group:N", title="laws"),
                alt.Tooltip("error:Q", format=".3f"),
            ],
        )
        .properties(height=60 + 42 * len(groups), title=titled("Error by laws", f"{n:,} rows"))
    )


def _shown(scores: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The table for a reader: an estimator and a group of laws a row."""
    names = {
        "title": "estimator",
        "group": "laws",
        "absolute_error": f"error ({unit})",
        "bias": f"bias ({unit})",
        "coverage": "covered (90 %)",
        "low_end_zero": "lower ends at 0",
        "seconds": "seconds",
        "estimates": "estimates",
    }
    return scores[list(names)].rename(columns=names).round(4)

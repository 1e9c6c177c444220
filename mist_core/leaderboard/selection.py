"""What the Benchmark page shows of selectors of columns: stored results, and findings of them."""

from pathlib import Path

import altair as alt
import pandas as pd

from mist_core.benchmarks.selection import LAWS
from mist_core.benchmarks.selection_scores import LAW, TABLE, by_columns, by_law
from mist_core.benchmarks.selectors import SELECTORS
from mist_core.charts import BLUE, GREEN, GREY, VERMILLION, titled
from mist_core.findings import Finding
from mist_core.leaderboard.stored import Stored
from mist_core.markdown import counted, listed, percent

STEM, COMMAND = "selection", "python -m mist_core evaluate selection"
TITLES = {name: selector.title for name, selector in SELECTORS.items()}
_COLOURS = dict(zip(TITLES.values(), (BLUE, GREY, GREEN, "#E69F00", VERMILLION), strict=True))
_SHAPES = ("circle", "cross", "square", "triangle-up", "diamond")
ABOUT_LAWS = (
    "Precision: how many of the columns taken belong to the blanket; recall: how much of the "
    "blanket was taken. MIST, conditional and each that surely tells stop by themselves; the "
    "others were told how many columns the blanket has, which nobody knows of real data."
)
ABOUT_TABLES = (
    "Accuracy of 100 extremely randomised trees on rows that neither they nor the selector saw, "
    "three folds. A curve ends where its selector found nothing more that surely adds something."
)


class Selections(Stored):
    """What was taken, a row a dataset and selector."""

    @property
    def rows(self) -> list[int]:
        laws = self.table[self.table.kind == LAW]
        return sorted(laws.n_samples.unique().tolist())

    @property
    def tables(self) -> list[str]:
        return self.table[self.table.kind == TABLE].name.unique().tolist()


def read(folder: Path) -> Selections | None:
    """What is stored in a folder such as `paths.RESULTS`; None where nothing is, or no use."""
    return Selections.of(folder, STEM)


def blankets(stored: Selections, n: int) -> Finding:
    """Precision and recall of each selector on each law, at so many rows."""
    scores = by_law(stored.table[stored.table.n_samples == n])
    scores["title"] = scores.selector.map(TITLES)
    charts = tuple(_dots(scores, score, n) for score in ("precision", "recall"))
    about = f"precision and recall of the Markov blanket by law, {n:,} rows"
    shown = scores.assign(recipe=scores.name.map({name: law.recipe for name, law in LAWS.items()}))
    names = {"name": "law", "title": "selector", "exact": "found exactly", "columns": "taken"}
    shown = shown.drop(columns=["selector", "n_samples"]).rename(columns=names).round(3)
    order = ["law", "recipe", "selector", "precision", "recall", "found exactly", "taken"]
    sentence = _about_blankets(scores)
    return Finding(sentence, scores, charts, shown[order], (ABOUT_LAWS,), about)


def accuracies(stored: Selections, name: str) -> Finding:
    """Accuracy of the classifier on one real table against the number of columns."""
    scores = by_columns(stored.table)
    scores = scores[scores.name == name].assign(title=lambda part: part.selector.map(TITLES))
    about = f"accuracy by columns on {name}"
    return Finding(
        _about_accuracy(scores), scores, (_curves(scores, name),), None, (ABOUT_TABLES,), about
    )


def _about_blankets(scores: pd.DataFrame) -> str:
    answered = scores.groupby("name").selector.nunique()
    common = scores[scores.name.map(answered) == scores.selector.nunique()]
    means = common.groupby("selector", sort=False)[["precision", "recall"]].mean()
    if "conditional" not in means.index:
        return "No answers of ours are stored at so many rows."
    ours = means.loc["conditional"]
    words = (
        f"**{TITLES['conditional']}** takes {percent(ours.recall)} of the blankets, and "
        f"{percent(ours.precision)} of what it takes belongs there, without being told how many"
    )
    others = [
        f"{TITLES[name]} {percent(row.recall)} and {percent(row.precision)}"
        for name, row in means.drop("conditional").iterrows()
    ]
    return f"{words}; {listed(others)}." if others else f"{words}."


def _about_accuracy(scores: pd.DataFrame) -> str:
    ours = scores[scores.selector == "conditional"]
    if ours.empty:
        return "No answers of ours are stored here."
    last = ours.loc[ours["columns"].idxmax()]
    beside = scores[(scores["columns"] == last["columns"]) & (scores.selector != "conditional")]
    words = f"With {counted(last['columns'], 'column')} {TITLES['conditional']} gives "
    words += percent(last.accuracy, 1)
    others = [f"{row.title} {percent(row.accuracy, 1)}" for row in beside.itertuples()]
    return f"{words}; {listed(others)}." if others else f"{words}."


def _marks(titles: list[str]) -> dict:
    """One colour and shape a selector, the same in both charts."""
    shapes = dict(zip(_COLOURS, _SHAPES, strict=True))
    legend = alt.Legend(orient="bottom", columns=1, title=None, labelLimit=220)
    colours = alt.Scale(domain=titles, range=[_COLOURS[title] for title in titles])
    marks = alt.Scale(domain=titles, range=[shapes[title] for title in titles])
    return {
        "color": alt.Color("title:N", scale=colours, legend=legend),
        "shape": alt.Shape("title:N", scale=marks, legend=legend),
    }


def _dots(scores: pd.DataFrame, score: str, n: int) -> alt.Chart:
    titles, laws = list(dict.fromkeys(scores.title)), list(dict.fromkeys(scores.name))
    return (
        alt.Chart(scores)
        .mark_point(size=90, filled=True, opacity=0.85)
        .encode(
            x=alt.X(f"{score}:Q", title=score, scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("name:N", title=None, sort=laws),
            yOffset=alt.YOffset("title:N", sort=titles),
            tooltip=[
                alt.Tooltip("title:N", title="selector"),
                alt.Tooltip("name:N", title="law"),
                alt.Tooltip(f"{score}:Q", format=".2f"),
            ],
            **_marks(titles),
        )
        .properties(height=220 + 40 * len(laws), title=titled(score.capitalize(), f"{n:,} rows"))
    )


def _curves(scores: pd.DataFrame, name: str) -> alt.Chart:
    titles = list(dict.fromkeys(scores.title))
    return (
        alt.Chart(scores)
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=70))
        .encode(
            x=alt.X("columns:Q", title="columns", axis=alt.Axis(format="d")),
            y=alt.Y("accuracy:Q", title="accuracy", scale=alt.Scale(zero=False)),
            tooltip=[
                alt.Tooltip("title:N", title="selector"),
                alt.Tooltip("columns:Q"),
                alt.Tooltip("accuracy:Q", format=".3f"),
            ],
            **_marks(titles),
        )
        .properties(height=430, title=titled("Accuracy by columns", name))
    )

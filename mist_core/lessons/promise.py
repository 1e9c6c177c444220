"""Lesson 5: what an interval promises."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mist_core.explore.repeats import AskAll, Report
from mist_core.explore.rivals import Rival, cca, ksg
from mist_core.explore.scenario import Scene
from mist_core.lessons.figures import coverages, score_bars, strips
from mist_core.lessons.lesson import Lesson, Question, Reference, Screen, Step
from mist_core.markdown import percent

DATASETS, ROWS = 60, 100
COVERAGE = 0.9
WIDTHS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)  # half of an interval's, nats
RESAMPLES = 40
_ASKED = "estimator.posteriors, lambda share: None"
SEEDS = 1000  # of Explore; datasets take one after the other
MIST, BOOTSTRAPS = "MIST", {"KSG, bootstrap": ksg, "CCA, bootstrap": cca}

LESSON = Lesson(
    "promise",
    "What it promises",
    (
        Screen(
            "game",
            "The coverage game",
            (
                "Sixty datasets of 100 rows arrive, each from a law of its own, and [[KSG]] "
                "estimates each; you say how far its error may go.",
                "Too narrow, and truths fall outside; too wide, and the interval says nothing.",
                "The [[interval score]] weighs both, so that honesty pays.",
            ),
            r"S = (u - l) + \tfrac{2}{\alpha} \text{miss}, \quad \alpha = 0.1",
        ),
        Screen(
            "habits",
            "Three habits",
            (
                "The same datasets, and what three ways of making 90 % intervals say.",
                "A [[bootstrap]] sees how far an estimate moves when rows are drawn again, but not "
                "its [[bias]]; rows drawn twice add a bias of their own.",
                "MIST learned its widths from datasets whose truth was known, on average over "
                "them: that is its [[coverage]].",
            ),
            r"P(l \le I \le u) = 1 - \alpha",
        ),
    ),
    (
        Reference(
            "Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and "
            "estimation",
            "10.1198/016214506000001437",
        ),
        Reference("Efron (1979), Bootstrap methods", "10.1214/aos/1176344552"),
    ),
)


def laws(seed: int) -> list[Scene]:
    """Normal pairs whose correlations are uniform in 0 to 0.95, in hundredths."""
    correlations = np.random.default_rng(seed).integers(0, 96, DATASETS) / 100
    return [
        Scene(
            "bivariate-normal",
            (("correlation", float(r)),),
            seed=(seed * DATASETS + number) % SEEDS,
        )
        for number, r in enumerate(correlations)
    ]


def game(width: float, arrived: int, seed: int) -> Step:
    """KSG plus and minus a width, on the datasets that have arrived, and what it scores."""
    scenes = laws(seed)[:arrived]
    samples = [scene.draw(ROWS).first(ROWS) for scene in scenes]
    table = pd.DataFrame(
        {
            "truth": [sample.truth for sample in samples],
            "estimate": [ksg(sample.x, sample.y) for sample in samples],
        }
    )
    curve = pd.DataFrame([_rated(_around(table, w)) for w in WIDTHS]).assign(width=WIDTHS)
    best = int(curve.score.idxmin())
    mine = _around(table, width)
    now = _rated(mine)
    question = Question(
        f"Which half-width scores best on these {arrived} datasets?",
        tuple(f"{w:g}" for w in WIDTHS),
        best,
        f"its mean score is **{curve.score[best]:.2f} nats**, and it holds "
        f"{percent(curve.coverage[best])} of the truths.",
    )
    takeaway = (
        f"± {width:g} held **{percent(now['coverage'])}** of {arrived} truths and scored "
        f"**{now['score']:.2f} nats**; one width for all cannot do better than "
        f"**{curve.score[best]:.2f}**."
    )
    worst = int(
        (mine.low - mine.truth).clip(lower=0).add((mine.truth - mine.high).clip(0)).idxmax()
    )
    return Step(
        (strips(mine, f"KSG ± {width:g}"),),
        f"{arrived} intervals against their truths; {percent(now['coverage'])} hold it",
        question,
        takeaway,
        revealed=(score_bars(curve, width),),
        table=mine,
        explore=scenes[worst].address(ROWS),
        numbers={**now, "best": WIDTHS[best], "least": float(curve.score[best])},
        code=f"promise.game({width:g}, {arrived}, {seed})",
    )


def intervals(seed: int, ask: AskAll, report: Report) -> dict[str, pd.DataFrame]:
    """90 % intervals of MIST and of two bootstraps on the same datasets.

    Args:
        seed: of the datasets and the bootstraps.
        ask: MIST's answers to many pairs.
        report: takes the share that is done.

    Returns:
        By method `low`, `high` and `truth` of each dataset, nats.
    """
    samples = [scene.draw(ROWS).first(ROWS) for scene in laws(seed)]
    ends = {MIST: [answer.interval(COVERAGE) for answer in ask([(s.x, s.y) for s in samples])]}
    rng = np.random.default_rng(seed)
    for place, (name, rival) in enumerate(BOOTSTRAPS.items()):
        ends[name] = []
        for number, sample in enumerate(samples):
            ends[name].append(bootstrapped(rival, sample.x, sample.y, rng))
            report((place + (number + 1) / DATASETS) / len(BOOTSTRAPS))
    truths = [sample.truth for sample in samples]
    return {
        name: pd.DataFrame(values, columns=["low", "high"]).assign(truth=truths)
        for name, values in ends.items()
    }


def habits(tables: dict[str, pd.DataFrame], shown: str, seed: int) -> Step:
    """The `intervals` of one method, and how all of them keep their promise."""
    rated = pd.DataFrame([_rated(table) for table in tables.values()], index=list(tables))
    names = tuple(tables)
    question = Question(
        "Whose 90 % intervals hold the fewest truths?",
        names,
        names.index(rated.coverage.idxmin()),
        ", ".join(f"{n} {percent(c)}" for n, c in rated.coverage.items()) + ".",
    )
    takeaway = "; ".join(
        f"{name} holds **{percent(row.coverage)}** at a score of **{row.score:.2f}**"
        for name, row in rated.iterrows()
    )
    numbers = {f"coverage {n}": c for n, c in rated.coverage.items()}
    numbers |= {f"score {n}": s for n, s in rated.score.items()}
    return Step(
        (strips(tables[shown], f"{shown}, 90 %"),),
        f"{DATASETS} intervals of {shown}; {percent(rated.coverage[shown])} hold the truth",
        question,
        f"Of {DATASETS} datasets, {takeaway}. That is an average, no promise for each law.",
        revealed=(coverages(rated, COVERAGE),),
        table=pd.concat(tables, names=["method", "dataset"]).reset_index(),
        explore=laws(seed)[0].address(ROWS),
        numbers=numbers,
        code=f"promise.habits(promise.intervals({seed}, {_ASKED}), {shown!r}, {seed})",
    )


def bootstrapped(
    rival: Rival, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> tuple[float, float]:
    """The middle 90 % of estimates from rows drawn with replacement; below 0 becomes 0."""
    draws = rng.integers(len(x), size=(RESAMPLES, len(x)))
    values = [rival(x[rows], y[rows]) for rows in draws]
    alpha = 1 - COVERAGE
    low, high = np.quantile(values, [alpha / 2, 1 - alpha / 2])
    return max(float(low), 0.0), max(float(high), 0.0)


def _around(table: pd.DataFrame, width: float) -> pd.DataFrame:
    """Estimates plus and minus a width; below 0 becomes 0, which can only help."""
    low, high = (table.estimate - width).clip(lower=0), (table.estimate + width).clip(lower=0)
    return table.assign(low=low, high=high)


def _rated(table: pd.DataFrame) -> dict[str, float]:
    """Coverage, and the mean interval score at 90 %, nats."""
    missed = _missed(table)
    score = table.high - table.low + 2 / (1 - COVERAGE) * missed
    return {"coverage": float((missed == 0).mean()), "score": float(score.mean())}


def _missed(table: pd.DataFrame) -> pd.Series:
    """How far each truth lies outside of its interval, nats; 0 inside."""
    below, above = table.low - table.truth, table.truth - table.high
    return below.clip(lower=0) + above.clip(lower=0)

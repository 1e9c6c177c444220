"""Lesson 7: two causes that know nothing of each other, until their effect is seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

import altair as alt
import numpy as np
import pandas as pd

from mist_core.charts import BLUE, GREY, INK, VERMILLION, titled
from mist_core.explore.scenario import Scene
from mist_core.inference.posterior import Posterior
from mist_core.lessons.figures import in_words, rows_of
from mist_core.lessons.lesson import Figure, Lesson, Question, Reference, Screen, Step, nearest

NOISES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
WRONG = (0.0, 0.05, 0.25, 0.5)  # shares of rows whose class is turned around
GUESSES = (0.0, 0.15, 0.5, 0.7, 1.3, 2.0)  # nats
SLICE = 0.2  # of the deviations of Z: rows so near its middle count as "Z is known"
ALONE, KNOWN = "I(X;Y)", "I(X;Y|Z)"

LESSON = Lesson(
    "explaining",
    "Explaining away",
    (
        Screen(
            "collider",
            "A common effect",
            (
                "X and Y are two causes that know nothing of each other; Z is their sum, and some "
                "noise.",
                "Once Z is known, a large X must have come with a small Y: one cause explains the "
                "effect, and the other is no longer needed.",
                "[[conditional mutual information|What X tells about Y where Z is known]] can be "
                "large though X alone tells nothing about Y.",
            ),
            r"\begin{aligned} I(X;Y) &= 0 \\ I(X;Y \mid Z) &= -\tfrac12 \ln(1 - r^2) \\ "
            r"r &= -\frac{1}{1 + \sigma^2} \end{aligned}",
        ),
        Screen(
            "coins",
            "Two coins",
            (
                "X and Y are fair coins, and Z says whether they differ; in a share q of the rows "
                "it is wrong.",
                "Neither coin tells anything about the other, and neither tells anything about Z.",
                "Yet who knows Z and one coin knows the other, but for the entropy h(q) of what is "
                "wrong: the information is in all three together, and in no pair.",
            ),
            r"I(X;Y \mid Z) = \ln 2 - h(q)",
        ),
    ),
    (
        Reference(
            "Berkson (1946), Limitations of the application of fourfold table analysis to hospital "
            "data",
            "10.2307/3002000",
        ),
        Reference(
            "Pearl (1988), Probabilistic Reasoning in Intelligent Systems",
            "10.1016/C2009-0-27609-4",
        ),
        Reference("Wellman and Henrion (1993), Explaining 'explaining away'", "10.1109/34.204911"),
    ),
)


class Asked(Protocol):
    """What answers: `MISTEstimator` does."""

    def posterior(self, x, y) -> Posterior: ...

    def conditional(self, x, y, z) -> Posterior: ...


def collider(noise: float, n_samples: int, seed: int, asked: Asked) -> Step:
    """Two independent causes, all rows of them and those where their effect is near its middle.

    Args:
        noise: standard deviation of what else moves the effect, above 0.
        n_samples: rows.
        seed: of the rows.
        asked: gives the posteriors.
    """
    scene = Scene("bivariate-normal", (("correlation", 0.0),), seed=seed)
    sample = scene.draw(n_samples).first(n_samples)
    x, y = (np.asarray(side)[:, 0] for side in (sample.x, sample.y))
    z = x + y + noise * np.random.default_rng([seed, n_samples]).standard_normal(n_samples)
    near = np.abs(z - np.median(z)) < SLICE * z.std()
    truth = effect_truth(noise)
    found = _both(x, y, z, asked)
    correlation = float(np.corrcoef(x[near], y[near])[0, 1])
    left, right = (
        rows_of(
            x[rows],
            y[rows],
            x_title="X",
            y_title="Y",
            title=titled(name, f"{int(rows.sum()):,} rows"),
            height=260,
        )
        for name, rows in (("all rows", np.full(n_samples, True)), ("Z near its middle", near))
    )
    question = _question(
        truth,
        f"among the rows with Z near its middle X and Y have a correlation of {correlation:z.2f}, "
        f"and the law has **{truth:.2f} nats** given Z.",
    )
    return Step(
        (left, right),
        f"Y against X: all {n_samples:,} rows, and the {int(near.sum()):,} with Z near its middle",
        question,
        _takeaway(found, truth),
        revealed=(posteriors(found, {ALONE: 0.0, KNOWN: truth}),),
        table=pd.DataFrame({"x": x, "y": y, "z": z}),
        explore=scene.address(n_samples),
        numbers=_numbers(found, truth),
        code=f"explaining.collider({noise!r}, {n_samples}, {seed}, estimator)",
    )


def coins(wrong: float, n_samples: int, seed: int, asked: Asked) -> Step:
    """Two fair coins and whether they differ, said wrongly in a share of the rows.

    Args:
        wrong: that share, at most one half.
        n_samples, seed, asked: as of `collider`.
    """
    rng = np.random.default_rng([seed, n_samples])
    x, y = rng.integers(0, 2, (2, n_samples))
    z = x ^ y ^ (rng.random(n_samples) < wrong)
    frame = pd.DataFrame(
        {"X": _faces(x), "Y": _faces(y), "Z": np.where(z == 1, "Z: they differ", "Z: alike")}
    )
    truth = coins_truth(wrong)
    found = _both(*(frame[name].to_numpy() for name in "XYZ"), asked)
    question = _question(
        truth,
        f"ln 2 = 0.69 nats, less what the wrong rows cost: the law has **{truth:.2f} nats** "
        "given Z.",
    )
    return Step(
        (_counts(frame.assign(Z="all rows")), _counts(frame)),
        f"How often each pair of faces came up in {n_samples:,} rows, in all and by what Z says",
        question,
        _takeaway(found, truth),
        revealed=(posteriors(found, {ALONE: 0.0, KNOWN: truth}),),
        table=frame,
        numbers=_numbers(found, truth),
        code=f"explaining.coins({wrong!r}, {n_samples}, {seed}, estimator)",
    )


def effect_truth(noise: float) -> float:
    """I(X;Y|X+Y+noise) of standard normal X and Y, nats: their partial correlation is -1/(1+v)."""
    return -math.log1p(-((1 + noise**2) ** -2)) / 2


def coins_truth(wrong: float) -> float:
    """ln 2 less the entropy of a coin that falls on one side in this share, nats."""
    shares = [share for share in (wrong, 1 - wrong) if share > 0]
    return math.log(2) + sum(share * math.log(share) for share in shares)


def posteriors(found: Mapping[str, Posterior], truths: Mapping[str, float]) -> Figure:
    """A posterior a row: median, halves and 90 % interval, and the truth as a tick."""
    rows = []
    for name, posterior in found.items():
        (low, high), (q25, q75) = posterior.interval(0.9), posterior.interval(0.5)
        told = {"low": low, "high": high, "q25": q25, "q75": q75, "median": posterior.median}
        rows.append({"what": name, "truth": truths[name], **told})
    table = pd.DataFrame(rows)
    base = alt.Chart(table).encode(
        y=alt.Y("what:N", title=None, sort=list(found), axis=alt.Axis(labelFontSize=13))
    )
    x = alt.X("low:Q", title="nats", scale=alt.Scale(zero=True))
    drawn = alt.layer(
        base.mark_rule(color=BLUE, strokeWidth=4, opacity=0.45).encode(x=x, x2="high:Q"),
        base.mark_rule(color=BLUE, strokeWidth=11, opacity=0.6).encode(x="q25:Q", x2="q75:Q"),
        base.mark_point(color=GREY, filled=True, size=70, opacity=1).encode(x="median:Q"),
        base.mark_tick(color=VERMILLION, thickness=3, size=30).encode(x="truth:Q"),
    ).properties(title=titled("What MIST says", "bar: 90 % interval; red: the truth"), height=200)
    return Figure(drawn, in_words(table))


def _both(x: np.ndarray, y: np.ndarray, z: np.ndarray, asked: Asked) -> dict[str, Posterior]:
    return {ALONE: asked.posterior(x, y), KNOWN: asked.conditional(x, y, z)}


def _question(truth: float, why: str) -> Question:
    text = "X alone tells nothing about Y. How many nats does it tell once Z is known, about?"
    return Question(text, tuple(f"{g:g}" for g in GUESSES), nearest(truth, GUESSES), why)


def _takeaway(found: Mapping[str, Posterior], truth: float) -> str:
    alone, (low, high) = found[ALONE], found[KNOWN].interval()
    return (
        f"Without Z, MIST says {alone.median:.2f} nats ({alone.interval()[0]:.2f} to "
        f"{alone.interval()[1]:.2f}), and the truth is 0; with Z, **{found[KNOWN].median:.2f}** "
        f"({low:.2f} to {high:.2f}), and the truth is **{truth:.2f}**. What a column tells depends "
        "on what is known already."
    )


def _numbers(found: Mapping[str, Posterior], truth: float) -> dict[str, float]:
    return {"alone": found[ALONE].median, "known": found[KNOWN].median, "truth": truth}


def _faces(coin: np.ndarray) -> np.ndarray:
    return np.where(coin == 1, "heads", "tails")


def _counts(frame: pd.DataFrame) -> Figure:
    """How often each pair of faces came up, a small table for each Z."""
    counted = frame.groupby(["X", "Y", "Z"]).size().reset_index(name="rows")
    base = alt.Chart().encode(
        x=alt.X("X:N", title="X", axis=alt.Axis(labelAngle=0)), y=alt.Y("Y:N", title="Y")
    )
    shade = alt.Color("rows:Q", legend=None, scale=alt.Scale(scheme="blues", domainMin=0))
    many = alt.datum.rows > counted["rows"].max() / 2  # on a dark cell
    ink = alt.condition(many, alt.value("white"), alt.value(INK))
    cells = alt.layer(
        base.mark_rect().encode(color=shade),
        base.mark_text(fontSize=13).encode(text="rows:Q", color=ink),
    ).properties(width=110, height=110)
    facet = alt.Facet("Z:N", title=None)
    return Figure(alt.FacetChart(data=counted, spec=cells, facet=facet, columns=1), counted)

"""Lesson 4: learning an estimator from laws whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import altair as alt
import pandas as pd

from mist_core.charts import BLUE, GREY, VERMILLION, titled
from mist_core.lessons import tiny
from mist_core.lessons.figures import in_words
from mist_core.lessons.lesson import Figure, Lesson, Question, Reference, Screen, Step, nearest
from mist_core.lessons.tiny import Point
from mist_core.markdown import percent
from mist_core.paths import RESULTS

REPLAY = RESULTS / "lesson-tiny.jsonl"
COMMAND = "python -m mist_core tiny --seconds 60 --seed 0 --out results/lesson-tiny.jsonl"
SECONDS = 60
ERRORS = (0.01, 0.05, 0.2, 0.4)  # nats

LESSON = Lesson(
    "learning",
    "Learning it",
    (
        Screen(
            "tiny",
            "A minute of training",
            (
                "Draw a law whose [[truth]] is known, draw 200 rows of it, and let a small network "
                "answer with five quantiles; repeat.",
                "The [[pinball]] loss says how bad the answer was, and its gradient how to answer "
                "better next time.",
                "Once learned, a new dataset costs one evaluation: the work is [[amortized]].",
            ),
            r"\min_\theta\; \mathrm{E}\; \ell_\tau\!\left(I - q_\theta(\text{rows})\right)",
        ),
    ),
    (
        Reference(
            "Gritsai et al. (2025), MIST: Mutual Information Via Supervised Training",
            "10.48550/arXiv.2511.18945",
        ),
        Reference("Koenker and Bassett (1978), Regression quantiles", "10.2307/1913643"),
    ),
)


def replay(path: Path = REPLAY) -> list[Point]:
    """The stored training."""
    return tiny.read(path)


def learned(points: Sequence[Point], place: int, made: str = "") -> Step:
    """The estimator at one of the points of a training, and how it got there.

    Args:
        points: at least one.
        place: the point on show.
        made: Python that gives the points again, if anything does.
    """
    now, last = points[place], points[-1]
    question = Question(
        "It begins by knowing nothing. How far off, in nats, is it on average at the end?",
        tuple(f"{error:g}" for error in ERRORS),
        nearest(last.error, ERRORS),
        f"after {last.seconds:.0f} seconds and {last.datasets:,} datasets its mean error is "
        f"**{last.error:.3f} nats**, from {points[0].error:.3f} before.",
    )
    takeaway = (
        f"In {last.seconds:.0f} seconds the error fell from {points[0].error:.2f} to "
        f"**{last.error:.3f} nats**, and what it calls a 90 % interval holds "
        f"**{percent(last.coverage)}** of {tiny.TESTED} truths that it never saw."
    )
    return Step(
        (_answers(now),),
        f"Answers against the truth after {now.seconds:.0f} seconds; mean error {now.error:.2f} "
        "nats",
        question,
        takeaway,
        revealed=(_course(points, place), _answers(last)),
        table=pd.DataFrame(
            [(p.seconds, p.datasets, p.loss, p.error, p.coverage) for p in points],
            columns=["seconds", "datasets", "loss", "error", "coverage"],
        ),
        explore={"law": "ring", "rows": str(tiny.ROWS), "seed": "0"},
        numbers={"first": points[0].error, "last": last.error, "coverage": last.coverage},
        code=f"learning.learned({made}, {place})" if made else "",
    )


def _answers(point: Point) -> Figure:
    """Median and 90 % interval of each test dataset against its truth."""
    frame = pd.DataFrame(point.answers, columns=["truth", "low", "median", "high"])
    most = max(2.2, float(frame.truth.max()))
    scale = alt.Scale(domain=[0, most], nice=False)
    x = alt.X("truth:Q", title="truth (nats)", scale=scale)
    base = alt.Chart(frame)
    diagonal = alt.Chart(pd.DataFrame({"truth": [0, most]})).mark_line(
        color=VERMILLION, strokeDash=[6, 4]
    )
    subtitle = (
        f"after {point.seconds:.0f} s and {point.datasets:,} datasets: mean error "
        f"{point.error:.3f} nats, coverage {percent(point.coverage)}"
    )
    drawn = alt.layer(
        base.mark_rule(color=BLUE, strokeWidth=4, opacity=0.35, clip=True).encode(
            x=x, y=alt.Y("low:Q", title="answer (nats)", scale=scale), y2="high:Q"
        ),
        base.mark_circle(color=BLUE, size=40, opacity=1, clip=True).encode(x=x, y="median:Q"),
        diagonal.encode(x="truth:Q", y="truth:Q"),
    ).properties(title=titled("What it answers", subtitle), height=330)
    return Figure(drawn, in_words(frame))


def _course(points: Sequence[Point], place: int) -> Figure:
    """The error against the seconds of training; a ring where the figure above stands."""
    frame = pd.DataFrame(
        {"seconds": [p.seconds for p in points], "error": [p.error for p in points]}
    )
    x = alt.X("seconds:Q", title="seconds of training")
    y = alt.Y("error:Q", title="mean error (nats)", scale=alt.Scale(type="log"))
    here = alt.Chart(frame.iloc[[place]]).mark_point(color=GREY, size=160, strokeWidth=3)
    line = alt.Chart(frame).mark_line(color=BLUE, point=alt.OverlayMarkDef(color=BLUE))
    drawn = alt.layer(line.encode(x=x, y=y), here.encode(x=x, y=y)).properties(
        title=titled("How it learned", "on datasets that it never saw"), height=220
    )
    return Figure(drawn, frame.rename(columns={"error": "mean error (nats)"}))

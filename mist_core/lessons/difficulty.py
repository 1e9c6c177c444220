"""Lesson 3: why estimating is hard, and how well it can be done at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mist_core.explore.findings import repeated
from mist_core.explore.repeats import (
    AskAll,
    Report,
    efficiency_bound,
    repeat,
    summary,
)
from mist_core.explore.scenario import Scene
from mist_core.lessons.figures import errors, mean_errors
from mist_core.lessons.lesson import Figure, Lesson, Question, Reference, Screen, Step, nearest
from mist_core.markdown import counted

LAWS: dict[str, Scene] = {
    "line": Scene("bivariate-normal", (("correlation", 0.8),)),
    "ring": Scene("ring", (("noise", 0.1),)),
    "five columns": Scene("normal-sparse", (("n_interacting", 2), ("strength", 2.0)), 5, 5),
    "independent": Scene("bivariate-normal", (("correlation", 0.0),)),
}
COUNTS = (1, 20, 100)
DIMS = (1, 2, 4, 8, 16)
CORRELATIONS = (0.5, 0.8, 0.95, 0.99, 0.999)
ROWS = (50, 100, 200, 500, 1000, 2000)
# Where nothing depends the pointwise information is 0, and so is the bound.
BOUNDED = [name for name in LAWS if name != "independent"]
AGAINST = ("columns", "information")
FEW = 10  # datasets at each place of a curve
TARGET = 0.05  # nats
_ASKED = "estimator.posteriors, lambda share: None"
NEEDED = (50, 200, 1000, 5000)
LESSON = Lesson(
    "difficulty",
    "Why it is hard",
    (
        Screen(
            "chance",
            "Draw again",
            (
                "Another sample of the same law gives another estimate, though the [[truth]] is "
                "the same.",
                "Where the points centre beside the dashed line there is [[bias]]; how wide they "
                "lie is chance.",
                "More datasets of the same size cure neither; more rows may.",
            ),
            r"\text{error}^2 = \text{bias}^2 + \text{deviation}^2",
        ),
        Screen(
            "growth",
            "Columns and strength",
            (
                "Beside one pair that depends we put more and more columns of noise, or we let "
                "the pair depend more and more.",
                "The [[truth]] is known each time.",
                "[[KSG]] reads too little in many columns, [[CCA]] too much, because it fits noise "
                "as well.",
            ),
            r"\text{bias} = \mathrm{E}\,\hat I - I",
        ),
        Screen(
            "bound",
            "What rows allow",
            (
                "The [[pointwise information]] differs from row to row, so an average over rows "
                "must err.",
                "No regular estimator can do better than the [[efficiency bound]], whoever makes "
                "it.",
                "An error that stops falling with more rows is [[bias]].",
            ),
            r"\text{error} \ge \frac{\mathrm{sd}\left(i(X, Y)\right)}{\sqrt n}",
        ),
    ),
    (
        Reference(
            "Paninski (2003), Estimation of entropy and mutual information",
            "10.1162/089976603321780272",
        ),
        Reference(
            "McAllester and Stratos (2020), Formal limitations on the measurement of mutual "
            "information",
            "10.48550/arXiv.1811.04251",
        ),
        Reference(
            "Czyż et al. (2023), Beyond Normal: on the evaluation of mutual information estimators",
            "10.48550/arXiv.2306.11078",
        ),
    ),
)


def chance(law: str, n_samples: int, count: int, seed: int, ask: AskAll, report: Report) -> Step:
    """Sampling distributions of all estimators."""
    chosen = LAWS[law]
    scene = Scene(chosen.family, chosen.parameters, chosen.dim_x, chosen.dim_y, (), seed)
    truth = scene.law().mutual_information().item()
    table = repeat(scene, n_samples, count, ask, report)
    found, told = summary(table, truth), repeated(table, truth, "nats")
    worst = found.bias.abs().idxmax()
    question = Question(
        "Whose estimates centre furthest from the truth?",
        tuple(found.index),
        list(found.index).index(worst),
        f"on average it is {found.bias[worst]:+.3f} nats off.",
    )
    bound = efficiency_bound(scene, n_samples)
    takeaway = (
        f"With {n_samples:,} rows MIST's error is **{found.rmse['MIST']:.3f} nats** and KSG's "
        f"**{found.rmse['KSG']:.3f}**, over {counted(count, 'dataset')}; over many, no "
        f"regular estimator can be below **{bound:.3f}**."
    )
    return Step(
        (Figure(told.charts[0], told.numbers),),
        f"Estimates of {counted(count, 'dataset')} by estimator; the truth is {truth:.2f} nats",
        question,
        takeaway,
        table=table,
        explore=scene.address(n_samples),
        numbers={"truth": truth, "bound": bound, **{f"bias {k}": v for k, v in found.bias.items()}},
        code=f"difficulty.chance({law!r}, {n_samples}, {count}, {seed}, {_ASKED})",
    )


def growth(against: str, n_samples: int, seed: int, ask: AskAll, report: Report) -> Step:
    """Bias against the number of columns, or against the truth."""
    if against == "columns":
        parameters = (("n_interacting", 1), ("strength", 2.0))
        scenes = {d: Scene("normal-sparse", parameters, d, d, (), seed) for d in DIMS}
    else:
        scenes = {
            round(-0.5 * math.log1p(-(r**2)), 3): Scene(
                "bivariate-normal", (("correlation", r),), seed=seed
            )
            for r in CORRELATIONS
        }
    table = _along(scenes, [n_samples] * len(scenes), ask, report)
    curve = table.groupby(["at", "estimator"], sort=False).error.mean().reset_index()
    last = curve[curve["at"] == curve["at"].max()].set_index("estimator").error
    worst = last.abs().idxmax()
    names = tuple(last.index)
    question = Question(
        f"At the right end, whose mean error is largest with {n_samples:,} rows?",
        names,
        names.index(worst),
        f"it is {last[worst]:+.2f} nats there.",
    )
    end = f"{DIMS[-1]} columns a side" if against == "columns" else f"{max(scenes):.1f} nats"
    told = ", ".join(f"{name} {value:+.2f}" for name, value in last.items())
    return Step(
        (
            mean_errors(
                curve,
                against,
                f"{n_samples:,} rows, {FEW} datasets at each place; dashed: no error",
            ),
        ),
        f"Mean error of each estimator against {against}; at {end}: {told} nats",
        question,
        f"At {end} and {n_samples:,} rows the mean errors are, in nats: **{told}**.",
        table=table,
        explore=list(scenes.values())[-1].address(n_samples),
        numbers={f"error {name}": value for name, value in last.items()},
        code=f"difficulty.growth({against!r}, {n_samples}, {seed}, {_ASKED})",
    )


def bound(law: str, seed: int, ask: AskAll, report: Report) -> Step:
    """Error against rows beside what rows allow, and the rows that a small error takes."""
    chosen = LAWS[law]
    scene = Scene(chosen.family, chosen.parameters, chosen.dim_x, chosen.dim_y, (), seed)
    table = _along(dict.fromkeys(ROWS, scene), ROWS, ask, report)
    curve = (
        table.groupby(["at", "estimator"], sort=False)
        .error.apply(lambda e: float(np.sqrt(np.mean(np.square(e)))))
        .reset_index()
    )
    one = efficiency_bound(scene, 1)
    needed = (one / TARGET) ** 2
    right = nearest(math.log(max(needed, 1)), np.log(NEEDED))
    question = Question(
        f"How many rows must there be for a standard error of {TARGET} nats, about?",
        tuple(f"{n:,}" for n in NEEDED),
        right,
        f"one row's information has a deviation of {one:.2f} nats, and ({one:.2f} / {TARGET})² is "
        f"**{needed:,.0f}**.",
    )
    ours = curve[(curve.estimator == "MIST") & (curve["at"] == ROWS[-1])].error.item()
    takeaway = (
        f"For an error of {TARGET} nats it takes **{needed:,.0f} rows** at least. With "
        f"{ROWS[-1]:,} rows MIST errs by {ours:.3f} here, and the bound is "
        f"{one / ROWS[-1] ** 0.5:.3f}."
    )
    return Step(
        (
            errors(
                curve, one, f"root mean square of {FEW} datasets at each place; dashed: the bound"
            ),
        ),
        f"Error against rows; the bound asks for {needed:,.0f} rows",
        question,
        takeaway,
        table=table,
        explore=scene.address(ROWS[-1]),
        numbers={"one": one, "needed": needed, "error": ours},
        code=f"difficulty.bound({law!r}, {seed}, {_ASKED})",
    )


def _along(
    scenes: dict[float, Scene], rows: Sequence[int], ask: AskAll, report: Report
) -> pd.DataFrame:
    """`repeat` at each place, with the place as `at` and the `error` of each estimate."""
    parts = []
    for place, ((at, scene), n_samples) in enumerate(zip(scenes.items(), rows, strict=True)):
        truth = scene.law().mutual_information().item()
        part = repeat(scene, n_samples, FEW, ask)
        parts.append(part.assign(at=at, truth=truth, error=part.estimate - truth))
        report((place + 1) / len(scenes))
    return pd.concat(parts, ignore_index=True)

"""Lesson 2: what leaves mutual information unchanged, and what does not."""

from __future__ import annotations

import math
from collections.abc import Callable

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from mist_core.charts import BLUE, GREY, VERMILLION, titled
from mist_core.explore.rivals import ksg
from mist_core.explore.scenario import Scene
from mist_core.inference.posterior import Posterior
from mist_core.lessons.figures import in_words, rows_of
from mist_core.lessons.lesson import Figure, Lesson, Question, Reference, Screen, Step, nearest
from mist_core.markdown import percent

Ask = Callable[[np.ndarray, np.ndarray], Posterior]
MOVED = 0.02  # nats: less would not be seen in the figure
CORRELATION = 0.8
# Each can be undone.
MAPS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it is": lambda v: v,
    "cubed": lambda v: v**3,
    "exponential": lambda v: np.exp(2 * v),
    "upside down": lambda v: -v,
    "one over": lambda v: 1 / v,
    "in waves": lambda v: v + 0.9 * np.sin(4 * v) / 4,
}
OUTCOMES = ("nothing", "Pearson alone", "KSG, not MIST", "MIST too")
LEVELS = (2, 3, 4, 6, 8, 16)
SHARES = (25, 50, 75, 95)  # per cent

LESSON = Lesson(
    "invariance",
    "What leaves it be",
    (
        Screen(
            "maps",
            "Bend the axes",
            (
                "Change X and Y each by any [[invertible]] rule: the scatter may go wild.",
                "Nothing is lost on the way, so the [[truth]] cannot move.",
                "[[KSG]] measures distances and [[Pearson]] straight lines, so they do; MIST reads "
                "ranks first.",
            ),
            r"I(f(X);\, g(Y)) = I(X; Y)",
        ),
        Screen(
            "levels",
            "Round it off",
            (
                "Rounding cannot be undone, so some of what X tells about Y is lost.",
                "It never grows: no processing of Y adds anything about X.",
                "How much is left depends on how many levels remain.",
            ),
            r"I(X;\, g(Y)) \le I(X; Y)",
        ),
    ),
    (
        Reference(
            "Kraskov, Stögbauer and Grassberger (2004), Estimating mutual information",
            "10.1103/PhysRevE.69.066138",
        ),
        Reference("Cover and Thomas (2006), Elements of Information Theory", "10.1002/047174882X"),
    ),
)


def maps(name_x: str, name_y: str, n_samples: int, seed: int, ask: Ask) -> Step:
    """A normal pair before and after invertible changes, and what each estimate makes of it."""
    scene = Scene("bivariate-normal", (("correlation", CORRELATION),), seed=seed)
    sample = scene.draw(n_samples).first(n_samples)
    after = MAPS[name_x](sample.x), MAPS[name_y](sample.y)
    table = pd.DataFrame(
        [
            ("truth", sample.truth, sample.truth),
            *_both("MIST", lambda x, y: ask(x, y).median, sample, after),
            *_both("KSG", ksg, sample, after),
            *_both("Pearson", linear, sample, after),
        ],
        columns=["estimate", "before", "after"],
    )
    moved = (table.after - table.before).abs().set_axis(table.estimate)
    right = _outcome(moved)
    why = ", ".join(f"{name} by {moved[name]:.2f}" for name in ("MIST", "KSG", "Pearson"))
    question = Question(
        f"Which estimates moved by more than {MOVED} nats?", OUTCOMES, right, f"{why}."
    )
    before = table.set_index("estimate").before
    after_ = table.set_index("estimate").after
    takeaway = (
        f"The truth stays at **{sample.truth:.2f} nats**, MIST goes from {before.MIST:.2f} to "
        f"{after_.MIST:.2f}, KSG from {before.KSG:.2f} to {after_.KSG:.2f}, and what a straight "
        f"line tells from {before.Pearson:.2f} to {after_.Pearson:.2f}."
    )
    titles = [("X", "Y"), (f"X {name_x}", f"Y {name_y}")]
    sides = [(sample.x, sample.y), after]
    return Step(
        tuple(_rows(*pair, *named) for pair, named in zip(sides, titles, strict=True)),
        f"{n_samples:,} rows before, and with X {name_x} and Y {name_y}",
        question,
        takeaway,
        revealed=(_moves(table),),
        table=pd.DataFrame({"x": after[0][:, 0], "y": after[1][:, 0]}),
        explore=scene.address(n_samples),
        numbers={"truth": sample.truth, **{f"moved {k}": v for k, v in moved.items()}},
        code=f"invariance.maps({name_x!r}, {name_y!r}, {n_samples}, {seed}, estimator.posterior)",
    )


def linear(x: np.ndarray, y: np.ndarray) -> float:
    """What a straight line through two columns tells, nats: that of a normal pair."""
    return -0.5 * math.log1p(-(np.corrcoef(x[:, 0], y[:, 0])[0, 1] ** 2))


def levels(count: int, n_samples: int, seed: int, ask: Ask) -> Step:
    """A normal pair whose Y is cut into equally likely levels: what is left, by quadrature."""
    scene = Scene("bivariate-normal", (("correlation", CORRELATION),), seed=seed)
    sample = scene.draw(n_samples).first(n_samples)
    rows = []
    for k in LEVELS:
        answer = ask(sample.x, cut(sample.y, k))
        rows.append((k, left(k), answer.median, *answer.interval(0.9)))
    table = pd.DataFrame(rows, columns=["levels", "truth", "median", "low", "high"])
    share = left(count) / sample.truth
    question = Question(
        f"Y keeps {count} levels. How much of what X told about it is left, about?",
        tuple(f"{s} %" for s in SHARES),
        nearest(100 * share, SHARES),
        f"{left(count):.2f} of {sample.truth:.2f} nats, **{percent(share)}**.",
    )
    mine = table[table.levels == count].iloc[0]
    takeaway = (
        f"With {count} levels **{left(count):.2f} of {sample.truth:.2f} nats** are left; MIST "
        f"says {mine['median']:.2f} ({mine.low:.2f} to {mine.high:.2f})."
    )
    return Step(
        (_rows(sample.x, cut(sample.y, count), "X", "level of Y"),),
        f"X against the level of Y, of which there are {count}",
        question,
        takeaway,
        revealed=(_curve(table, sample.truth),),
        table=table,
        explore=scene.address(n_samples),
        numbers={"left": left(count), "truth": sample.truth, "median": float(mine["median"])},
        code=f"invariance.levels({count}, {n_samples}, {seed}, estimator.posterior)",
    )


def cut(y: np.ndarray, count: int) -> np.ndarray:
    """The level of each standard normal value, levels equally likely, numbered from 1."""
    return np.floor(ndtr(y) * count).clip(0, count - 1) + 1


def left(count: int) -> float:
    """I(X; level of Y) of the normal pair, nats, by the trapezoidal rule over X."""
    x = np.linspace(-8, 8, 2001)
    weight = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) * (x[1] - x[0])
    ends = ndtri(np.linspace(0, 1, count + 1))
    spread = math.sqrt(1 - CORRELATION**2)
    shares = np.diff(ndtr((ends[:, None] - CORRELATION * x) / spread), axis=0)  # (levels, nodes)
    known = np.where(shares > 0, shares * np.log(np.maximum(shares, 1e-300)), 0).sum(0)
    return float(math.log(count) + (weight * known).sum())


def _both(name: str, estimate: Callable, sample, after) -> list[tuple[str, float, float]]:
    return [(name, float(estimate(sample.x, sample.y)), float(estimate(*after)))]


def _outcome(moved: pd.Series) -> int:
    if moved["MIST"] > MOVED:
        return 3
    if moved["KSG"] > MOVED:
        return 2
    return int(moved["Pearson"] > MOVED)


def _rows(x: np.ndarray, y: np.ndarray, x_title: str, y_title: str) -> Figure:
    return rows_of(x[:, 0], y[:, 0], x_title=x_title, y_title=y_title, height=300)


def _moves(table: pd.DataFrame) -> Figure:
    """From where to where each went."""
    labels = [f"{row.estimate}\n{row.before:.2f} → {row.after:.2f}" for row in table.itertuples()]
    shown = table.assign(label=labels)
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=160, ticks=False)
    y = alt.Y("label:N", sort=labels, title=None, axis=axis)
    base = alt.Chart(shown)
    scale = alt.Scale(zero=True)
    drawn = alt.layer(
        base.mark_rule(color=GREY, strokeWidth=2).encode(
            x=alt.X("before:Q", title="nats", scale=scale), x2="after:Q", y=y
        ),
        base.mark_point(color=GREY, size=120, strokeWidth=2).encode(x="before:Q", y=y),
        base.mark_point(color=BLUE, size=120, filled=True, opacity=1).encode(x="after:Q", y=y),
    ).properties(title=titled("Before and after", "rings: before; discs: after"), height=220)
    return Figure(drawn, table)


def _curve(table: pd.DataFrame, whole: float) -> Figure:
    """What is left against the number of levels, the truth as a line, MIST's intervals as bars."""
    x = alt.X("levels:O", title="levels of Y", axis=alt.Axis(labelAngle=0))
    base = alt.Chart(table)
    y = alt.Y("low:Q", title="nats", scale=alt.Scale(zero=True))
    rule = alt.Chart(pd.DataFrame({"whole": [whole]})).mark_rule(
        color=VERMILLION, strokeDash=[6, 4], strokeWidth=2
    )
    drawn = alt.layer(
        base.mark_rule(color=BLUE, strokeWidth=6, opacity=0.35).encode(x=x, y=y, y2="high:Q"),
        base.mark_tick(color=BLUE, thickness=3).encode(x=x, y="median:Q"),
        base.mark_line(color=VERMILLION, point=alt.OverlayMarkDef(color=VERMILLION)).encode(
            x=x, y="truth:Q"
        ),
        rule.encode(y="whole:Q"),
    ).properties(
        title=titled(
            "What is left", "line: truth; dashed: before rounding; blue: MIST's 90 % intervals"
        ),
        height=260,
    )
    return Figure(drawn, in_words(table))

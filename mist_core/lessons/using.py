"""Lesson 6: what one can do with an estimate that has a gradient, and that costs milliseconds."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from mist_core.charts import BLUE, GREEN, VERMILLION, titled
from mist_core.distributions.rings import NoisySquare
from mist_core.explore.repeats import AskAll, Report
from mist_core.files import write_whole
from mist_core.lessons.lesson import Lesson, Question, Reference, Screen, Step, nearest
from mist_core.paths import RESULTS
from mist_core.surfaces import film

COLUMNS, ROWS, NOISE = 4, 200, 0.4  # of the projection
STARTS, STEPS, RATE = 6, 16, 0.2
ALIGNMENTS = (0.1, 0.4, 0.7, 0.95)
NOISES, USUAL = (0.1, 0.3, 0.6), 0.3  # of the bottleneck's activations
POINTS, TRAINED = 16, 480  # moments that are looked at; steps of the classifier
SEEN = 600  # rows of the classifier
KEPT = (0.1, 0.3, 0.5, 0.65)  # nats about a class; ln 2 is all there is
Gradient = Callable[[Tensor, Tensor], Tensor]
"""From x (n, 1) and y (n, 1) to a scalar in nats, differentiable."""

LESSON = Lesson(
    "using",
    "Using it",
    (
        Screen(
            "projection",
            "Look for a direction",
            (
                "Y depends on one hidden direction among four columns, and not in a straight line.",
                "MIST's estimate has a gradient, so we turn the best of a few random directions "
                "uphill until it tells as much about Y as it can.",
                "No projection can tell more than all four columns do.",
            ),
            r"\max_w\; \hat I(w^\top X;\, Y) \le I(X; Y)",
        ),
        Screen(
            "bottleneck",
            "A bottleneck",
            (
                "A small classifier must squeeze two columns X through two noisy numbers T.",
                "What T tells about the class should rise; what it keeps of X costs.",
                "With noise both are finite, so that this [[information bottleneck]] can be "
                "measured.",
            ),
            r"I(T;\, \text{class}) \le \ln 2, \qquad I(X; T) < \infty",
        ),
    ),
    (
        Reference(
            "Tishby, Pereira and Bialek (1999), The information bottleneck method",
            "10.48550/arXiv.physics/0004057",
        ),
        Reference(
            "Goldfeld et al. (2019), Estimating information flow in deep neural networks",
            "10.48550/arXiv.1810.05728",
        ),
    ),
)


STORED = RESULTS / "lesson-using.json"
COMMAND = "python -m mist_core lesson-using"


@dataclass(frozen=True)
class Stored:
    """What the page shows before anybody moves a control.

    Attributes:
        climb: of the first seed.
        course: the classifier's, with the first seed and the noise of `USUAL`.
        sha256: of the weights that answered.
    """

    climb: Climb
    course: pd.DataFrame
    sha256: str


def store(estimate: Gradient, ask: AskAll, sha256: str) -> None:
    """Work out what `stored` gives, and keep it."""
    found = climb(0, estimate, ask, print)
    numbers = {"path": found.path.tolist(), "values": found.values.tolist(), "fresh": found.fresh}
    course = squeezed(USUAL, 0, ask, print).to_dict("list")
    kept = {"command": COMMAND, "sha256": sha256, "climb": numbers, "course": course}
    write_whole(STORED, json.dumps(kept).encode())


def stored() -> Stored:
    """The stored climb and course; rows come again from their seed."""
    kept = json.loads(STORED.read_text())
    found = kept["climb"]
    hidden, _, rng = _begin(0)
    x, y = _bent(hidden, rng)
    path, values = (np.array(found[name]) for name in ("path", "values"))
    climbed = Climb(x, y, hidden, path, values, found["fresh"])
    return Stored(climbed, pd.DataFrame(kept["course"]), kept["sha256"])


@dataclass(frozen=True)
class Climb:
    """A direction that was turned uphill.

    Attributes:
        x: (ROWS, COLUMNS); y: (ROWS,).
        hidden: the direction that Y depends on, (COLUMNS,).
        path: each direction, (STEPS + 1, COLUMNS).
        values: the estimate at each, nats.
        fresh: the estimate at the best of them on as many rows that it was not chosen by.
    """

    x: np.ndarray
    y: np.ndarray
    hidden: np.ndarray
    path: np.ndarray
    values: np.ndarray
    fresh: float

    @property
    def alignment(self) -> np.ndarray:
        """|cos| of the angle to the hidden direction, at each step."""
        return np.abs(self.path @ self.hidden)


def climb(seed: int, estimate: Gradient, ask: AskAll, report: Report) -> Climb:
    """Ascend the estimate from the best of a few random directions.

    Args:
        seed: of rows and directions.
        estimate: what is climbed.
        ask: MIST's answers to many pairs, to choose the start and to judge the end.
        report: takes the share that is done.
    """
    hidden, starts, rng = _begin(seed)
    (x, y), (fresh_x, fresh_y) = (_bent(hidden, rng) for _ in range(2))
    told = [answer.median for answer in ask([(x @ start, y) for start in starts])]
    path, values = _ascend(x, y, starts[int(np.argmax(told))], estimate, report)
    fresh = ask([(fresh_x @ path[values.argmax()], fresh_y)])[0].median
    return Climb(x, y, hidden, path, values, fresh)


def _begin(seed: int) -> tuple[np.ndarray, list[np.ndarray], np.random.Generator]:
    """The hidden direction, those to start from, and the randomness of the rows."""
    rng = np.random.default_rng(seed)
    hidden, *starts = map(_unit, rng.standard_normal((STARTS + 1, COLUMNS)))
    return hidden, starts, rng


def _bent(hidden: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose Y is the square of a hidden direction, plus noise."""
    x = rng.standard_normal((ROWS, COLUMNS))
    return x, (x @ hidden) ** 2 + NOISE * rng.standard_normal(ROWS)


def _ascend(
    x: np.ndarray, y: np.ndarray, start: np.ndarray, estimate: Gradient, report: Report
) -> tuple[np.ndarray, np.ndarray]:
    """Directions (STEPS + 1, COLUMNS) and the estimate at each."""
    rows, outcome = torch.tensor(x).float(), torch.tensor(y).float()[:, None]
    direction = torch.tensor(start).float().requires_grad_()
    optimizer = torch.optim.Adam([direction], RATE)
    path, values = [], []
    for step in range(STEPS + 1):
        unit = direction / direction.norm()
        value = estimate((rows @ unit)[:, None], outcome)
        path.append(unit.detach().double().numpy())
        values.append(value.item())
        optimizer.zero_grad()
        (-value).backward()
        optimizer.step()
        report((step + 1) / (STEPS + 1))
    return np.array(path), np.array(values)


def projection(found: Climb) -> Step:
    """The climb as a film, and how near it came to the hidden direction."""
    whole = NoisySquare(NOISE, 1).mutual_information().item()
    best = int(found.values.argmax())
    reached = float(found.alignment[best])
    question = Question(
        f"Where will the direction end? (Cosine with the hidden one, now {found.alignment[0]:.2f})",
        tuple(f"{a:g}" for a in ALIGNMENTS),
        nearest(reached, ALIGNMENTS),
        f"it comes to a cosine of **{reached:.2f}**, and the estimate from "
        f"{found.values[0]:.2f} to {found.values[best]:.2f} nats.",
    )
    takeaway = (
        f"Uphill from {found.values[0]:.2f} to **{found.values[best]:.2f} nats** in {best} steps: "
        f"a cosine of **{reached:.2f}** with the hidden direction. On fresh rows, which "
        f"did not choose it, it is {found.fresh:.2f}; all four columns together tell "
        f"{whole:.2f} nats."
    )
    frames = [(found.x @ direction, found.y) for direction in found.path]
    names = [f"step {step}: {value:.2f} nats" for step, value in enumerate(found.values)]
    return Step(
        (film(frames, names, ("projection of X", "Y")),),
        f"A projection of X against Y, from {found.values[0]:.2f} to {found.values[best]:.2f} nats",
        question,
        takeaway,
        table=pd.DataFrame(found.x).add_prefix("x").assign(y=found.y),
        explore={"law": "parabola", "noise": f"{NOISE:g}", "rows": str(ROWS), "seed": "0"},
        numbers={
            "first": float(found.values[0]),
            "best": float(found.values[best]),
            "reached": reached,
            "whole": whole,
            "fresh": found.fresh,
        },
    )


class Squeezed(nn.Module):
    """Two columns through two noisy activations to the log-odds of a class."""

    def __init__(self, noise: float) -> None:
        super().__init__()
        self.noise = noise
        self.encoder = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2), nn.Tanh())
        self.head = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))

    def squeeze(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """T, (n, 2): activations between -1 and 1, plus noise."""
        t = self.encoder(x)
        return t + self.noise * torch.randn(t.shape, generator=generator)


def squeezed(noise: float, seed: int, ask: AskAll, report: Report) -> pd.DataFrame:
    """A classifier's training: `step`, `kept` I(X; T), `told` I(T; class), `right`; nats."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Squeezed(noise)
    x = torch.randn(SEEN, 2, generator=generator)
    labels = (x.prod(-1) > 0).float()  # neither column tells the class alone
    optimizer = torch.optim.Adam(network.parameters(), 0.02)
    rows = []
    for step in range(TRAINED + 1):
        t = network.squeeze(x, generator)
        logits = network.head(t)[:, 0]
        if step % (TRAINED // POINTS) == 0:
            seen = t.detach().numpy()
            kept, told = ask([(x.numpy(), seen), (seen, labels.numpy())])
            right = ((logits > 0).float() == labels).float().mean().item()
            rows.append((step, kept.median, told.median, right))
            report((step + 1) / (TRAINED + 1))
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(logits, labels).backward()
        optimizer.step()
    return pd.DataFrame(rows, columns=["step", "kept", "told", "right"])


def bottleneck(course: pd.DataFrame, noise: float) -> Step:
    """The plane of what is kept and what is told, as the classifier learns."""
    first, last = course.iloc[0], course.iloc[-1]
    question = Question(
        "At the end, how many nats does T tell about the class, of ln 2 = 0.69?",
        tuple(f"{k:g}" for k in KEPT),
        nearest(last.told, KEPT),
        f"it tells **{last.told:.2f} nats**, and {100 * last.right:.0f} % of its guesses hold.",
    )
    takeaway = (
        f"With noise of {noise:g}, T went from {first.told:.2f} to **{last.told:.2f} nats** about "
        f"the class, while it kept {first.kept:.2f}, then **{last.kept:.2f} nats** of X. It can "
        f"never tell more about the class than ln 2 = {math.log(2):.2f}."
    )
    return Step(
        (_plane(course),),
        f"What T tells about the class against what it keeps of X; in the end {last.told:.2f} and "
        f"{last.kept:.2f} nats",
        question,
        takeaway,
        revealed=(_course(course),),
        table=course,
        explore={"law": "xor", "flip": "0", "rows": "500", "seed": "0"},
        numbers={"told": float(last.told), "kept": float(last.kept), "right": float(last.right)},
    )


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def _plane(course: pd.DataFrame) -> alt.LayerChart:
    half = course.iloc[: len(course) // 2]  # the rest is what is asked for
    x = alt.X("kept:Q", title="I(X; T), nats", scale=alt.Scale(zero=True))
    scale = alt.Scale(domain=[0, 0.75])
    y = alt.Y("told:Q", title="I(T; class), nats", scale=scale)
    colour = alt.Color("step:Q", scale=alt.Scale(scheme="cividis"), title="step")
    most = alt.Chart(pd.DataFrame({"told": [math.log(2)]})).mark_rule(
        color=VERMILLION, strokeDash=[6, 4], strokeWidth=2
    )
    base = alt.Chart(half)
    return alt.layer(
        base.mark_line(color=BLUE, opacity=0.4).encode(x=x, y=y, order="step:Q"),
        base.mark_circle(size=90, opacity=1).encode(x=x, y=y, color=colour),
        most.encode(y="told:Q"),
    ).properties(
        title=titled("The information plane", "first half of the training; dashed: ln 2"),
        height=320,
    )


def _course(course: pd.DataFrame) -> alt.Chart:
    names = {"kept": "I(X; T)", "told": "I(T; class)"}
    long = course.rename(columns=names).melt("step", list(names.values()), "what", "nats")
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=list(names.values()), range=[GREEN, BLUE]),
        legend=alt.Legend(orient="bottom", title=None),
    )
    return (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(x=alt.X("step:Q", title="steps"), y="nats:Q", color=colour, strokeDash="what:N")
        .properties(title=titled("The whole training", "estimates by MIST"), height=240)
    )

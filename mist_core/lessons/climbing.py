"""A projection found by ascending the differentiable estimate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from mist_core.distributions.rings import NoisySquare
from mist_core.explore.repeats import AskAll, Report
from mist_core.lessons.lesson import Figure, Question, Step, nearest
from mist_core.surfaces import film

COLUMNS, ROWS, NOISE = 4, 200, 0.4
STARTS, STEPS, RATE = 6, 16, 0.2
ALIGNMENTS = (0.1, 0.4, 0.7, 0.95)
Gradient = Callable[[Tensor, Tensor], Tensor]
"""From x (n, 1) and y (n, 1) to a scalar in nats, differentiable."""


@dataclass(frozen=True)
class Climb:
    """A direction that was turned uphill.

    Attributes:
        x: (ROWS, COLUMNS); y: (ROWS,).
        hidden: the direction that Y depends on, (COLUMNS,).
        path: each direction, (STEPS + 1, COLUMNS).
        values: the estimate at each, nats.
        fresh: the estimate at the best of them on as many rows that it was not chosen by.
        made: Python that gives it again.
    """

    x: np.ndarray
    y: np.ndarray
    hidden: np.ndarray
    path: np.ndarray
    values: np.ndarray
    fresh: float
    made: str

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
    hidden, starts, rng = begin(seed)
    (x, y), (fresh_x, fresh_y) = (bent(hidden, rng) for _ in range(2))
    told = [answer.median for answer in ask([(x @ start, y) for start in starts])]
    path, values = _ascend(x, y, starts[int(np.argmax(told))], estimate, report)
    fresh = ask([(fresh_x @ path[values.argmax()], fresh_y)])[0].median
    asked = "estimator.mutual_information, estimator.posteriors, lambda share: None"
    return Climb(x, y, hidden, path, values, fresh, f"using.climb({seed}, {asked})")


def begin(seed: int) -> tuple[np.ndarray, list[np.ndarray], np.random.Generator]:
    """The hidden direction, those to start from, and the randomness of the rows."""
    rng = np.random.default_rng(seed)
    hidden, *starts = map(_unit, rng.standard_normal((STARTS + 1, COLUMNS)))
    return hidden, starts, rng


def bent(hidden: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
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
    steps = pd.DataFrame({"estimate (nats)": found.values, "cosine": found.alignment})
    steps = steps.rename_axis("step").reset_index()
    names = [f"step {step}: {value:.2f} nats" for step, value in enumerate(found.values)]
    return Step(
        (Figure(film(frames, names, ("projection of X", "Y")), steps),),
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
        code=f"using.projection({found.made})",
    )


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)

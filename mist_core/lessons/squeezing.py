"""A classifier whose inner layer is narrow and noisy, seen in the information plane."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd
import torch
from torch import Tensor, nn

from mist_core.charts import BLUE, GREEN, VERMILLION, titled
from mist_core.explore.repeats import AskAll, Report
from mist_core.lessons.lesson import Figure, Question, Step, nearest
from mist_core.markdown import percent

NOISES, USUAL = (0.1, 0.3, 0.6), 0.3  # of the activations
POINTS, TRAINED = 16, 480  # moments that are looked at; steps of the classifier
SEEN = 600  # rows of the classifier
NAMES = {"kept": "I(X; T)", "told": "I(T; class)"}
KEPT = (0.1, 0.3, 0.5, 0.65)  # nats about a class; ln 2 is all there is


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


def bottleneck(course: pd.DataFrame, noise: float, made: str) -> Step:
    """The plane of what is kept and what is told, as the classifier learns.

    Args:
        course: of `squeezed`.
        noise: of its activations.
        made: Python that gives the course again.
    """
    first, last = course.iloc[0], course.iloc[-1]
    question = Question(
        "At the end, how many nats does T tell about the class, of ln 2 = 0.69?",
        tuple(f"{k:g}" for k in KEPT),
        nearest(last.told, KEPT),
        f"it tells **{last.told:.2f} nats**, and {percent(last.right)} of its guesses hold.",
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
        code=f"using.bottleneck({made}, {noise:g}, '')",
    )


def _plane(course: pd.DataFrame) -> Figure:
    half = course.iloc[: len(course) // 2]  # the rest is what is asked for
    x = alt.X("kept:Q", title="I(X; T), nats", scale=alt.Scale(zero=True))
    scale = alt.Scale(domain=[0, 0.75])
    y = alt.Y("told:Q", title="I(T; class), nats", scale=scale)
    colour = alt.Color("step:Q", scale=alt.Scale(scheme="cividis"), title="step")
    most = alt.Chart(pd.DataFrame({"told": [math.log(2)]})).mark_rule(
        color=VERMILLION, strokeDash=[6, 4], strokeWidth=2
    )
    base = alt.Chart(half)
    drawn = alt.layer(
        base.mark_line(color=BLUE, opacity=0.4).encode(x=x, y=y, order="step:Q"),
        base.mark_circle(size=90, opacity=1).encode(x=x, y=y, color=colour),
        most.encode(y="told:Q"),
    ).properties(
        title=titled("The information plane", "first half of the training; dashed: ln 2"),
        height=320,
    )
    return Figure(drawn, half.rename(columns=NAMES)[["step", *NAMES.values()]])


def _course(course: pd.DataFrame) -> Figure:
    names = list(NAMES.values())
    shown = course.rename(columns=NAMES)[["step", *names]]
    long = shown.melt("step", names, "what", "nats")
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=names, range=[GREEN, BLUE]),
        legend=alt.Legend(orient="bottom", title=None),
    )
    drawn = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(x=alt.X("step:Q", title="steps"), y="nats:Q", color=colour, strokeDash="what:N")
        .properties(title=titled("The whole training", "estimates by MIST"), height=240)
    )
    return Figure(drawn, shown)

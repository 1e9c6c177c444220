"""A tiny estimator that learns in a minute: 64 cell counts in, five quantiles out.

The whole recipe of amortized estimation in one sitting: draw laws whose mutual information is
known, draw a dataset of each, and lower the pinball loss of the answer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from mist_core.distributions.correlation import bivariate_correlation
from mist_core.distributions.elliptical import Multinormal
from mist_core.distributions.numerics.randomness import Source, log_uniform, source, stream
from mist_core.distributions.rings import NoisySquare, Ring

ROWS, CELLS = 200, 8  # of each dataset; a side of the grid its ranks are counted on
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
BATCH, WIDTH, RATE = 240, 64, 3e-3
SHOWN = 60  # test datasets whose answers are kept
TESTED = 600
POINTS = 20  # in the course of a training
FIRST_STEPS = 20  # until the second point: at first it learns fastest


@dataclass(frozen=True)
class Point:
    """The estimator at one moment.

    Attributes:
        seconds: of training so far.
        datasets: seen so far.
        loss: mean pinball loss on the test datasets, nats.
        error: mean absolute error of the median there, nats.
        coverage: share of their truths inside of the 90 % interval.
        answers: `SHOWN` of (truth, low, median, high), nats.
    """

    seconds: float
    datasets: int
    loss: float
    error: float
    coverage: float
    answers: list[list[float]]

    def line(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))


class Tiny(nn.Module):
    """Counts (B, CELLS^2) to rising quantiles (B, 5) in nats."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(CELLS**2, WIDTH),
            nn.SiLU(),
            nn.Linear(WIDTH, WIDTH),
            nn.SiLU(),
            nn.Linear(WIDTH, len(LEVELS)),
        )

    def forward(self, counts: Tensor) -> Tensor:
        return nn.functional.softplus(self.layers(counts) - 2).cumsum(-1)


def draw(count: int, randomness: Source) -> tuple[Tensor, Tensor]:
    """Counts (count, CELLS^2) and truths (count,) of normal pairs, rings and parabolas."""
    share = count // 3
    correlation = randomness.uniform(-0.97, 0.97, count - 2 * share)
    laws = (
        Multinormal(bivariate_correlation(correlation), 1),
        Ring(log_uniform(randomness, 0.05, 1.0, share)),
        NoisySquare(log_uniform(randomness, 0.1, 4.0, share), 1),
    )
    pairs = [law.sample(ROWS, generator=randomness.generator) for law in laws]
    x, y = (torch.cat(sides)[..., 0] for sides in zip(*pairs, strict=True))
    return counts(x, y), torch.cat([law.mutual_information() for law in laws]).float()


def counts(x: Tensor, y: Tensor) -> Tensor:
    """How full each cell of the grid of ranks is against its share, (B, CELLS^2); x, y (B, n)."""
    cell = [side.argsort(-1).argsort(-1) * CELLS // side.shape[-1] for side in (x, y)]
    number = cell[0] * CELLS + cell[1]
    full = torch.zeros(len(x), CELLS**2).scatter_add_(1, number, torch.ones(number.shape))
    return full * CELLS**2 / x.shape[-1] - 1


def pinball(quantiles: Tensor, truth: Tensor) -> Tensor:
    """Mean pinball loss at LEVELS (Koenker and Bassett, 1978)."""
    levels = torch.tensor(LEVELS)
    missed = truth[:, None] - quantiles
    return torch.maximum(levels * missed, (levels - 1) * missed).mean()


def train(
    seconds: float, seed: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Point]:
    """Train for some seconds; yields points as they come, the first before any step."""
    randomness = source(stream(seed, "train", 0))
    torch.manual_seed(seed)
    network, tests = Tiny(), draw(TESTED, source(stream(seed, "test", 0)))
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    start, done, given, steps = clock(), 0.0, 0, 0
    yield _point(network, tests, 0.0, 0)
    while done < 1:
        truths_and_counts = draw(BATCH, randomness)
        optimizer.param_groups[0]["lr"] = RATE * (1 - 0.95 * done)
        optimizer.zero_grad()
        pinball(network(truths_and_counts[0]), truths_and_counts[1]).backward()
        optimizer.step()
        steps += 1
        done = (clock() - start) / seconds
        if steps == FIRST_STEPS or done >= (given + 1) / POINTS:
            given = max(given, int(done * POINTS))
            yield _point(network, tests, clock() - start, steps * BATCH)


@torch.no_grad()
def _point(network: Tiny, tests: tuple[Tensor, Tensor], seconds: float, datasets: int) -> Point:
    quantiles, truth = network(tests[0]), tests[1]
    low, middle, high = quantiles[:, 0], quantiles[:, 2], quantiles[:, -1]
    answers = torch.stack([truth, low, middle, high], dim=-1)[:: TESTED // SHOWN]
    return Point(
        round(seconds, 2),
        datasets,
        round(pinball(quantiles, truth).item(), 4),
        round((middle - truth).abs().mean().item(), 4),
        round(((low <= truth) & (truth <= high)).float().mean().item(), 3),
        [[round(value, 3) for value in answer] for answer in answers.tolist()],
    )


def read(path: Path) -> list[Point]:
    """The points of a file so far; a line that is being written is left out."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return []
    points = []
    for line in lines:
        try:
            points.append(Point(**json.loads(line)))
        except (ValueError, TypeError):
            break
    return points

"""Training of the head of `refine` on stored evidence.

Each member learns from all parts but some, which then judge it: what all members say of the parts
they did not see fits how wide the quantiles lie. A draw is read with the answers of several
networks, some of which never saw its law, and in a share of cases with an answer that is wrong on
purpose: what critics prove has to be weighed against a network that errs.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mist_core.errors import JobError
from mist_core.networks.quantiles import LEVELS, MEDIAN
from mist_core.networks.scoring import pinball_loss
from mist_core.refinement.evidence import NUMBERS
from mist_core.refinement.head import Answer, HeadConfig, Reading, RefineHead, read
from mist_core.training.evidence_draws import read_arrays

STEPS, BATCH = 400, 512
LEARNING_RATE, WEIGHT_DECAY = 4e-3, 0.5
# Share of answers that are wrong on purpose, copies of the draws that hold some, and by how much
# they are wrong: deviation of their logarithm.
WRONG, COPIES, WRONG_BY = 0.1, 6, 0.6
# Nats added to the predicted width that divides a draw's loss.
LEAST_WIDTH = 0.01


@dataclass(frozen=True)
class Draws:
    """Evidence with what networks answer and the truth.

    Attributes:
        numbers: (D, F) of `refinement.evidence`.
        answers: (D, W, 2 + L) mean, in_family and quantiles of W networks.
        truth: (D,) nats.
        part: (D,) number of the part, whose draws have one shape.
        family: D names.
        networks: W names.
    """

    numbers: Tensor
    answers: Tensor
    truth: Tensor
    part: Tensor
    family: np.ndarray
    networks: tuple[str, ...]


def fit(
    draws: Draws, shares: list[float], config: HeadConfig, seed: int, report: Callable[[str], None]
) -> tuple[RefineHead, list[dict[str, float]]]:
    """The head and, by network, its scores on parts that the member judged did not see.

    Args:
        draws: to learn from.
        shares: how often each network's answer is read.
        config: of the head.
        seed: of all randomness.
        report: called with a line after each member.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    count, networks = draws.answers.shape[:2]
    told = [_answer(draws.answers[:, k]) for k in range(networks)]
    right = [read(draws.numbers, answer) for answer in told]
    which = torch.randint(networks, (COPIES,), generator=generator).tolist()
    wrong = [read(draws.numbers, _wrong(told[k], generator)) for k in which]
    head = RefineHead(config, right[0].features.shape[-1])
    known = Reading.joined(right)
    head.shift.copy_(known.features.mean(0))
    head.scale.copy_(known.features.std(0).clamp_min(1e-3))
    odds = torch.tensor([(1 - WRONG) * s for s in shares] + [WRONG / COPIES] * COPIES)
    lesson = _Lesson(Reading.joined([*right, *wrong]), draws.truth, odds)
    fold = _folds(draws.part, config.members, generator)
    unseen = torch.zeros(networks, count, len(LEVELS))
    for member in range(config.members):
        _train(head, member, lesson, (fold != member).nonzero()[:, 0], generator)
        head.eval()
        held = (fold == member).nonzero()[:, 0]
        with torch.no_grad():
            for k, reading in enumerate(right):
                unseen[k, held] = head.of_member(member, reading[held])
        report(
            f"member {member + 1} of {config.members}: {scores(unseen[0, held], draws.truth[held])}"
        )
    head.stretch.fill_(_stretch(unseen.flatten(0, 1), draws.truth.repeat(networks)))
    with torch.no_grad():
        found = [scores(head.told(quantiles)[1], draws.truth) for quantiles in unseen]
    return head.eval(), found


@dataclass(frozen=True)
class _Lesson:
    """All that members learn from.

    Attributes:
        reading: of N answers to each draw, all draws with the first answer first.
        truth: (D,) nats.
        odds: (N,) of the answers.
    """

    reading: Reading
    truth: Tensor
    odds: Tensor


def scores(quantiles: Tensor, truth: Tensor) -> dict[str, float]:
    """Errors of the median (mean and median) and pinball loss, nats; coverage of 50 and 90 %."""
    error = (quantiles[:, MEDIAN].clamp_min(0) - truth).abs()
    low, high = quantiles[:, 3].clamp_min(0), quantiles[:, -4]
    half = (quantiles[:, 7].clamp_min(0) <= truth) & (truth <= quantiles[:, -8])
    return {
        "mae": round(error.mean().item(), 4),
        "median_error": round(error.median().item(), 4),
        "pinball": round(pinball_loss(quantiles, truth, LEVELS).mean().item(), 5),
        "coverage_50": round(half.float().mean().item(), 3),
        "coverage_90": round(((low <= truth) & (truth <= high)).float().mean().item(), 3),
    }


def _train(
    head: RefineHead, member: int, lesson: _Lesson, rows: Tensor, generator: torch.Generator
) -> None:
    head.train()
    parameters = list(head.members[member].parameters())
    optimizer = torch.optim.AdamW(parameters, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, STEPS, pct_start=0.1)
    for _ in range(STEPS):
        chosen = rows[torch.randint(len(rows), (BATCH,), generator=generator)]
        which = torch.multinomial(lesson.odds, BATCH, replacement=True, generator=generator)
        reading = lesson.reading[which * len(lesson.truth) + chosen]
        loss = _loss(head.of_member(member, reading), lesson.truth[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()


def _loss(quantiles: Tensor, truth: Tensor) -> Tensor:
    """Scalar: pinball losses per predicted width, which the gradient does not see."""
    width = (quantiles[:, -4] - quantiles[:, 3]).detach() / 3.29
    each = pinball_loss(quantiles.clamp_min(0), truth, LEVELS).mean(-1)
    # Below 0 a quantile says no less than 0, but it should find its way back.
    astray = (-quantiles).clamp_min(0).mean(-1)
    return ((each + 0.02 * astray) / (width + LEAST_WIDTH)).mean()


def _answer(told: Tensor) -> Answer:
    return Answer(told[:, 0], told[:, 1], told[:, 2:])


def _wrong(answer: Answer, generator: torch.Generator) -> Answer:
    """The answer times a random factor."""
    factor = (WRONG_BY * torch.randn(len(answer.mean), generator=generator)).exp()
    return Answer(answer.mean * factor, answer.in_family, answer.quantiles * factor[:, None])


def _folds(part: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(D,) which member does not see a draw: all draws of a part go together."""
    parts, place = part.unique(return_inverse=True)
    return (torch.randperm(len(parts), generator=generator) % count)[place]


def _stretch(quantiles: Tensor, truth: Tensor) -> float:
    """By how much quantiles must lie farther from the median to hold what they promise."""
    median = quantiles[:, MEDIAN, None]
    factors = torch.linspace(0.7, 2.0, 131)
    losses = [
        pinball_loss((median + f * (quantiles - median)).clamp_min(0), truth, LEVELS)
        for f in factors
    ]
    width = (quantiles[:, -4] - quantiles[:, 3]) / 3.29 + LEAST_WIDTH
    return factors[torch.stack([(x.mean(-1) / width).mean() for x in losses]).argmin()].item()


def load_draws(path: Path, first: str) -> tuple[Draws, dict]:
    """Stored draws, the answers of the network `first` before the others', and the file's notes.

    Raises:
        JobError: the file is of other evidence, or has no answers of that network.
    """
    names = ("evidence", "answers", "truth", "part")
    told = read_arrays(path, ("about", "family", *names))
    about = json.loads(str(told["about"]))
    about["weights"] = [Path(name).stem for name in about["weights"]]  # paths are private
    if tuple(about.pop("numbers")) != NUMBERS:
        raise JobError(f"{path} holds other evidence than this version reads: draw it anew.")
    if first not in about["weights"]:
        raise JobError(f"{path} holds no answers of {first!r}, only of {about['weights']}.")
    order = sorted(range(len(about["weights"])), key=lambda k: about["weights"][k] != first)
    arrays = {k: torch.from_numpy(told[k]) for k in names}
    arrays["answers"] = arrays["answers"][:, order]
    networks = tuple(about["weights"][k] for k in order)
    return Draws(*arrays.values(), told["family"], networks), about

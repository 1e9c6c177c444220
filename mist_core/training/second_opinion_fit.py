"""The training of a second opinion: members that each learn from the draws of half of the kinds.

So where the kind of a law matters they disagree, and the pool of all is as wide under a new one as
it should be.
"""

import numpy as np
import torch
from torch import Tensor

from mist_core.networks.quantiles import CENTRAL_90, MEDIAN, OFFSET
from mist_core.networks.second_opinion import SecondOpinion, SecondOpinionConfig
from mist_core.training.members import learn
from mist_core.training.second_opinion_draws import Draws, Lesson

SHARE = 0.5
EPOCHS, LEARNING_RATE, WEIGHT_DECAY, BATCH = 60, 2e-3, 0.05, 128
# Of the draws, the last ones, that judge.
JUDGED_SHARE = 0.15


def fit(
    lesson: Lesson, draws: Draws, config: SecondOpinionConfig, seed: int
) -> tuple[SecondOpinion, dict]:
    """A trained network, and its scores by columns of all sides together.

    Those of single members are under kinds that these had not seen, those of all members on all
    draws that judge.
    """
    torch.manual_seed(seed)
    count = len(draws.truth)
    learned, judged = (
        draws.part(places)
        for places in np.split(np.arange(count), [count - int(JUDGED_SHARE * count)])
    )
    network = SecondOpinion(lesson.subject, config)
    network.fit_inputs(learned.statistics)
    standard = network.standardised(learned.statistics)
    for number, member in enumerate(network.members):
        known = kinds_of(lesson, seed, number)
        chosen = np.flatnonzero([set(kinds) <= known for kinds in learned.kinds])
        learn(
            member,
            standard[chosen],
            learned.statistics[chosen],
            learned.truth[chosen],
            epochs=EPOCHS,
            batch=BATCH,
            rate=LEARNING_RATE,
            decay=WEIGHT_DECAY,
            seed=seed + number,
        )
        member.eval()
    network.requires_grad_(False).eval()
    return network, _scores(lesson, network, judged, seed)


def _under_new_kinds(
    lesson: Lesson, network: SecondOpinion, draws: Draws, seed: int
) -> tuple[Tensor, Draws]:
    """Quantiles of each member for the draws of kinds new to it, and these draws."""
    standard, told, places = network.standardised(draws.statistics), [], []
    for number, member in enumerate(network.members):
        known = kinds_of(lesson, seed, number)
        new = np.flatnonzero([not set(kinds) & known for kinds in draws.kinds])
        told.append(member(standard[new], draws.statistics[new]).log_quantiles)
        places.append(new)
    return torch.cat(told), draws.part(np.concatenate(places))


def kinds_of(lesson: Lesson, seed: int, number: int) -> set[str]:
    """The kinds that a member learns from, and independence; the same whenever it is trained."""
    chance = np.random.default_rng([seed, number]).random(len(lesson.kinds))
    kinds = {name for name, c in zip(lesson.kinds, chance, strict=True) if c < SHARE}
    return kinds | {"independent"}


def _scores(lesson: Lesson, network: SecondOpinion, judged: Draws, seed: int) -> dict[str, dict]:
    sets = {
        "new kinds": _under_new_kinds(lesson, network, judged, seed),
        "all members": (network(judged.statistics), judged),
    }
    scores: dict[str, dict] = {}
    for name, (low, high) in {"2": (2, 2), "3 to 5": (3, 5), "6 to 8": (6, 8)}.items():
        found: dict[str, float] = {}
        for of, (quantiles, draws) in sets.items():
            chosen = (draws.columns >= low) & (draws.columns <= high)
            if chosen.any():
                found |= _errors(quantiles[chosen], draws.truth[chosen], of)
        scores |= {name: found} if found else {}
    return scores


def _errors(log_quantiles: Tensor, truth: Tensor, of: str) -> dict[str, float]:
    low, high = (log_quantiles[:, end].exp() - OFFSET for end in CENTRAL_90)
    error = (log_quantiles[:, MEDIAN].exp() - OFFSET - truth).abs().mean().item()
    covers = ((low <= truth) & (truth <= high)).float().mean().item()
    return {
        f"draws, {of}": len(truth),
        f"error, {of}": round(error, 3),
        f"covers, {of}": round(covers, 3),
    }

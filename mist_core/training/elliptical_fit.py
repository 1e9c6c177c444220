"""The training of the elliptical opinion: the likelihood of the truth under the mixture.

Where there are many kinds of law, members learn from the elliptical ones and half of the others
each, so that what all say is cautious of kinds that look elliptical and are new.
"""

import numpy as np
import torch
from torch import Tensor

from mist_core.networks.elliptical_opinion import (
    EllipticalConfig,
    EllipticalOpinion,
    Trust,
    features_of,
    log_likelihood,
    mixed,
)
from mist_core.networks.scoring import validation_scores
from mist_core.training.elliptical_draws import Draws, Lesson

EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 40, 128, 2e-3, 1.0
# A truth less likely than this pulls no more: one draw is not to rule the rest.
LEAST_LIKELY = -10.0
# Of the draws, the last ones, that judge.
JUDGED_SHARE = 0.2


def fit(
    lesson: Lesson, draws: Draws, config: EllipticalConfig, seed: int
) -> tuple[EllipticalOpinion, dict[str, dict[str, float]]]:
    """A trained opinion, and scores of the network's answers before it is heard and after.

    On the last draws: elliptical ones, all others, and such of these as are new to the member
    that is asked.
    """
    torch.manual_seed(seed)
    first = int((1 - JUDGED_SHARE) * len(draws.truth))
    learned, judged = (draws.part(p) for p in np.split(np.arange(len(draws.truth)), [first]))
    opinion = EllipticalOpinion(lesson.subject, config)
    opinion.fit_inputs(features_of(learned.prediction, learned.fits))
    for number in range(config.members):
        known = kinds_of(lesson, seed, number)
        chosen = np.flatnonzero([set(kinds) <= known for kinds in learned.kinds])
        _learn(opinion, number, learned.part(chosen), lesson.caution, seed)
    opinion.requires_grad_(False).eval()
    return opinion, _scores(lesson, opinion, judged, seed)


def kinds_of(lesson: Lesson, seed: int, number: int) -> set[str]:
    """The kinds that a member learns from; the same whenever it is trained."""
    chance = np.random.default_rng([seed, number]).random(len(lesson.kinds))
    some = {name for name, c in zip(lesson.kinds, chance, strict=True) if c < lesson.share}
    return some | {*lesson.elliptical}


def _learn(
    opinion: EllipticalOpinion, number: int, draws: Draws, caution: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed + number)
    features, count = features_of(draws.prediction, draws.fits), len(draws.truth)
    parameters = list(opinion.members[number].parameters())
    steps = EPOCHS * (count // BATCH)
    optimiser = torch.optim.AdamW(parameters, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, steps, pct_start=0.1)
    opinion.train()
    for _ in range(EPOCHS):
        order = torch.randperm(count, generator=generator)
        for places in order[: count // BATCH * BATCH].view(-1, BATCH):
            part = draws.part(places)
            trust = opinion.of_member(number, features[places], part.fits)
            likely = log_likelihood(part.prediction, trust, part.truth)
            optimiser.zero_grad()
            trusted = 1 - trust.weights[:, 0]
            loss = caution * trusted.mean() - likely.clamp_min(LEAST_LIKELY).mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()


def _scores(
    lesson: Lesson, opinion: EllipticalOpinion, judged: Draws, seed: int
) -> dict[str, dict[str, float]]:
    features, fits = features_of(judged.prediction, judged.fits), judged.fits
    elliptic = np.array([set(kinds) <= {*lesson.elliptical} for kinds in judged.kinds])
    trust = opinion(features, fits)
    scores = {
        name: _compared(judged, trust, np.flatnonzero(chosen))
        for name, chosen in {"elliptical laws": elliptic, "others": ~elliptic}.items()
    }
    told = []
    for number in range(opinion.config.members):
        known = kinds_of(lesson, seed, number)
        new = np.flatnonzero([bool(set(kinds) - known) for kinds in judged.kinds])
        if len(new):
            told.append(_compared(judged, opinion.of_member(number, features, fits), new))
    if told:
        scores["others, new to a member"] = {
            key: round(float(np.mean([each[key] for each in told])), 4) for key in told[0]
        }
    return scores


def _compared(judged: Draws, trust: Trust, places: np.ndarray) -> dict[str, float]:
    part = judged.part(places)
    of_part = Trust(*(_at(t, places) for t in (trust.weights, trust.centres, trust.scales)))
    found = {"draws": float(len(places))}
    answers = {"before": part.prediction, "after": mixed(part.prediction, of_part)}
    for name, said in answers.items():
        scores = validation_scores(said, part.truth)
        found |= {f"{key}, {name}": round(scores[key], 4) for key in ("mae", "wis", "coverage_90")}
    return found | {"trust": round(float(1 - of_part.weights[:, 0].mean()), 4)}


def _at(tensor: Tensor, places: np.ndarray) -> Tensor:
    return tensor[torch.from_numpy(places)]

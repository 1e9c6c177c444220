"""The training of the conditional head on stored draws."""

from collections.abc import Callable
from dataclasses import dataclass

import joblib
import torch
from torch import Tensor

from mist_core.interrupts import quiet_children
from mist_core.networks.conditional import ConditionalConfig, ConditionalNetwork
from mist_core.networks.ensemble import Witness
from mist_core.networks.quantiles import LEVELS, Prediction
from mist_core.networks.scoring import validation_scores
from mist_core.training.conditional_draws import NAMES, Draws
from mist_core.training.members import learn

LEARNING_RATE, WEIGHT_DECAY, BATCH = 1e-3, 0.5, 256
# Of the last draws, those that fit the width, and those that judge.
SPREAD_SHARE, JUDGED_SHARE = 0.12, 0.12


@dataclass(frozen=True)
class Lesson:
    """Draws to learn from, to fit the width of the quantiles to, and to judge by."""

    learned: Draws
    fitted: Draws
    judged: Draws

    @classmethod
    def of(cls, draws: Draws) -> "Lesson":
        """By place: draws of one shape stand together and stay together."""
        count = len(draws.truth)
        second = count - int(JUDGED_SHARE * count)
        first = second - int(SPREAD_SHARE * count)
        places = torch.arange(count)
        return cls(*(draws.part(p) for p in places.tensor_split((first, second))))


def fit(
    lesson: Lesson,
    config: ConditionalConfig,
    epochs: int,
    seed: int,
    report: Callable[[str], None],
    jobs: int = 1,
) -> tuple[ConditionalNetwork, dict]:
    """A trained network and its scores on the judged draws.

    Args:
        lesson: the draws.
        config: shape of the network.
        epochs: how often each member sees each draw.
        seed: of all randomness.
        report: called with a line for each member.
        jobs: members that learn side by side; the result is the same.
    """
    torch.manual_seed(seed)
    network = ConditionalNetwork(config)
    network.fit_inputs(lesson.learned.statistics)
    standard = network.standardised(lesson.learned.statistics)
    network.familiarity.fit(standard)
    tasks = (
        joblib.delayed(_trained)(member, standard, lesson.learned, epochs, seed + number)
        for number, member in enumerate(network.members)
    )
    with quiet_children():
        states = joblib.Parallel(jobs)(tasks)
    for number, state in enumerate(states):
        member = network.members[number]
        member.load_state_dict(state)
        report(f"member {number + 1}: {_brief(network, member.eval(), lesson.fitted)}")
    network.requires_grad_(False).eval()
    network.fit_spread(lesson.fitted.statistics, lesson.fitted.truth)
    return network, judged(network, lesson.judged)


def judged(network: ConditionalNetwork, draws: Draws) -> dict:
    """Scores on fresh draws: all of them, by rows, by kind, in time, and where nothing is left."""
    rows = draws.statistics[:, 0].exp()
    groups = {"all": rows > 0}
    for low, high in ((0, 200), (200, 1000), (1000, 1e9)):
        groups[f"rows {low} to {high:g}"] = (rows > low) & (rows <= high)
    groups |= {name: draws.kind == place for place, name in enumerate(NAMES)}
    groups["in time"] = draws.statistics[:, 6] > 0.5
    groups["nothing left"] = draws.truth <= 0
    with torch.inference_mode():
        prediction = network(draws.statistics)
    return {
        name: _scores(prediction, draws.truth, chosen)
        for name, chosen in groups.items()
        if chosen.any()
    }


def _scores(prediction: Prediction, truth: Tensor, chosen: Tensor) -> dict[str, float]:
    part = Prediction(prediction.mean[chosen], prediction.log_quantiles[chosen])
    scores = validation_scores(part, truth[chosen])
    low = part.quantiles[:, int((LEVELS - 0.05).abs().argmin())]
    kept = ("loss", "mse", "mae", "wis", "coverage_50", "coverage_90")
    return {
        "draws": int(chosen.sum()),
        **{name: round(scores[name], 4) for name in kept},
        "low_end_zero": round((low <= 0).float().mean().item(), 4),
    }


def _trained(
    member: Witness, standard: Tensor, draws: Draws, epochs: int, seed: int
) -> dict[str, Tensor]:
    """Its state after `learn`."""
    torch.manual_seed(seed)  # of what is dropped
    torch.set_num_threads(1)
    learn(
        member,
        standard,
        draws.statistics,
        draws.truth,
        epochs=epochs,
        batch=BATCH,
        rate=LEARNING_RATE,
        decay=WEIGHT_DECAY,
        seed=seed,
    )
    return member.state_dict()


@torch.no_grad()
def _brief(network: ConditionalNetwork, member: Witness, draws: Draws) -> str:
    prediction = member(network.standardised(draws.statistics), draws.statistics)
    scores = validation_scores(prediction, draws.truth)
    return ", ".join(f"{k} {scores[k]:.4f}" for k in ("loss", "mae", "coverage_90"))

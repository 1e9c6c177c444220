"""The training of the second opinion: draws of the `general` laws, and members that learn of them.

Each member learns from the draws of half of the blocks. So where the family of a law matters they
disagree, and the pool of all is as wide under a new one as it should be.
"""

from collections.abc import Callable
from dataclasses import dataclass

import joblib
import numpy as np
import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.interrupts import quiet_children
from mist_core.networks.quantiles import CENTRAL_90, MEDIAN, OFFSET
from mist_core.networks.second_opinion import SecondOpinion, SecondOpinionConfig
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import General
from mist_core.statistics.second_opinion import LEAST_ROWS, MOST_COLUMNS, MOST_ROWS, read
from mist_core.training.members import learn

LAWS = General(rows=(LEAST_ROWS, MOST_ROWS), dims=12, cells=300_000, published=0.15, tall=0, long=0)
ONE_SHAPE = 8
SHARE = 0.5
EPOCHS, LEARNING_RATE, WEIGHT_DECAY, BATCH = 60, 2e-3, 0.05, 128
# Of the draws, the last ones, that judge.
JUDGED_SHARE = 0.15


@dataclass(frozen=True)
class Draws:
    """Statistics (D, F) of D datasets, their truths (D,) and the blocks of their laws."""

    statistics: Tensor
    truth: Tensor
    blocks: tuple[tuple[str, ...], ...]

    def part(self, places: np.ndarray) -> "Draws":
        """Some of the datasets."""
        blocks = tuple(self.blocks[k] for k in places)
        return Draws(self.statistics[places], self.truth[places], blocks)


def drawn(shapes: int, seed: int, jobs: int, done: Callable[[int], object]) -> Draws:
    """Untied datasets of the training laws.

    Args:
        shapes: groups of `ONE_SHAPE` datasets that are drawn; those too wide or tied are left out.
        seed: of all randomness.
        jobs: groups at work side by side; the result is the same.
        done: called with 1 for each group.
    """
    parts = []
    with quiet_children():
        tasks = (joblib.delayed(_group)(seed, index) for index in range(shapes))
        for part in joblib.Parallel(jobs, return_as="generator")(tasks):
            parts += [part] if part else []
            done(1)
    return Draws(
        torch.cat([part.statistics for part in parts]),
        torch.cat([part.truth for part in parts]),
        sum((part.blocks for part in parts), ()),
    )


def _group(seed: int, index: int) -> Draws | None:
    torch.set_num_threads(1)
    batch = LAWS.draw(ONE_SHAPE, source(stream(seed, "train", index)))
    if batch.x.shape[2] + batch.y.shape[2] > MOST_COLUMNS:
        return None
    statistics, untied = read(batch.x, batch.y)
    kept = np.flatnonzero(untied.numpy())
    blocks = tuple(composition.blocks for composition in batch.compositions)
    return Draws(statistics, batch.mutual_information.float(), blocks).part(kept)


def fit(draws: Draws, config: SecondOpinionConfig, seed: int) -> tuple[SecondOpinion, dict]:
    """A trained network, and its scores by columns on both sides together.

    Those of single members are under blocks that these had not seen, those of all members on all
    draws that judge.
    """
    torch.manual_seed(seed)
    count = len(draws.truth)
    learned, judged = (
        draws.part(places)
        for places in np.split(np.arange(count), [count - int(JUDGED_SHARE * count)])
    )
    network = SecondOpinion(config)
    network.fit_inputs(learned.statistics)
    standard = network.standardised(learned.statistics)
    for number, member in enumerate(network.members):
        known = families(seed, number)
        chosen = np.flatnonzero([set(blocks) <= known for blocks in learned.blocks])
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
    return network, _scores(network, judged, seed)


def _under_new_blocks(
    network: SecondOpinion, draws: Draws, seed: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Quantiles of each member for the draws of blocks new to it, their statistics and truths."""
    standard, told, places = network.standardised(draws.statistics), [], []
    for number, member in enumerate(network.members):
        known = families(seed, number)
        new = np.flatnonzero([not set(blocks) & known for blocks in draws.blocks])
        told.append(member(standard[new], draws.statistics[new]).log_quantiles)
        places.append(torch.from_numpy(new))
    chosen = torch.cat(places)
    return torch.cat(told), draws.statistics[chosen], draws.truth[chosen]


def families(seed: int, number: int) -> set[str]:
    """The blocks that a member learns from, and independence; the same whenever it is trained."""
    chance = np.random.default_rng([seed, number]).random(len(BLOCKS))
    return {name for name, c in zip(BLOCKS, chance, strict=True) if c < SHARE} | {"independent"}


def _scores(network: SecondOpinion, judged: Draws, seed: int) -> dict[str, dict]:
    sets = {
        "new blocks": _under_new_blocks(network, judged, seed),
        "all members": (network(judged.statistics), judged.statistics, judged.truth),
    }
    scores: dict[str, dict] = {}
    for name, (low, high) in {"2": (2, 2), "3 to 5": (3, 5), "6 to 8": (6, 8)}.items():
        scores[name] = {}
        for of, (quantiles, statistics, truths) in sets.items():
            columns = statistics[:, 1:3].exp().sum(-1).round()
            chosen = (columns >= low) & (columns <= high)
            scores[name] |= _errors(quantiles[chosen], truths[chosen], of)
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

"""The training of the plane's opinion: how far off neighbours are under laws of two columns.

No network is asked: whatever law the rows are of, neighbours err alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import joblib
import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.interrupts import quiet_children
from mist_core.networks.plane import PlaneConfig, PlaneOpinion, log_density
from mist_core.priors.general import General
from mist_core.statistics import plane
from mist_core.statistics.plane import Estimates
from mist_core.statistics.summary import Pair

# Datasets of one law's kind and n, and of how many rows.
ONE_SHAPE, ROWS = 4, (plane.LEAST_ROWS, plane.MOST_DRAWN)
EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 60, 128, 3e-3, 0.1
# A truth less likely than this, beside the likeliest, pulls no more.
LEAST_LIKELY = -12.0
# Of the draws, the last ones, that judge.
JUDGED_SHARE = 0.2


@dataclass(frozen=True)
class Draws:
    """D datasets: what neighbours say, and the truths (D,), nats."""

    found: Estimates
    truth: Tensor

    def part(self, places: Tensor) -> "Draws":
        """Some of them."""
        columns = {f.name: getattr(self.found, f.name)[places] for f in fields(Estimates)}
        return Draws(Estimates(**columns), self.truth[places])


def drawn(shapes: int, seed: int, jobs: int, done: Callable[[int], object]) -> Draws:
    """Datasets of `general` laws of two columns, of which neighbours tell something.

    Args:
        shapes: groups of `ONE_SHAPE` datasets that are drawn.
        seed: of all randomness.
        jobs: groups at work side by side; the result is the same.
        done: called with 1 for each group.
    """
    parts = []
    with quiet_children():
        tasks = (joblib.delayed(_group)(seed, k) for k in range(shapes))
        for part in joblib.Parallel(jobs, return_as="generator")(tasks):
            parts.append(part)
            done(1)
    return _joined(parts)


def _group(seed: int, index: int) -> Draws:
    """Datasets of one n, less those of tied values or too fine structure."""
    torch.set_num_threads(1)
    laws = replace(General(), rows=ROWS, dims=1, cells=2 * ROWS[1], published=0.0, tall=0.0)
    batch = replace(laws, long=0.0).draw(ONE_SHAPE, source(stream(seed, "train", index)))
    found = plane.read(Pair(batch.x, batch.y).views)
    drawn = Draws(found, batch.mutual_information.double())
    return drawn.part(found.holds.nonzero().squeeze(-1))


def _joined(parts: list[Draws]) -> Draws:
    """Several, one after another."""
    columns = {
        f.name: torch.cat([getattr(part.found, f.name) for part in parts])
        for f in fields(Estimates)
    }
    return Draws(Estimates(**columns), torch.cat([part.truth for part in parts]))


def fit(draws: Draws, config: PlaneConfig, seed: int) -> tuple[PlaneOpinion, dict[str, float]]:
    """A trained opinion, and how good it is on the last draws."""
    torch.manual_seed(seed)
    first = int((1 - JUDGED_SHARE) * len(draws.truth))
    learned, judged = (draws.part(p) for p in torch.arange(len(draws.truth)).tensor_split([first]))
    opinion = PlaneOpinion(config)
    opinion.fit_inputs(learned.found.statistics)
    for number in range(config.members):
        _learn(opinion, number, learned, seed + number)
    opinion.requires_grad_(False).eval()
    return opinion, _scores(opinion, judged)


def _learn(opinion: PlaneOpinion, number: int, draws: Draws, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    parameters, count = list(opinion.members[number].parameters()), len(draws.truth)
    batch = min(BATCH, count)
    steps = EPOCHS * (count // batch)
    optimiser = torch.optim.AdamW(parameters, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, steps, pct_start=0.1)
    for _ in range(EPOCHS):
        order = torch.randperm(count, generator=generator)
        for places in order[: count // batch * batch].view(-1, batch):
            part = draws.part(places)
            likely = log_density(opinion.of_member(number, part.found), part.truth)
            gain = likely + part.found.error.log()  # as likely where n is large as where it is not
            optimiser.zero_grad()
            (-gain.clamp_min(LEAST_LIKELY).mean()).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()


def _scores(opinion: PlaneOpinion, judged: Draws) -> dict[str, float]:
    located, found = opinion(judged.found), judged.found
    off = (judged.truth - located.centre).abs()
    raw = (judged.truth - found.value).abs()
    return {
        "draws": float(len(off)),
        "error of the estimate": round(raw.mean().item(), 5),
        "error of the centre": round(off.mean().item(), 5),
        "median error over standard error": round((off / found.error).median().item(), 3),
        "scale over standard error": round((located.scale / found.error).median().item(), 3),
        "within 2.13 scales": round((off < 2.132 * located.scale).double().mean().item(), 4),
    }

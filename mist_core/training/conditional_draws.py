"""Statistics of draws of the conditional laws, in numbered files that a killed run goes on with."""

import itertools
import time
from dataclasses import dataclass
from pathlib import Path

import joblib
import torch
from torch import Tensor

from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.distributions.numerics.randomness import source, stream
from mist_core.interrupts import quiet_children
from mist_core.priors.conditional.batch import Triples
from mist_core.priors.conditional.prior import KINDS, draw
from mist_core.statistics import conditional
from mist_core.statistics.triple import triple

# Datasets of one shape, and shapes a file.
ONE_SHAPE, SHAPES = 8, 32
NAMES = (*KINDS, "series")


@dataclass(frozen=True)
class Draws:
    """Statistics (D, F) of D datasets, their truths (D,) and kinds (D,), places in NAMES."""

    statistics: Tensor
    truth: Tensor
    kind: Tensor

    def part(self, chosen: Tensor) -> "Draws":
        """Some of the datasets."""
        return Draws(self.statistics[chosen], self.truth[chosen], self.kind[chosen])


def collect(folder: Path, seed: int, name: str, minutes: float, workers: int) -> int:
    """Writes files of stream `name` until the time is over; returns how many there are.

    Args:
        seed: root of all randomness; file k is the same whenever and by whomever it is written.
        name: "train" or "validation".
        workers: processes, which take turns with the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    until = time.time() + 60 * minutes
    with quiet_children():
        tasks = (
            joblib.delayed(_write)(folder, seed, name, until, w, workers) for w in range(workers)
        )
        joblib.Parallel(workers)(tasks)
    return len(list(folder.glob(f"{name}-*.safetensors")))


def _write(folder: Path, seed: int, name: str, until: float, first: int, step: int) -> None:
    torch.set_num_threads(1)
    for number in itertools.count(first, step):
        if time.time() > until:
            return
        path = _path(folder, name, number)
        if path.exists():
            continue
        drawn = [_part(seed, name, SHAPES * number + k) for k in range(SHAPES)]
        tensors = {
            field: torch.cat([getattr(part, field) for part in drawn])
            for field in ("statistics", "truth", "kind")
        }
        save_checkpoint(path, tensors, {"seed": seed, "stream": name, "number": number})


def read(folder: Path, name: str) -> Draws:
    """All files of a stream, in order."""
    paths = sorted(folder.glob(f"{name}-*.safetensors"))
    parts = [load_checkpoint(path).tensors for path in paths]
    return Draws(*(torch.cat([p[f] for p in parts]) for f in ("statistics", "truth", "kind")))


def statistics_of(drawn: Triples) -> Tensor:
    """(B, F) statistics; rows of draws without an order are in random order already."""
    sides = triple(drawn.x, drawn.y, drawn.z, ordered=drawn.ordered, hashed=drawn.ordered)
    return conditional.summarize(sides)


def _part(seed: int, name: str, index: int) -> Draws:
    drawn = draw(ONE_SHAPE, source(stream(seed, name, index)))
    kind = torch.full((ONE_SHAPE,), NAMES.index(drawn.kind))
    return Draws(statistics_of(drawn), drawn.information.float(), kind)


def _path(folder: Path, name: str, number: int) -> Path:
    return folder / f"{name}-{number:05d}.safetensors"

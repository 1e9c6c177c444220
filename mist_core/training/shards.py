"""Training data as numbered files: written ahead by worker processes, read in order by the trainer.

Shard number i holds the same datasets whoever writes it and whenever, so a run that was killed goes
on with the files it finds, and the losses of a run do not depend on how fast its workers were.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
import torch.multiprocessing as multiprocessing
from torch import Tensor

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import JobError
from mist_core.interrupts import quiet_children
from mist_core.networks.base import Network
from mist_core.networks.law_classifier import STRANGE
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.general import INDEPENDENCE, strange
from mist_core.training.labels import Blocks, blocks_in, held
from mist_core.training.shard_files import (
    Labelled,
    read_labelled,
    shard_path,
    strange_path,
    validation_path,
    write_labelled,
)

# Datasets of one shape drawn together: a call of torch costs as much as the numbers of a few.
DATASETS_A_DRAW = 128
# Those of one shape err alike: what judges a run has few of each.
VALIDATION_PART, VALIDATION_DRAW = 512, 16
# Datasets of a shard for each strange one drawn with it, and how many of those are of one shape.
STRANGE_EVERY, STRANGE_DRAW = 4, 16
TRUTH, KINDS = "mutual_information", "kinds"
# With less room than this a shard that is missing has not found any.
LEAST_FREE_BYTES = 100_000_000


@dataclass(frozen=True)
class Recipe:
    """What a shard is made of.

    Attributes:
        network: prepares inputs; only its config and `prepare_draws` matter.
        meta: the prior over laws.
        seed: root of the random streams.
        size: datasets a shard, a multiple of `one_shape`.
        one_shape: datasets of one shape drawn together.
    """

    network: Network
    meta: MetaDistribution
    seed: int
    size: int
    one_shape: int = DATASETS_A_DRAW

    def shard(self, index: int, name: str = "train") -> dict[str, Tensor]:
        """What is learned from shard `index` of the stream `name`."""
        return self.marked(*self.labelled(index, name))

    def labelled(self, index: int, name: str = "train") -> Labelled:
        """Prepared inputs and truths of the shard, and the blocks in each of its datasets."""
        randomness = source(stream(self.seed, name, index))
        parts, truths, labels = [], [], []
        together = min(self.one_shape, self.size)
        with torch.no_grad():
            for _ in range(self.size // together):
                batch = self.meta.draw(together, randomness)
                parts.append(self.network.prepare_draws(batch.x, batch.y))
                truths.append(batch.mutual_information.float())
                labels += blocks_in(batch)
            return self.network.collate(parts) | {TRUTH: torch.cat(truths)}, labels

    def marked(self, tensors: dict[str, Tensor], labels: list[Blocks]) -> dict[str, Tensor]:
        """The same with the kinds of laws that each dataset holds, of `labels.held`."""
        return tensors | {KINDS: held(labels, self.network.kinds)}

    def validation_part(self, index: int) -> Labelled:
        """Part `index` of the draws that judge the run, of a stream of their own."""
        part = replace(self, size=VALIDATION_PART, one_shape=VALIDATION_DRAW)
        return part.labelled(index, "validation")

    def strange(self, index: int) -> Labelled:
        """Statistics of datasets whose laws have no name, to go with shard `index`."""
        size = max(STRANGE_DRAW, self.size // STRANGE_EVERY)
        laws = replace(self, meta=strange(), size=size, one_shape=STRANGE_DRAW)
        tensors, labels = laws.labelled(index, STRANGE)
        unlike = [row for row, blocks in enumerate(labels) if INDEPENDENCE not in blocks]
        return {STRANGE: tensors["features"][unlike]}, [labels[row] for row in unlike]

    def joined(self, shards: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """Shards as one, their inputs padded to a common shape; the truths stay in order."""
        told = {name: torch.cat([shard[name] for shard in shards]) for name in (TRUTH, KINDS)}
        inputs = [{k: t for k, t in shard.items() if k not in told} for shard in shards]
        return self.network.collate(inputs) | told


class Writers:
    """Worker processes that write shards 'shard-000000.safetensors', ... a few ahead of the reader.

    Validation draws come first. The processes are daemons, and also stop by themselves when their
    parent is gone.

    Args:
        recipe: of the shards.
        folder: where they go; it may hold some already.
        workers: processes of this writer.
        number, count: this writer among how many; each writes shards of its own.
        ahead: shards that each process writes before they are asked for.
        validation: draws that judge the run, rounded up to whole parts.
    """

    def __init__(
        self,
        recipe: Recipe,
        folder: Path,
        workers: int,
        number: int = 0,
        count: int = 1,
        ahead: int = 4,
        validation: int = 0,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._recipe, self._folder = recipe, folder
        self._parts = -(-validation // VALIDATION_PART)
        self._ahead = ahead * workers * count
        self._wanted = context.Value("q", self._ahead)
        self._processes = [
            context.Process(
                target=_write_shards,
                args=(
                    recipe,
                    folder,
                    number * workers + w,
                    count * workers,
                    self._parts,
                    self._wanted,
                    os.getpid(),
                ),
                daemon=True,
            )
            for w in range(workers)
        ]
        with quiet_children():
            for process in self._processes:
                process.start()

    def read(self, index: int) -> dict[str, Tensor]:
        """Shard `index`, waiting for it to be written.

        Raises:
            JobError: nobody is left to write it.
        """
        self._wanted.value = max(self._wanted.value, index + self._ahead)
        path = shard_path(self._folder, index)
        return self._recipe.marked(*self._waited(path, partial(self._recipe.labelled, index)))

    def read_strange(self, index: int) -> dict[str, Tensor]:
        """The strange datasets that go with shard `index`, waiting as `read` does."""
        path = strange_path(self._folder, index)
        return self._waited(path, partial(self._recipe.strange, index))[0]

    def validation(self) -> dict[str, Tensor]:
        """The draws that judge the run, as `read`."""
        parts = []
        for index in range(self._parts):
            path = validation_path(self._folder, index)
            drawn = self._waited(path, partial(self._recipe.validation_part, index))
            parts.append(self._recipe.marked(*drawn))
        return self._recipe.joined(parts)

    def _waited(self, path: Path, draw: Callable[[], Labelled]) -> Labelled:
        """A file's content once it is there; one that is damaged is drawn again."""
        while not path.exists():
            if not any(process.is_alive() for process in self._processes):
                raise JobError(f"{path} is missing, and {self._why_missing()}.")
            time.sleep(0.05)
        try:
            return read_labelled(path)
        except JobError:
            drawn = draw()
            with contextlib.suppress(OSError):  # a full disk is no reason to end
                write_labelled(path, *drawn)
            return drawn

    def _why_missing(self) -> str:
        free = shutil.disk_usage(self._folder).free
        if free < LEAST_FREE_BYTES:
            return f"the disk is full ({free / 1e6:.0f} MB are free): make room, then resume"
        return "no data worker is left to write it"

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
            process.join()


def _write_shards(
    recipe: Recipe, folder: Path, worker: int, workers: int, parts: int, wanted, parent: int
) -> None:
    torch.set_num_threads(1)
    for index in range(worker, parts, workers):
        path = validation_path(folder, index)
        if not path.exists() and os.getppid() == parent:
            write_labelled(path, *recipe.validation_part(index))
    index = worker
    while os.getppid() == parent:  # which may be gone before this process has even started
        if index >= wanted.value:
            time.sleep(0.1)
            continue
        path = shard_path(folder, index)
        if not path.exists():
            write_labelled(path, *recipe.labelled(index))
        path = strange_path(folder, index)
        if recipe.network.kinds and not path.exists():
            write_labelled(path, *recipe.strange(index))
        index += workers

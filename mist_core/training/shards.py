"""Training data as numbered files: written ahead by worker processes, read in order by the trainer.

Shard number i holds the same datasets whoever writes it and whenever, so a run that was killed goes
on with the files it finds, and the losses of a run do not depend on how fast its workers were.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import safetensors.torch
import torch
import torch.multiprocessing as multiprocessing
from torch import Tensor

from mist_core.distributions.numerics.randomness import source, stream
from mist_core.errors import JobError
from mist_core.networks.base import Network
from mist_core.networks.law_classifier import STRANGE
from mist_core.networks.registry import config_dict
from mist_core.priors.batch import MetaDistribution
from mist_core.priors.general import INDEPENDENCE, strange
from mist_core.training.labels import held

# Datasets of one shape drawn together: a call of torch costs as much as the numbers of a few.
DATASETS_A_DRAW = 128
# Those of one shape err alike: what judges a run has few of each.
VALIDATION_PART, VALIDATION_DRAW = 512, 16
# Datasets of a shard for each strange one drawn with it, and how many of those are of one shape.
STRANGE_EVERY, STRANGE_DRAW = 4, 16
TRUTH, FAMILIES, KINDS = "mutual_information", "families", "kinds"


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

    def labelled(self, index: int, name: str = "train") -> tuple[dict[str, Tensor], list[str]]:
        """Prepared inputs and truths of the shard, and the family of each of its datasets."""
        randomness = source(stream(self.seed, name, index))
        parts, truths, families = [], [], []
        together = min(self.one_shape, self.size)
        with torch.no_grad():
            for _ in range(self.size // together):
                batch = self.meta.draw(together, randomness)
                parts.append(self.network.prepare_draws(batch.x, batch.y))
                truths.append(batch.mutual_information.float())
                families += batch.families
            return self.network.collate(parts) | {TRUTH: torch.cat(truths)}, families

    def marked(self, tensors: dict[str, Tensor], families: list[str]) -> dict[str, Tensor]:
        """The same with the kinds of laws that each dataset holds, of `recognition.held`."""
        return tensors | {KINDS: held(families, self.network.kinds)}

    def validation_part(self, index: int) -> tuple[dict[str, Tensor], list[str]]:
        """Part `index` of the draws that judge the run, of a stream of their own."""
        part = replace(self, size=VALIDATION_PART, one_shape=VALIDATION_DRAW)
        return part.labelled(index, "validation")

    def strange(self, index: int) -> tuple[dict[str, Tensor], list[str]]:
        """Statistics of datasets whose laws have no name, to go with shard `index`."""
        size = max(STRANGE_DRAW, self.size // STRANGE_EVERY)
        laws = replace(self, meta=strange(), size=size, one_shape=STRANGE_DRAW)
        tensors, families = laws.labelled(index, STRANGE)
        unlike = [row for row, family in enumerate(families) if family != INDEPENDENCE]
        return {STRANGE: tensors["features"][unlike]}, [families[row] for row in unlike]

    def joined(self, shards: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """Shards as one, their inputs padded to a common shape; the truths stay in order."""
        told = {name: torch.cat([shard[name] for shard in shards]) for name in (TRUTH, KINDS)}
        inputs = [{k: t for k, t in shard.items() if k not in told} for shard in shards]
        return self.network.collate(inputs) | told


def claim(folder: Path, recipe: Recipe) -> None:
    """Make the folder, or clear it of shards half written; note what its shards are made of.

    Raises:
        JobError: the folder holds shards of another recipe.
    """
    made_of = {
        "network": config_dict(recipe.network),
        "meta": asdict(recipe.meta),
        "seed": recipe.seed,
        "size": recipe.size,
    }
    folder.mkdir(parents=True, exist_ok=True)
    text, path = json.dumps(made_of, indent=1), folder / "recipe.json"
    if path.exists() and not _agree(json.loads(path.read_text()), json.loads(text)):
        raise JobError(
            f"The folder {folder} holds data of a run with other laws, statistics, seed or shard "
            "size: choose another folder, or remove it."
        )
    path.write_text(text)
    for cut_short in folder.glob("*.part"):  # by a kill in the middle of writing
        cut_short.unlink(missing_ok=True)


def _agree(before: object, now: object) -> bool:
    """Whether two recipes are the same in all that both of them tell: versions add settings."""
    if isinstance(before, dict) and isinstance(now, dict):
        return all(_agree(before[name], now[name]) for name in before.keys() & now.keys())
    return before == now


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
        for process in self._processes:
            process.start()

    def read(self, index: int) -> dict[str, Tensor]:
        """Shard `index`, waiting for it to be written.

        Raises:
            JobError: nobody is left to write it.
        """
        self._wanted.value = max(self._wanted.value, index + self._ahead)
        return self._read(shard_path(self._folder, index))

    def read_strange(self, index: int) -> dict[str, Tensor]:
        """The strange datasets that go with shard `index`, waiting as `read` does."""
        return self._waited(strange_path(self._folder, index))[0]

    def validation(self) -> dict[str, Tensor]:
        """The draws that judge the run, as `read`."""
        paths = [validation_path(self._folder, index) for index in range(self._parts)]
        return self._recipe.joined([self._read(path) for path in paths])

    def _read(self, path: Path) -> dict[str, Tensor]:
        return self._recipe.marked(*self._waited(path))

    def _waited(self, path: Path) -> tuple[dict[str, Tensor], list[str]]:
        while not path.exists():
            if not any(process.is_alive() for process in self._processes):
                raise JobError(f"{path} is missing, and no data worker is left to write it.")
            time.sleep(0.05)
        return read_labelled(path)

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
            process.join()


def read_labelled(path: Path) -> tuple[dict[str, Tensor], list[str]]:
    """A shard's file, and the family of each of its datasets."""
    with safetensors.safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.offset_keys()}
        return tensors, json.loads(file.metadata()[FAMILIES])


def write_labelled(path: Path, tensors: dict[str, Tensor], families: list[str]) -> None:
    """Write a file for `read_labelled`; a reader sees none of it or all of it."""
    temporary = path.with_suffix(f".{os.getpid()}.part")
    safetensors.torch.save_file(tensors, temporary, {FAMILIES: json.dumps(families)})
    os.replace(temporary, path)


def validation_path(folder: Path, index: int) -> Path:
    return folder / f"validation-{index:06d}.safetensors"


def strange_path(folder: Path, index: int) -> Path:
    return folder / f"strange-{index:06d}.safetensors"


def shard_path(folder: Path, index: int) -> Path:
    return folder / f"shard-{index:06d}.safetensors"


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

"""What a run trains on: the shards read so far, from all of which batches are drawn."""

import torch
from torch import Tensor

from mist_core.training.shards import Writers

# Datasets of a batch for each strange one that the recogniser learns from beside them.
KNOWN_A_STRANGE = 3


class Pool:
    """All training data read so far, in growing tensors; batches are drawn uniformly from it."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.count = 0  # datasets ever added; the oldest make room beyond `capacity`
        self._store: dict[str, Tensor] = {}

    def add(self, shard: dict[str, Tensor]) -> None:
        """Append a shard's datasets, over the oldest ones once the pool is full."""
        size = len(next(iter(shard.values())))
        if not self._store:
            room = min(4 * size, self.capacity)
            self._store = {k: t.new_zeros((room, *t.shape[1:])) for k, t in shard.items()}
        places = torch.arange(self.count, self.count + size) % self.capacity
        held = len(next(iter(self._store.values())))
        if min(self.count + size, self.capacity) > held:
            self._grow(min(max(2 * held, self.count + size), self.capacity))
        for name, tensor in shard.items():
            self._store[name][places] = tensor
        self.count += size

    def sample(self, size: int, generator: torch.Generator) -> dict[str, Tensor]:
        """`size` datasets, with replacement."""
        most = min(self.count, self.capacity)
        index = torch.randint(most, (size,), generator=generator)
        return {name: tensor[index] for name, tensor in self._store.items()}

    def _grow(self, room: int) -> None:
        for name, tensor in self._store.items():
            larger = tensor.new_zeros((room, *tensor.shape[1:]))
            larger[: len(tensor)] = tensor
            self._store[name] = larger


class Material:
    """The datasets of a run, and where it has a recogniser the strange ones beside them.

    Args:
        capacity: datasets kept in memory.
        most: distinct datasets to read; None for no end.
        recognised: whether a recogniser learns from strange datasets, too.
    """

    def __init__(self, capacity: int, most: int | None, recognised: bool) -> None:
        self.known, self.strange = Pool(capacity), Pool(capacity)
        self.most, self.recognised = most, recognised

    @property
    def full(self) -> bool:
        """Whether no more is to be read."""
        return self.most is not None and self.known.count >= self.most

    def read(self, writers: Writers, index: int) -> None:
        """Add shard `index` and the strange datasets that go with it, unless it is full.

        Raises:
            JobError: nobody is left to write them.
        """
        if self.full:
            return
        self.known.add(writers.read(index))
        if self.recognised:
            self.strange.add(writers.read_strange(index))

    def batch(self, size: int, generator: torch.Generator) -> dict[str, Tensor]:
        """`size` datasets, with a third as many strange ones where there are any."""
        drawn = self.known.sample(size, generator)
        if self.strange.count:
            drawn |= self.strange.sample(max(1, size // KNOWN_A_STRANGE), generator)
        return drawn

"""What every prior draws: a batch of datasets of one shape with their true MI."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.randomness import Source


@dataclass(frozen=True)
class Composition:
    """What the law of a dataset is made of.

    Attributes:
        laws: names of the laws that stand side by side in it.
        blocks: names of the blocks of `general` that these are.
    """

    laws: tuple[str, ...]
    blocks: tuple[str, ...]

    @classmethod
    def of(cls, *names: str) -> "Composition":
        """Of laws that are blocks themselves, or that have no name among them."""
        return cls(names, names)

    @property
    def name(self) -> str:
        """The names of its laws as one text."""
        return "+".join(self.laws)


@dataclass(frozen=True)
class Batch:
    """B datasets of one shape.

    Attributes:
        x, y: (B, n, p) and (B, n, q).
        mutual_information: (B,) true MI, nats, float64.
        compositions: what the law of each dataset is made of.
    """

    x: Tensor
    y: Tensor
    mutual_information: Tensor
    compositions: tuple[Composition, ...]

    @property
    def families(self) -> tuple[str, ...]:
        """B names, the law each dataset came from."""
        return tuple(composition.name for composition in self.compositions)

    def chosen(self, places: Sequence[int]) -> "Batch":
        """Some of the datasets, in this order."""
        places = list(places)
        numbers = (self.x[places], self.y[places], self.mutual_information[places])
        return Batch(*numbers, tuple(self.compositions[k] for k in places))


class MetaDistribution(abc.ABC):
    """A prior over laws, numbers of rows and dimensions."""

    @abc.abstractmethod
    def draw(self, count: int, source: Source) -> Batch:
        """`count` datasets of one random shape, float32, on the source's device."""


def draw_law(
    law: Law, n_samples: int, source: Source, compositions: tuple[Composition, ...]
) -> Batch:
    """One dataset of each law of a batch of laws."""
    x, y = law.sample(n_samples, generator=source.generator, dtype=torch.float32)
    truths = law.mutual_information().clamp_min(0)  # rounding may dip below
    return Batch(x, y, truths, compositions)


def concatenate(batches: list[Batch]) -> Batch:
    """Batches of one shape as one."""
    return Batch(
        torch.cat([b.x for b in batches]),
        torch.cat([b.y for b in batches]),
        torch.cat([b.mutual_information for b in batches]),
        tuple(composition for b in batches for composition in b.compositions),
    )

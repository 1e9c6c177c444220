"""What every prior draws: a batch of datasets of one shape with their true MI."""

import abc
from dataclasses import dataclass

import torch
from torch import Tensor

from mist_core.distributions.base import Law
from mist_core.distributions.numerics.randomness import Source


@dataclass(frozen=True)
class Batch:
    """B datasets of one shape.

    Attributes:
        x, y: (B, n, p) and (B, n, q).
        mutual_information: (B,) true MI, nats, float64.
        families: B names, the law each dataset came from.
    """

    x: Tensor
    y: Tensor
    mutual_information: Tensor
    families: tuple[str, ...]


class MetaDistribution(abc.ABC):
    """A prior over laws, numbers of rows and dimensions."""

    @abc.abstractmethod
    def draw(self, count: int, source: Source) -> Batch:
        """`count` datasets of one random shape, float32, on the source's device."""


def draw_law(law: Law, n_samples: int, source: Source, families: tuple[str, ...]) -> Batch:
    """One dataset of each law of a batch of laws."""
    x, y = law.sample(n_samples, generator=source.generator, dtype=torch.float32)
    return Batch(x, y, law.mutual_information().clamp_min(0), families)  # rounding may dip below


def concatenate(batches: list[Batch]) -> Batch:
    """Batches of one shape as one."""
    return Batch(
        torch.cat([b.x for b in batches]),
        torch.cat([b.y for b in batches]),
        torch.cat([b.mutual_information for b in batches]),
        tuple(name for b in batches for name in b.families),
    )

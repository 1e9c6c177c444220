"""Which laws a calibration study draws from, inside which ranges of rows and columns."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from mist_core.distributions.families import FAMILIES
from mist_core.distributions.numerics.randomness import Source, source, stream
from mist_core.distributions.shapes import SHAPES
from mist_core.distributions.transforms.named import stack_transforms
from mist_core.errors import ParameterError
from mist_core.inference.inputs import MIN_SAMPLES
from mist_core.priors.batch import Batch, Composition, MetaDistribution
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.general import INDEPENDENCE, General
from mist_core.priors.paper import (
    PAPER_BASES,
    PAPER_DIMS,
    PAPER_IN_FAMILY,
    PAPER_OUT_OF_FAMILY,
    PAPER_ROWS,
    PAPER_TRANSFORMS,
    Paper,
)

# Datasets of one shape drawn together: few, so that shapes and recipes vary.
A_DRAW = 4
# Draws that may fall outside the ranges before they are given up.
MOST_TRIES = 400
Range = tuple[int, int]


class Datasets(Protocol):
    """What can be judged: datasets with their truth.

    Attributes:
        laws: what they come from, in a few words.
        n_datasets: how many.
    """

    @property
    def laws(self) -> str: ...

    @property
    def n_datasets(self) -> int: ...

    def draws(self) -> Iterator[tuple[int, Batch, np.random.Generator]]:
        """Batches of one shape: (number of its first dataset, batch, its randomness)."""


@dataclass(frozen=True)
class Laws:
    """A meta-distribution to choose.

    Attributes:
        rows, dims: inclusive ranges of n and of the columns a side that it is meant for.
        weights: the shipped weights trained on such laws.
        within: from ranges of rows and of columns a side to the prior inside them.
    """

    rows: Range
    dims: Range
    weights: str
    within: Callable[[Range, Range], MetaDistribution]


@dataclass(frozen=True)
class Study:
    """Which datasets to draw; equal studies draw equal datasets.

    Attributes:
        laws: key of `LAWS`.
        rows, dims: inclusive ranges of n and of the columns a side.
        n_datasets: how many.
        seed: of the datasets; no network ever trained on them.

    Raises:
        ParameterError: unknown laws, an empty range, or fewer rows or columns than there must be.
    """

    laws: str
    rows: Range
    dims: Range
    n_datasets: int
    seed: int = 0

    def __post_init__(self) -> None:
        if self.laws not in LAWS:
            raise ParameterError(f"Expected laws among {', '.join(LAWS)}; got {self.laws!r}.")
        least = {"rows": MIN_SAMPLES, "dims": LAWS[self.laws].dims[0]}
        for name, value in (("rows", self.rows), ("dims", self.dims)):
            if not least[name] <= value[0] <= value[1]:
                raise ParameterError(
                    f"The range of {name} must rise from {least[name]} or more; got "
                    f"{value[0]} to {value[1]}."
                )
        if self.n_datasets < 1:
            raise ParameterError(f"Expected at least one dataset, got {self.n_datasets}.")

    @classmethod
    def of(cls, laws: str, n_datasets: int, seed: int = 0) -> "Study":
        """The study of laws in the ranges they are meant for."""
        chosen = LAWS.get(laws, LAWS["general"])  # unknown ones are refused with their name
        return cls(laws, chosen.rows, chosen.dims, n_datasets, seed)

    def draws(self) -> Iterator[tuple[int, Batch, np.random.Generator]]:
        """Batches of datasets of one shape: (number of its first dataset, batch, its randomness).

        Raises:
            ParameterError: draws inside the ranges are too rare to be found.
        """
        meta = LAWS[self.laws].within(self.rows, self.dims)
        for index, first in enumerate(range(0, self.n_datasets, A_DRAW)):
            randomness = source(stream(self.seed, "test", index))
            count = min(A_DRAW, self.n_datasets - first)
            yield first, meta.draw(count, randomness), randomness.rng


@dataclass(frozen=True)
class OneLaw:
    """Datasets of one law of Explore, which differ by chance alone; as `Study` otherwise.

    Attributes:
        laws: name of the law, in `FAMILIES` or `SHAPES`.
        parameters: (name, value) pairs, as its `build` takes them.
        dim_x, dim_y: columns before the transforms.
        transforms: keys in `TRANSFORMS`, the first one first.
        n_samples: rows of each dataset.
        n_datasets: how many.
        seed: of the datasets.
    """

    laws: str
    parameters: tuple[tuple[str, float], ...]
    dim_x: int
    dim_y: int
    transforms: tuple[str, ...]
    n_samples: int
    n_datasets: int
    seed: int = 0

    def draws(self) -> Iterator[tuple[int, Batch, np.random.Generator]]:
        """As `Study.draws`.

        Raises:
            ParameterError: the law does not take these parameters, or a transform the columns.
        """
        family = (FAMILIES | SHAPES)[self.laws]
        law = family.build(self.dim_x, self.dim_y, **dict(self.parameters))
        maps = stack_transforms(self.transforms, self.dim_x, self.dim_y)
        for index, first in enumerate(range(0, self.n_datasets, A_DRAW)):
            randomness = source(stream(self.seed, "test", index))
            count = min(A_DRAW, self.n_datasets - first)
            pairs = [
                law.sample(self.n_samples, generator=randomness.generator) for _ in range(count)
            ]
            x, y = (
                map_(torch.stack(s)) for map_, s in zip(maps, zip(*pairs, strict=True), strict=True)
            )
            truth = law.mutual_information().double().expand(count)
            yield first, Batch(x, y, truth, (Composition.of(self.laws),) * count), randomness.rng


@dataclass(frozen=True)
class Within(MetaDistribution):
    """Another prior, given that the shape lies in ranges and the laws among those wanted.

    Attributes:
        meta: the prior whose draws are kept or drawn again.
        rows, dims: inclusive ranges of n and of the columns a side.
        families: names of the laws wanted; None for all.
    """

    meta: MetaDistribution
    rows: Range
    dims: Range
    families: frozenset[str] | None = None

    def draw(self, count: int, source: Source) -> Batch:
        for _ in range(MOST_TRIES):
            batch = self.meta.draw(count, source)
            if self._holds(batch):
                return batch
        raise ParameterError(
            f"None of {MOST_TRIES} draws of these laws had {self.rows[0]} to {self.rows[1]} rows "
            f"and {self.dims[0]} to {self.dims[1]} columns on both sides: widen the ranges."
        )

    def _holds(self, batch: Batch) -> bool:
        shape = (self.rows, batch.x.shape[1]), (self.dims, batch.x.shape[2])
        shape += ((self.dims, batch.y.shape[2]),)
        fits = all(low <= size <= high for (low, high), size in shape)
        return fits and (self.families is None or self.families.issuperset(batch.families))


def _paper(families: tuple[str, ...], rows: Range, dims: Range) -> MetaDistribution:
    return Paper(families, rows, dims)


def _general(rows: Range, dims: Range) -> MetaDistribution:
    return Within(General(rows, dims[1]), rows, dims)


def _block(name: str, rows: Range, dims: Range) -> MetaDistribution:
    """One block under random maps, beside columns of noise, and its independent draws.

    Raises:
        ParameterError: the block needs more columns than the ranges have.
    """
    if not BLOCKS[name].fits(dims[1], dims[1]):
        raise ParameterError(
            f"None of these laws has at most {dims[1]} columns on both sides: widen the ranges."
        )
    meta = General(rows, dims[1], blocks=(name,), published=0.0)
    return Within(meta, rows, dims, frozenset({name, INDEPENDENCE}))


def _of_paper(families: tuple[str, ...]) -> Laws:
    return Laws(PAPER_ROWS, PAPER_DIMS, "paper", functools.partial(_paper, families))


def _of_general(within: Callable[[Range, Range], MetaDistribution]) -> Laws:
    return Laws(General().rows, (1, General().dims), "general", within)


LAWS: dict[str, Laws] = {
    "paper in-family": _of_paper(PAPER_IN_FAMILY),
    "paper out-of-family": _of_paper(PAPER_OUT_OF_FAMILY),
    "general": _of_general(_general),
    **{
        f"paper {base}-{transform}": _of_paper((f"{base}-{transform}",))
        for base in PAPER_BASES
        for transform in PAPER_TRANSFORMS
    },
    **{f"general {name}": _of_general(functools.partial(_block, name)) for name in BLOCKS},
}

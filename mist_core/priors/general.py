"""The `general` meta-distribution: blocks whose MI adds up, noise, and random maps of each side.

A draw is one shape (n, p, q) filled by groups of laws. A group is a recipe: which blocks, in which
columns, under which maps; the laws of a group share the recipe and differ in all parameters. Beside
the blocks stand columns of pure noise; some groups are truly independent. See `general_blocks` for
the blocks, `general_maps`, `redundant` and `rounding` for how a side is shown.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from mist_core.distributions.base import Law
from mist_core.distributions.composite import Independent, Transformed, noise
from mist_core.distributions.numerics.randomness import Source
from mist_core.distributions.transforms.maps import Compose
from mist_core.distributions.transforms.random import random_maps
from mist_core.distributions.transforms.redundant import random_redundancy
from mist_core.priors.batch import Batch, Composition, MetaDistribution, concatenate, draw_law
from mist_core.priors.blends import Blend
from mist_core.priors.block import Block, Request
from mist_core.priors.blocks import BLOCKS
from mist_core.priors.outliers import STRANGERS
from mist_core.priors.paper import FEW_ROWS, FEW_ROWS_SHARES, PAPER_FAMILIES, PAPER_TRAIN, Paper
from mist_core.priors.repeats import repeated
from mist_core.priors.rounding import rounded

# Whatever a draw may be made of.
ANY_BLOCK: dict[str, Block] = BLOCKS | STRANGERS
# Laws that share a recipe: enough for batched sampling, few enough for variety within a shape.
GROUP = 8
# Standard error of a Monte Carlo truth, over 1 / sqrt(n): a third of what n rows could ever tell.
TOLERANCE = 0.3
# Nats; smaller ones are below every error this estimator will make.
LEAST_TOLERANCE = 0.001
INDEPENDENT = 0.08
INDEPENDENCE = "independent"  # the family name of draws without dependence
# Share of draws that are of the published families: high dimension and high MI.
PUBLISHED = 0.27
MOST_BLOCKS = 3
# Share of the other draws that have many rows and many columns, their least n and dimension, and
# how many times as many values they may have.
TALL, TALL_ROWS, TALL_DIM, TALL_CELLS = 0.02, 1000, 4, 16
# Share of the other draws that have more rows than the rest, how many, and how much more often
# blocks of any size are drawn where both sides have TALL_DIM columns.
LONG, LONG_ROWS, WIDE = 0.004, (20_000, 100_000), 2.0
# How often a group of laws has sides with functions of columns beside them, how often a side is
# one then, and how often it has few other columns.
REDUNDANT, REDUNDANT_SIDE, FEW_OTHERS = 0.2, 0.6, 0.6
# How often the rows of a group of laws are repeated.
REPEATED = 0.03
# How often the columns of a group of laws are rounded; in more columns a step hides more.
ROUNDED, MOST_ROUNDED = 0.1, 8


@dataclass(frozen=True)
class General(MetaDistribution):
    """Laws of every kind, unequal dimensions, small ones more often, n log-uniform.

    Attributes:
        rows: inclusive range of n.
        dims: most columns a side.
        cells: most values n (p + q) of a dataset; dimensions are drawn again above it. Tall
            draws may have `TALL_CELLS` times as many.
        blocks: names of `ANY_BLOCK` in use; leaving one out holds its family out of training, and
            the published laws of that family, too.
        published: share of draws that are of the published families instead.
        tall: share of the others that have many rows and many columns.
        long: share of the others that have `LONG_ROWS`, where `rows` reaches that far.
    """

    rows: tuple[int, int] = (10, 20_000)
    dims: int = 64
    cells: int = 120_000
    blocks: tuple[str, ...] = tuple(BLOCKS)
    published: float = PUBLISHED
    tall: float = TALL
    long: float = LONG

    def draw(self, count: int, source: Source) -> Batch:
        batch = self._draw(count, source)
        if source.rng.random() < 0.5:
            return replace(batch, x=batch.y, y=batch.x)
        return batch

    def _draw(self, count: int, source: Source) -> Batch:
        families = tuple(name for name in PAPER_TRAIN if PAPER_FAMILIES[name].block in self.blocks)
        if families and source.rng.random() < self.published:
            rows = FEW_ROWS[source.rng.choice(len(FEW_ROWS), p=FEW_ROWS_SHARES)]
            return Paper(families, rows).draw(count, source)
        n, dim_x, dim_y = self._shape(source.rng)
        groups = [GROUP] * (count // GROUP) + [count % GROUP] * (count % GROUP > 0)
        return concatenate([self._group(n, dim_x, dim_y, size, source) for size in groups])

    def _shape(self, rng: np.random.Generator) -> tuple[int, int, int]:
        (few, many), narrow, cells, chance = self.rows, 1, 1, rng.random()
        if chance < self.tall and many > TALL_ROWS:
            few, narrow, cells = max(few, TALL_ROWS), min(TALL_DIM, self.dims), TALL_CELLS
        elif chance > 1 - self.long and many >= LONG_ROWS[0]:
            (few, many), cells = LONG_ROWS, TALL_CELLS
        n = round(math.exp(rng.uniform(*np.log([few, many]))))
        while True:
            dim_x, dim_y = (self._dim(narrow, rng) for _ in "xy")
            if n * (dim_x + dim_y) <= max(cells * self.cells, 2 * narrow * n):
                return n, dim_x, dim_y

    def _dim(self, least: int, rng: np.random.Generator) -> int:
        """The least in a third of the draws, else log-uniform."""
        if rng.random() < 0.33:
            return least
        return math.floor(math.exp(rng.uniform(math.log(least), math.log(self.dims + 1))))

    def _group(self, n: int, dim_x: int, dim_y: int, count: int, source: Source) -> Batch:
        tolerance = max(TOLERANCE / n**0.5, LEAST_TOLERANCE)
        round_off = max(dim_x, dim_y) <= MOST_ROUNDED and source.rng.random() < ROUNDED
        redundant = REDUNDANT_SIDE if source.rng.random() < REDUNDANT else 0.0
        hidden = [_others(dim, redundant, source.rng) for dim in (dim_x, dim_y)]
        if not any(ANY_BLOCK[block].fits(*hidden) for block in self.blocks):
            hidden = [dim_x, dim_y]
        asked = Request(*hidden, count, source, tolerance)
        law, composition, numeric = self._compose(asked)
        maps = random_maps((dim_x, dim_y), count, source, numeric=numeric, mixing=not round_off)
        sides = zip(hidden, (dim_x, dim_y), strict=True)
        shown = [random_redundancy(few, dim - few, count, source) for few, dim in sides]
        law = Transformed(law, *(Compose(*pair) for pair in zip(shown, maps, strict=True)))
        if source.rng.random() < INDEPENDENT:
            batch = _decoupled(law, n, source, count)
        else:
            batch = draw_law(law, n, source, (composition,) * count)
        if not all(ANY_BLOCK[name].continuous for name in composition.blocks):
            return batch
        if source.rng.random() < REPEATED:
            return repeated(batch, source)
        return rounded(batch, source) if round_off and numeric else batch

    def _compose(self, asked: Request) -> tuple[Law, Composition, bool]:
        """Blocks until the columns or the number of blocks run out, then noise columns."""
        laws, names, numeric = [], [], True
        left_x, left_y, source = asked.dim_x, asked.dim_y, asked.source
        for _ in range(int(source.rng.choice([1, 1, 1, 2, 2, MOST_BLOCKS]))):
            fitting = [name for name in self.blocks if ANY_BLOCK[name].fits(left_x, left_y)]
            if not fitting:
                break
            wide = WIDE if min(left_x, left_y) >= TALL_DIM else 1.0
            weights = np.array([ANY_BLOCK[k].weight * wide ** ANY_BLOCK[k].wide for k in fitting])
            name = str(source.rng.choice(fitting, p=weights / weights.sum()))
            law = ANY_BLOCK[name].within(replace(asked, dim_x=left_x, dim_y=left_y))
            left_x, left_y = left_x - law.dim_x, left_y - law.dim_y
            laws.append(law)
            names += [name, *law.names] if isinstance(law, Blend) else [name]
            numeric &= ANY_BLOCK[name].numeric
            if min(left_x, left_y) == 0:
                break
        if left_x or left_y:
            laws.append(noise(left_x, left_y, asked.count, source))
        return Independent(laws), Composition.of(*sorted(set(names))), numeric


def strange() -> General:
    """Laws that are none of `BLOCKS`, shown as those are; see `strangers`."""
    return General(blocks=tuple(STRANGERS), published=0.0)


def _others(dim: int, redundant: float, rng: np.random.Generator) -> int:
    """How many of a side's columns are no functions of others, of a side that may have some."""
    if dim == 1 or rng.random() >= redundant:
        return dim
    most = min(dim - 1, 4) if rng.random() < FEW_OTHERS else dim - 1
    return 1 + int(rng.random() ** 1.5 * most)


def _decoupled(law: Law, n: int, source: Source, count: int) -> Batch:
    """X of one sample beside Y of another: the same margins, MI = 0."""
    batch = draw_law(law, n, source, (Composition.of(INDEPENDENCE),) * count)
    _, y = law.sample(n, generator=source.generator, dtype=batch.y.dtype)
    return replace(batch, y=y, mutual_information=0 * batch.mutual_information)

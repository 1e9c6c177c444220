"""The meta-distribution of conditional laws: shapes, kinds and how often each is drawn."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mist_core.distributions.numerics.randomness import Source
from mist_core.priors.conditional.batch import Shape, Triples
from mist_core.priors.conditional.gaussian import gaussian, moderated
from mist_core.priors.conditional.mechanisms import collider, mechanism
from mist_core.priors.conditional.pairs import by_class, chain, informed, shifted
from mist_core.priors.conditional.series import series
from mist_core.priors.conditional.tables import tables


@dataclass(frozen=True)
class Kind:
    """A kind of law: how it is made, how often, and whether its rows may follow in time."""

    make: Callable[[Shape, Source], Triples]
    weight: float
    in_time: bool = False


KINDS: dict[str, Kind] = {
    "gaussian": Kind(gaussian, 0.16, in_time=True),
    "moderated": Kind(moderated, 0.08, in_time=True),
    "shifted": Kind(shifted, 0.22),
    "informed": Kind(informed, 0.06),
    "chain": Kind(chain, 0.03),
    "by class": Kind(by_class, 0.09),
    "collider": Kind(collider, 0.13, in_time=True),
    "mechanism": Kind(mechanism, 0.15, in_time=True),
    "tables": Kind(tables, 0.08),
}
# Share of draws in time order, of transfer among them, and of laws with nothing left given Z.
IN_TIME, TRANSFER, NOTHING = 0.22, 0.35, 0.1
ROWS, DIMS = (40, 8000), 16
# Most values of a dataset.
CELLS = 60_000
SINGLE = 0.45  # how often a side is one column


def draw(
    count: int, source: Source, *, rows: tuple[int, int] = ROWS, in_time: float = IN_TIME
) -> Triples:
    """`count` datasets of one shape and one kind; n lies between `rows`."""
    rng = source.rng
    ordered = rng.random() < in_time
    shape = _shape(count, rows, ordered, rng)
    if ordered and rng.random() < TRANSFER:
        return series(shape, source)
    names = [name for name, kind in KINDS.items() if kind.in_time or not ordered]
    weights = np.array([KINDS[name].weight for name in names])
    name = names[rng.choice(len(names), p=weights / weights.sum())]
    drawn = KINDS[name].make(shape, source)
    return drawn.swapped() if rng.random() < 0.5 else drawn


def _shape(count: int, rows: tuple[int, int], ordered: bool, rng: np.random.Generator) -> Shape:
    n = round(math.exp(rng.uniform(*np.log(rows))))
    while True:
        p, q, r = (_dim(rng) for _ in "xyz")
        if n * (p + q + r) <= max(CELLS, 3 * n):
            return Shape(count, n, p, q, r, ordered, rng.random() < NOTHING)


def _dim(rng: np.random.Generator) -> int:
    if rng.random() < SINGLE:
        return 1
    return math.floor(math.exp(rng.uniform(math.log(2), math.log(DIMS + 1))))

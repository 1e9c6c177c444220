"""Priors over joint laws: each draw is a batch of datasets of one shape with their true MI.

Randomness comes from `numpy.random.SeedSequence` streams. Training, validation and test draws are
children of different branches of one tree, so no dataset is ever shared between them.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from mist_core.distributions.additive import AdditiveUniform
from mist_core.distributions.base import Law
from mist_core.distributions.correlation import (
    dense_correlation,
    lvm_correlation,
    sparse_correlation,
    two_pair_correlation,
)
from mist_core.distributions.elliptical import Multinormal, StudentT
from mist_core.distributions.numerics.randomness import Source
from mist_core.distributions.transforms.maps import (
    Asinh,
    HalfCube,
    Identity,
    Transform,
    WigglyX,
    WigglyY,
)
from mist_core.priors.batch import Batch, Composition, MetaDistribution, concatenate, draw_law


def _normal_dense(dim: int, count: int, source: Source) -> Law:
    return Multinormal(dense_correlation(dim, dim, source.uniform(0, 0.5, count)), dim)


def _normal_sparse(dim: int, count: int, source: Source) -> Law:
    return Multinormal(_sparse(dim, count, source), dim)


def _normal_two_pair(dim: int, count: int, source: Source) -> Law:
    return Multinormal(two_pair_correlation(dim, dim, source.uniform(0.1, 5, count)), dim)


def _normal_lvm(dim: int, count: int, source: Source) -> Law:
    correlation = lvm_correlation(
        dim,
        dim,
        source.integers(1, dim, count),
        alpha=source.uniform(0, 1, count),
        lambd=source.uniform(0.1, 3, count),
        beta=source.uniform(0, 1.5, count),
        eta=source.uniform(0.1, 5, count),
    )
    return Multinormal(correlation, dim)


def _student_dense(dim: int, count: int, source: Source) -> Law:
    dispersion = dense_correlation(dim, dim, source.uniform(0, 0.5, count))
    return StudentT(dispersion, source.uniform(1, 10, count), dim)


def _student_sparse(dim: int, count: int, source: Source) -> Law:
    return StudentT(_sparse(dim, count, source), source.uniform(1, 10, count), dim)


def _student_two_pair(dim: int, count: int, source: Source) -> Law:
    dispersion = two_pair_correlation(dim, dim, source.uniform(0.1, 5, count))
    return StudentT(dispersion, source.uniform(1, 10, count), dim)


def _additive(dim: int, count: int, source: Source) -> Law:
    return AdditiveUniform(source.uniform(0.1, 2, count, dim))


def _sparse(dim: int, count: int, source: Source) -> Tensor:
    n_interacting = source.integers(1, dim, count)
    return sparse_correlation(dim, dim, n_interacting, source.uniform(0.1, 5, count))


PAPER_TRANSFORMS: dict[str, tuple[Transform, Transform]] = {
    "base": (Identity(), Identity()),
    "halfcube": (HalfCube(), HalfCube()),
    "asinh": (Asinh(), Asinh()),
    "wiggly": (WigglyX(), WigglyY()),
}
PAPER_BASES: dict[str, Callable[[int, int, Source], Law]] = {
    "normal-dense": _normal_dense,
    "normal-sparse": _normal_sparse,
    "normal-lvm": _normal_lvm,
    "normal-2pair": _normal_two_pair,
    "student-dense": _student_dense,
    "student-sparse": _student_sparse,
    "student-2pair": _student_two_pair,
    "additive": _additive,
}
# What each is among the blocks of `general`.
PAPER_BLOCKS = {
    **dict.fromkeys(("normal-dense", "normal-sparse", "normal-lvm", "normal-2pair"), "gaussian"),
    **dict.fromkeys(("student-dense", "student-sparse", "student-2pair"), "student"),
    "additive": "additive",
}


@dataclass(frozen=True)
class PaperFamily:
    """A published law under a published transform.

    Attributes:
        base: key of PAPER_BASES.
        transform: key of PAPER_TRANSFORMS.
    """

    base: str
    transform: str

    @property
    def name(self) -> str:
        """Its key in PAPER_FAMILIES."""
        return f"{self.base}-{self.transform}"

    @property
    def block(self) -> str:
        """What it is among the blocks of `general`."""
        return PAPER_BLOCKS[self.base]


# Every base exists under every transform.
PAPER_FAMILIES: dict[str, PaperFamily] = {
    family.name: family
    for family in itertools.starmap(PaperFamily, itertools.product(PAPER_BASES, PAPER_TRANSFORMS))
}
PAPER_TRAIN = (
    *(f"normal-dense-{t}" for t in ("base", "halfcube", "asinh")),
    *(f"normal-sparse-{t}" for t in ("base", "wiggly")),
    *(f"normal-lvm-{t}" for t in ("base", "wiggly")),
    "normal-2pair-base",
    *(f"student-dense-{t}" for t in ("base", "wiggly")),
    *(f"student-sparse-{t}" for t in ("base", "halfcube", "asinh")),
    *(f"student-2pair-{t}" for t in ("asinh", "halfcube")),
    "additive-wiggly",
)
PAPER_IN_FAMILY = (
    "normal-dense-base",
    "normal-lvm-wiggly",
    "normal-dense-halfcube",
    "student-dense-base",
    "student-sparse-base",
    "student-sparse-asinh",
)
PAPER_OUT_OF_FAMILY = (
    "normal-dense-wiggly",
    "normal-sparse-halfcube",
    "normal-sparse-asinh",
    "student-sparse-wiggly",
    "student-dense-halfcube",
    "additive-base",
    "additive-halfcube",
)
PAPER_ROWS = (10, 500)
# Ranges of rows to train on, and their shares. What to conclude from n rows does not depend on how
# often n was seen; how well it is learned does, and the errors at few rows are the greatest.
FEW_ROWS, FEW_ROWS_SHARES = (PAPER_ROWS, (10, 100), (10, 25)), (0.51, 0.22, 0.27)
PAPER_DIMS = (2, 32)


@dataclass(frozen=True)
class Paper(MetaDistribution):
    """The published meta-distribution: listed families equally likely, dim_x = dim_y.

    Attributes:
        families: names of `PAPER_FAMILIES`.
        rows, dims: inclusive ranges of n and of the dimension, both uniform.
    """

    families: tuple[str, ...] = PAPER_TRAIN
    rows: tuple[int, int] = PAPER_ROWS
    dims: tuple[int, int] = PAPER_DIMS

    def draw(self, count: int, source: Source) -> Batch:
        n = int(source.rng.integers(*self.rows, endpoint=True))
        dim = int(source.rng.integers(*self.dims, endpoint=True))
        # In random order, so that a count that is no multiple of the families favours none of them.
        order = source.rng.permutation(len(self.families))
        names = sorted(self.families[k] for k in np.resize(order, count))
        families = (PAPER_FAMILIES[name] for name in names)
        groups = itertools.groupby(families, key=lambda family: family.base)
        return concatenate([_draw_base(base, list(g), n, dim, source) for base, g in groups])


def draw_paper(name: str, n_samples: int, dim: int, count: int, source: Source) -> Batch:
    """`count` datasets of one of PAPER_FAMILIES at one shape."""
    family = PAPER_FAMILIES[name]
    return _draw_base(family.base, [family] * count, n_samples, dim, source)


def _draw_base(
    base: str, families: list[PaperFamily], n_samples: int, dim: int, source: Source
) -> Batch:
    """One dataset a family; all share a base, and the equal ones stand together."""
    law = PAPER_BASES[base](dim, len(families), source)
    compositions = tuple(Composition((family.name,), (family.block,)) for family in families)
    batch = draw_law(law, n_samples, source, compositions)
    start = 0
    for family, group in itertools.groupby(families):
        part = slice(start, start := start + len(list(group)))
        maps = PAPER_TRANSFORMS[family.transform]
        for side, transform in zip((batch.x, batch.y), maps, strict=True):
            if not isinstance(transform, Identity):
                side[part] = transform(side[part])
    return batch

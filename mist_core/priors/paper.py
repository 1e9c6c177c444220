"""Priors over joint laws: each draw is a batch of datasets of one shape with their true MI.

Randomness comes from `numpy.random.SeedSequence` streams. Training, validation and test draws are
children of different branches of one tree, so no dataset is ever shared between them.
"""

import abc
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mist_core.distributions.correlation import (
    dense_correlation,
    lvm_correlation,
    sparse_correlation,
    two_pair_correlation,
)
from mist_core.distributions.elliptical import AdditiveUniform, Law, Multinormal, StudentT
from mist_core.distributions.transforms.maps import (
    Asinh,
    HalfCube,
    Identity,
    Transform,
    WigglyX,
    WigglyY,
)

STREAMS = {"train": 0, "validation": 1, "test": 2, "strange": 3}
# Children of this entropy are test data of every evaluation, so no other stream may grow from it.
TEST_ENTROPY = 20261121


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


@dataclass(frozen=True)
class Source:
    """One independent source of randomness: NumPy's for shapes, torch's for parameters and data."""

    rng: np.random.Generator
    generator: torch.Generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """float64 uniform draws."""
        noise = torch.rand(
            shape, generator=self.generator, dtype=torch.float64, device=self.generator.device
        )
        return low + (high - low) * noise

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Integers in low..high, both included."""
        device = self.generator.device
        return torch.randint(low, high + 1, shape, generator=self.generator, device=device)


def source(sequence: np.random.SeedSequence, device: str | torch.device = "cpu") -> Source:
    """The randomness of one seed sequence."""
    numbers, tensors = sequence.spawn(2)
    seed = int(tensors.generate_state(1, np.uint64)[0]) % 2**63
    return Source(np.random.default_rng(numbers), torch.Generator(device).manual_seed(seed))


def stream(seed: int, name: str, index: int) -> np.random.SeedSequence:
    """Seed sequence number `index` of a stream, one of `STREAMS`."""
    return np.random.SeedSequence(seed, spawn_key=(STREAMS[name], index))


class MetaDistribution(abc.ABC):
    """A prior over laws, numbers of rows and dimensions."""

    @abc.abstractmethod
    def draw(self, count: int, source: Source) -> Batch:
        """`count` datasets of one random shape, float32, on the source's device."""


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
# A family is "BASE-TRANSFORM"; every base exists under every transform.
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
        families: names BASE-TRANSFORM of `PAPER_BASES` and `PAPER_TRANSFORMS`.
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
        groups = itertools.groupby(names, key=paper_base)
        return concatenate([_draw_base(base, list(g), n, dim, source) for base, g in groups])


def paper_base(family: str) -> str:
    """The base of a family: normal-dense of normal-dense-wiggly."""
    return family.rpartition("-")[0]


def draw_paper(family: str, n_samples: int, dim: int, count: int, source: Source) -> Batch:
    """`count` datasets of one published family at one shape."""
    return _draw_base(paper_base(family), [family] * count, n_samples, dim, source)


def _draw_base(base: str, families: list[str], n_samples: int, dim: int, source: Source) -> Batch:
    """One dataset a family name; all names share a base and the equal ones stand together."""
    law = PAPER_BASES[base](dim, len(families), source)
    batch = draw_law(law, n_samples, source, tuple(families))
    start = 0
    for family, group in itertools.groupby(families):
        part = slice(start, start := start + len(list(group)))
        maps = PAPER_TRANSFORMS[family.rpartition("-")[2]]
        for side, transform in zip((batch.x, batch.y), maps, strict=True):
            if not isinstance(transform, Identity):
                side[part] = transform(side[part])
    return batch


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

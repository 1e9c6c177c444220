"""Kept-out conditional laws of counts and traits, exact by sums over their tables."""

import numpy as np
from numpy import ndarray
from scipy.stats import binom, poisson

from mist_core.benchmarks.kept_out.conditional.law import ConditionalLaw
from mist_core.benchmarks.kept_out.law import Show, as_drawn


def table(name: str, kind: str, joint: ndarray, show_x: Show = as_drawn, show_y: Show = as_drawn):
    """Codes with these joint probabilities (K, L, M)."""
    joint = joint / joint.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(joint * joint.sum((0, 1))) - np.log(
            joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
        )
    ends = joint.ravel().cumsum()

    def draw(n, rng):
        cell = np.searchsorted(ends, rng.random(n) * ends[-1]).clip(0, joint.size - 1)
        codes = np.unravel_index(cell, joint.shape)
        return tuple(code[:, None].astype(float) for code in codes)

    def pointwise(u, v, w):
        return ratio[tuple(code[:, 0].astype(int) for code in (u, v, w))]

    exact = float((joint[joint > 0] * ratio[joint > 0]).sum())
    return ConditionalLaw(name, kind, draw, pointwise, exact, show_x, show_y)


def shocked(common: tuple[float, ...], own: tuple[float, ...]) -> ndarray:
    """Two Poisson counts that share a shock, in places with other rates: (40, 40, places)."""
    counts = np.arange(40)
    shift = counts[:, None] - counts
    alone = [poisson.pmf(shift, rate) for rate in own]
    shared = [poisson.pmf(counts, rate) for rate in common]
    return np.stack(
        [np.einsum("k,ik,jk->ij", s, a, a) for s, a in zip(shared, alone, strict=True)], -1
    )


def defects(mean: float, first: float, second: float) -> ndarray:
    """Found by two inspectors among Z defects, the second where the first did not look."""
    size = np.arange(25)
    found = binom.pmf(size[:, None, None], size, first)
    left = np.maximum(size[None, None, :] - size[:, None, None], 0)
    after = binom.pmf(size[None, :, None], left, second)
    return poisson.pmf(size, mean) * found.reshape(25, 1, 25) * after


def traits(kinds: int, seen: float, seed: int) -> ndarray:
    """Three traits and three traits of a hidden kind, of which Z is an unsure report."""
    rng = np.random.default_rng(seed)
    bits = np.unravel_index(np.arange(8), (2, 2, 2))
    chances = rng.beta(0.7, 0.7, (2, kinds, 3)).clip(0.05, 0.95)
    sides = [
        np.prod([np.where(bits[k], c[:, k, None], 1 - c[:, k, None]) for k in range(3)], 0)
        for c in chances
    ]  # (kinds, 8) each
    report = seen * np.eye(kinds) + (1 - seen) / kinds
    return np.einsum("ti,tj,tm->ijm", *sides, report)


def _bits(code: ndarray) -> ndarray:
    return np.stack(np.unravel_index(code[:, 0].astype(int), (2, 2, 2)), 1).astype(float)


LAWS = (
    table("shocks in four places", "counts", shocked((0.2, 1.0, 3.0, 6.0), (3.0, 1.0, 1.0, 0.5))),
    table("two inspectors", "counts", defects(6.0, 0.6, 0.7)),
    table("traits of a kind half known", "hidden kinds", traits(4, 0.5, 3), _bits, _bits),
)

"""Kept-out laws of counts, classes, rankings and answers."""

import itertools
import math

import numpy as np
from numpy import ndarray
from scipy.special import logsumexp
from scipy.stats import betabinom, binom, poisson

from mist_core.benchmarks.kept_out.law import KeptOutLaw, Show, direction, normal_nodes


def table(name: str, kind: str, joint: ndarray, show: Show | None = None) -> KeptOutLaw:
    """Codes with these joint probabilities (K, L); exact by the sum over the table."""
    joint = joint / joint.sum()
    rows, columns = joint.sum(1), joint.sum(0)
    with np.errstate(divide="ignore"):
        ratio = np.log(joint) - np.log(rows)[:, None] - np.log(columns)
    ends = joint.ravel().cumsum()

    def draw(n, rng):
        cell = np.searchsorted(ends, rng.random(n) * ends[-1]).clip(0, joint.size - 1)
        return tuple(code[:, None].astype(float) for code in np.divmod(cell, joint.shape[1]))

    def pointwise(u, v):
        return ratio[u[:, 0].astype(int), v[:, 0].astype(int)]

    exact = float((joint[joint > 0] * ratio[joint > 0]).sum())
    shown = {} if show is None else {"show_x": show, "show_y": show}
    return KeptOutLaw(name, kind, draw, pointwise, exact, **shown)


def thinned(mean: float, kept: float) -> ndarray:
    """Joint table of a Poisson count and how many of it were kept."""
    counts = np.arange(int(mean + 12 * math.sqrt(mean)) + 12)
    return poisson.pmf(counts, mean)[:, None] * binom.pmf(counts, counts[:, None], kept)


def shocked(common: float, own: float) -> ndarray:
    """Joint table of two Poisson counts that share one."""
    counts = np.arange(40)
    shift = counts[:, None] - counts  # value less what is shared
    alone = poisson.pmf(shift, own)
    return np.einsum("k,ik,jk->ij", poisson.pmf(counts, common), alone, alone)


def successes(trials: int, again: int) -> ndarray:
    """Joint table of the successes in two series of trials of the same unknown chance."""
    first, second = np.arange(trials + 1), np.arange(again + 1)[None]
    alone = betabinom.pmf(first, trials, 0.7, 0.7)
    given = betabinom.pmf(second, again, 0.7 + first[:, None], 0.7 + trials - first[:, None])
    return alone[:, None] * given


def rankings(items: int, spread: float) -> KeptOutLaw:
    """Two rankings; the second is Mallows' law about the first, by Kendall's distance."""
    orders = np.array(list(itertools.permutations(range(items))))
    pairs = list(itertools.combinations(range(items), 2))
    signs = np.stack([orders[:, a] < orders[:, b] for a, b in pairs], 1)
    distance = (signs[:, None] != signs[None]).sum(-1)

    def show(code):
        return orders[code[:, 0].astype(int)].astype(float)

    return table(f"rankings of {items}", "rankings", np.exp(-spread * distance), show)


def confused(number: int, right: float) -> KeptOutLaw:
    """Many classes of unequal size; the other side names the same one, or any."""
    size = 1 / np.arange(3, number + 3)
    size /= size.sum()
    joint = right * np.diag(size) + (1 - right) * np.outer(size, size)
    order = np.random.default_rng(number).permutation(number)  # codes tell no order
    return table(f"{number} classes confused", "many classes", joint[:, order])


def sites(number: int, scale: float) -> KeptOutLaw:
    """One of many classes, and a number about its own mean with logistic noise."""
    means = np.random.default_rng(number).permutation(np.linspace(-2, 2, number))

    def draw(n, rng):
        code = rng.integers(number, size=n)
        return code[:, None].astype(float), (means[code] + scale * rng.logistic(size=n))[:, None]

    def pointwise(u, v):
        score = np.abs(v - means) / scale  # (n, K)
        given = -score - 2 * np.log1p(np.exp(-score))  # ln of the logistic density, and a constant
        own = np.take_along_axis(given, u.astype(int), 1)[:, 0]
        return own - logsumexp(given, 1) + math.log(number)

    return KeptOutLaw(f"{number} sites and a number", "many classes", draw, pointwise)


def traits(p: int, q: int, types: int, seed: int) -> KeptOutLaw:
    """Yes and no in p and q columns, independent given a hidden type (latent classes)."""
    rng = np.random.default_rng(seed)
    chances = [rng.beta(0.6, 0.6, (types, dim)).clip(0.03, 0.97) for dim in (p, q)]

    def draw(n, rng):
        kind = rng.integers(types, size=n)
        return tuple((rng.random((n, c.shape[1])) < c[kind]).astype(float) for c in chances)

    def pointwise(u, v):
        x, y = (
            side @ np.log(c).T + (1 - side) @ np.log1p(-c).T
            for side, c in zip((u, v), chances, strict=True)
        )
        alone = logsumexp(x, 1) + logsumexp(y, 1) - math.log(types)
        return logsumexp(x + y, 1) - alone

    return KeptOutLaw(f"traits {p}+{q}", "hidden types", draw, pointwise)


def answer(name: str, dim: int, log_odds) -> KeptOutLaw:
    """Yes or no with log odds that are a function of one direction of U, normal."""
    along = direction(dim, 11) if dim > 1 else np.ones(1)
    nodes, weights = normal_nodes(4001)
    yes = float(weights @ (1 / (1 + np.exp(-log_odds(nodes)))))

    def draw(n, rng):
        u = rng.standard_normal((n, dim))
        chance = 1 / (1 + np.exp(-log_odds(u @ along)))
        return u, (rng.random((n, 1)) < chance[:, None]).astype(float)

    def pointwise(u, v):
        sign = 2 * v[:, 0] - 1
        return -np.logaddexp(0, -sign * log_odds(u @ along)) - np.log(
            np.where(sign > 0, yes, 1 - yes)
        )

    return KeptOutLaw(name, "choices", draw, pointwise)


def choice(options: int, sharpness: float) -> KeptOutLaw:
    """Which of several options is chosen: log odds are the columns of U (multinomial logit)."""

    def draw(n, rng):
        u = rng.standard_normal((n, options))
        best = (sharpness * u + rng.gumbel(size=(n, options))).argmax(1)
        return u, best[:, None].astype(float)

    def pointwise(u, v):
        chosen = np.take_along_axis(sharpness * u, v.astype(int), 1)[:, 0]
        return chosen - logsumexp(sharpness * u, 1) + math.log(options)

    return KeptOutLaw(f"choice of {options}", "choices", draw, pointwise)


LAWS = (
    table("thinned counts", "counts", thinned(6, 0.5)),
    table("counts with a common shock", "counts", shocked(4, 1.5)),
    table("successes in two series", "counts", successes(12, 30)),
    rankings(4, 0.8),
    rankings(5, 0.6),
    confused(40, 0.6),
    sites(30, 0.05),
    traits(6, 6, 2, 1),
    traits(20, 10, 4, 2),
    traits(40, 3, 6, 3),
    answer("answer, five columns", 5, lambda z: 4 * z),
    answer("even answer", 1, lambda z: 6 * (z * z - 1)),
    answer("wavy answer, twelve columns", 12, lambda z: 8 * np.sin(2 * z)),
    choice(4, 3.0),
    choice(8, 2.0),
)

"""Evidence against independence: a p-value a pair, and q-values for all pairs that were tested.

Untied pairs are looked up in the stored null. Ties and groups have a null of their own: the rows of
one side are permuted, (b + 1) / (m + 1), sequentially as of Besag and Clifford, "Sequential Monte
Carlo p-values", Biometrika 78, 1991: a pair that permutations reach ten times is done, and the few
that are left get more of them, until the smallest p that could come is small enough for discoveries
among all pairs.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import false_discovery_control

from mist_core.inspection import null as nulls
from mist_core.inspection.asking import Pair
from mist_core.inspection.basis import basis, statistic
from mist_core.inspection.variable import Variable

STORED, TAIL, PERMUTATION = "stored null", "tail", "permutation"
# A pair that so many permutations reach is done: p is known to a third.
ENOUGH = 10
# Permutations of a pair, in all, after each round; how many a pair that none reaches gets in any
# case, and rows that are moved by all together, at most.
ROUNDS = (50, 1_000, 5_000, 25_000, 99_999)
LEAST_TRIED, MOST_MOVES = 1_000, 1 << 32
# More rounds come only while the smallest q that could come is larger.
SMALL = 0.02
# Single precision: what is reached up to rounding is reached.
ROUNDING = 1e-4
_CACHED = 256  # sides whose functions are kept while others are looked at
_TOLD = 500  # pairs after which what is known so far is handed on


@dataclass(frozen=True)
class Evidence:
    """What is known of k pairs.

    Attributes:
        statistic: (k,) nats, see `basis`.
        p: (k,) chance of as much or more where the sides are independent; NaN while unknown.
        source: (k,) `STORED`, `TAIL` or `PERMUTATION`.
        smallest: (k,) the smallest p that could have come by counting.
    """

    statistic: np.ndarray
    p: np.ndarray
    source: np.ndarray
    smallest: np.ndarray


def q_values(p: np.ndarray, tested: int) -> np.ndarray:
    """(k,) Benjamini and Hochberg's (1995): the share of false ones among pairs with p so small.

    Args:
        p: (k,) of the pairs at hand.
        tested: how many were tested in all; the others count as showing nothing.
    """
    padded = np.concatenate([p, np.ones(max(tested - len(p), 0))])
    return false_discovery_control(padded)[: len(p)] if len(padded) else p


def weighed(
    pairs: Sequence[Pair],
    tested: int,
    seed: int,
    threads: int,
    *,
    first: int = 0,
    most_moves: int = MOST_MOVES,
) -> Iterator[Evidence]:
    """The evidence of each pair, better from round to round of permutations; NaN at first.

    Args:
        pairs: what was asked.
        tested: pairs among which they were found.
        seed: of the permutations.
        threads: that permute at a time.
        first: number of the first pair, where these are some of more.
        most_moves: rows that may be moved by permutations in all.
    """
    cached = functools.lru_cache(_CACHED)(basis)
    found, n, own = (np.full(len(pairs), fill) for fill in (np.nan, 0, True))
    for place, pair in enumerate(pairs):
        rows = pair.rows
        x, y = (cached(side) if rows is None else basis(side, rows) for side in (pair.x, pair.y))
        found[place], n[place] = statistic(x, y), len(x.values)
        own[place] = pair.x.is_tied or pair.y.is_tied or pair.x.is_group or pair.y.is_group
        if place % _TOLD == _TOLD - 1:
            yield _looked_up(found, n, own)
    known = _looked_up(found, n, own)
    permuted = np.flatnonzero(known.source == PERMUTATION)
    yield known
    if len(permuted):
        work = [_Work(pairs[k], found[k], _seed(seed, first + k)) for k in permuted]
        yield from _permuted(known, permuted, work, tested, threads, most_moves)


def _looked_up(found: np.ndarray, n: np.ndarray, own: np.ndarray) -> Evidence:
    """What the stored null says of statistics (k,) at n (k,) rows, unless they need their own."""
    null = nulls.load()
    own = own | (n < null.rows[0])
    p, is_tail = null.chance(found, n)
    source = np.where(own, PERMUTATION, np.where(is_tail, TAIL, STORED)).astype(object)
    return Evidence(found, np.where(own, np.nan, p), source, np.where(own, 1.0, null.smallest))


class _Work:
    """The permutations of one pair so far."""

    def __init__(self, pair: Pair, found: float, seed: int) -> None:
        turned = _values(pair.y) < _values(pair.x)  # the side of fewer values is summed by value
        self.pair = Pair(pair.y, pair.x) if turned else pair
        self.n, self.least = pair.n, found - ROUNDING * max(1.0, abs(found))
        self.seed, self.reached, self.tried = seed, 0, 0

    def round(self, most: int) -> None:
        """Goes on until so many were tried in all, or enough reached what was found."""
        from mist_core.inspection.permutation_kernel import exceedances

        rows = self.pair.rows
        x, y = basis(self.pair.x, rows), basis(self.pair.y, rows)
        reached, tried = exceedances(
            *_by_value(self.pair.x, rows, x.values), y.values, x.log_weights, y.log_weights,
            self.least, ENOUGH - self.reached, most - self.tried, self.seed + self.tried,
        )  # fmt: skip
        self.reached, self.tried = self.reached + reached, self.tried + tried

    @property
    def is_done(self) -> bool:
        return self.reached >= ENOUGH

    @property
    def p(self) -> float:
        if self.is_done:
            return self.reached / self.tried
        if not self.tried:
            return np.nan
        return (self.reached + 1) / (self.tried + 1)


def _permuted(
    known: Evidence, places: np.ndarray, work: list[_Work], tested: int, threads: int, moves: int
) -> Iterator[Evidence]:
    with ThreadPoolExecutor(threads) as pool:
        for most in ROUNDS:
            round_, moves = _affordable(work, most, moves)
            for start in range(0, len(round_), _TOLD):
                part = round_[start : start + _TOLD]
                list(pool.map(lambda one, most=most: one.round(most), part))
                known = _with(known, places, work)
                yield known
            left = sum(not one.is_done for one in work)
            if not round_ or (most >= LEAST_TRIED and tested <= SMALL * (most + 1) * left):
                break


def _affordable(work: list[_Work], most: int, moves: int) -> tuple[list[_Work], int]:
    """The pairs that are permuted further, the strongest first, and the moves left after them.

    The first round is for all, whatever it takes.
    """
    left = sorted((one for one in work if not one.is_done), key=lambda one: -one.least)
    spent = np.cumsum([(most - one.tried) * one.n for one in left])
    count = len(left) if most == ROUNDS[0] else int(np.searchsorted(spent, moves, "right"))
    return left[:count], moves - int(spent[count - 1]) if count else moves


def _with(known: Evidence, places: np.ndarray, work: list[_Work]) -> Evidence:
    p, smallest = known.p.copy(), known.smallest.copy()
    p[places] = [one.p for one in work]
    smallest[places] = [1 / (one.tried + 1) for one in work]
    return replace(known, p=p, smallest=smallest)


def _by_value(
    side: Variable, rows: np.ndarray | None, functions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(n,) the number of each row's value and (values, F) the functions at each."""
    if side.is_group:
        return np.arange(len(functions)), functions
    codes = side.parts[0].codes if rows is None else side.parts[0].codes[rows]
    _, first, number = np.unique(codes, return_index=True, return_inverse=True)
    return number, functions[first]


def _values(side: Variable) -> float:
    return np.inf if side.is_group else side.parts[0].distinct


def _seed(seed: int, number: int) -> int:
    """A stream of its own for each pair, whatever the others do."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0] >> 1)

"""What one series tells about another, so many rows before or after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mist_core.errors import InputError, ParameterError
from mist_core.inference.conditional import nothing
from mist_core.inference.estimator import MISTEstimator, general
from mist_core.inference.inputs import MIN_SAMPLES, read_sides
from mist_core.inference.posterior import Posterior
from mist_core.inspection.basis import Basis, basis, strongest
from mist_core.inspection.variable import Variable, part
from mist_core.series.blocks import block_length, lagged_products, null_products
from mist_core.series.memory import inflation

COLUMNS = ("lag", "mutual_information", "low", "high", "p", "rows", "effective_rows")
DOUBTED = 0.05  # a p above it, and the interval reaches down to 0
LEAST_ROWS = 16  # that a lag must leave
_DRAWS = 4  # even draws from the series, each beginning elsewhere, whose answers are averaged
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Lagged(Mapping[int, Posterior]):
    """What x tells about y: a posterior for each lag, as a dict; at a positive lag x comes before.

    Attributes:
        x, y: names of the two.
        posteriors: by lag, of so many rows as the series are worth, nats; the lower end of the 90 %
            interval is 0 where p is above `DOUBTED`.
        p: by lag, chance that blocks of rows, moved against each other, show as much at any of
            these lags.
        smallest_p: that could have come.
        rows: by lag, complete ones.
        effective_rows: by lag, what these are worth as independent ones.
    """

    x: str
    y: str
    posteriors: dict[int, Posterior]
    p: dict[int, float]
    smallest_p: float
    rows: dict[int, int]
    effective_rows: dict[int, float]

    def __getitem__(self, lag: int) -> Posterior:
        return self.posteriors[lag]

    def __iter__(self) -> Iterator[int]:
        return iter(self.posteriors)

    def __len__(self) -> int:
        return len(self.posteriors)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a lag, of `COLUMNS`; low and high are the ends of the 90 % intervals, nats."""
        rows = [
            (lag, found.mean, *found.interval(), self.p[lag], self.rows[lag], kept)
            for (lag, found), kept in zip(
                self.posteriors.items(), self.effective_rows.values(), strict=True
            )
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @property
    def best(self) -> int:
        """The lag with the most information among those with the smallest p."""
        return min(self, key=lambda lag: (self.p[lag], -self[lag].mean))


def lagged(
    x: Any,
    y: Any,
    lags: Iterable[int] = range(11),
    estimator: MISTEstimator | None = None,
    *,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> Lagged:
    """What x some rows ago tells about y now, nats, a posterior for each lag.

    Rows that remember those before them are worth fewer independent ones (Bayley and Hammersley,
    1946): so many are drawn evenly from the series, and the posterior is theirs.

    Args:
        x, y: (n,) or (n, d) in time order, equally spaced, as `MISTEstimator.posterior` reads them;
            or a `Variable`, which may have gaps.
        lags: rows by which x is ahead; negative ones ask for y ahead of x.
        estimator: the general one if None.
        seed: of the blocks that are moved.
        progress: called with the share that is done.

    Raises:
        InputError: as `MISTEstimator.posterior`; or a lag leaves fewer than `LEAST_ROWS` rows.
        ParameterError: a lag is not a whole number, or there is none.
    """
    sides = _variables(x, y)
    lags = _checked(lags, len(sides[0].missing))
    functions = [_with_gaps(side) for side in sides]
    if not all(side.values.shape[1] for side in functions):
        return _of_constants(sides, lags)
    worth = _worth(*sides)
    p, smallest = _chances(*functions, lags, worth, np.random.default_rng(seed))
    progress(0.5)
    estimator, answers = estimator or general(), {}
    for place, lag in enumerate(lags):
        answers[lag] = _answer(estimator, *sides, lag, worth)
        progress(0.5 + 0.5 * (place + 1) / len(lags))
    posteriors, rows, kept = (
        dict(zip(lags, told, strict=True)) for told in zip(*answers.values(), strict=True)
    )
    chances = dict(zip(lags, p.tolist(), strict=True))
    posteriors |= {lag: _doubted(posteriors[lag]) for lag in lags if chances[lag] > DOUBTED}
    return Lagged(sides[0].name, sides[1].name, posteriors, chances, smallest, rows, kept)


def _variables(x: Any, y: Any) -> tuple[Variable, Variable]:
    if isinstance(x, Variable) and isinstance(y, Variable):
        return x, y
    first, second = (
        Variable(tuple(part(name, column, is_class=False) for column in side.cpu().numpy().T))
        for name, side in zip("xy", read_sides({"x": x, "y": y}), strict=True)
    )
    return first, second


def _checked(lags: Iterable[int], n: int) -> list[int]:
    asked = list(lags)
    for lag in asked:
        if not isinstance(lag, int | np.integer):
            raise ParameterError(f"lags: expected whole numbers of rows, got {lag!r:.80}.")
        if n - abs(lag) < LEAST_ROWS:
            raise InputError(
                f"{n} rows less {abs(lag)} leave {max(n - abs(lag), 0)}: at least {LEAST_ROWS} "
                "are needed."
            )
    if not asked:
        raise ParameterError("lags: expected at least one.")
    return list(dict.fromkeys(map(int, asked)))


def _with_gaps(side: Variable) -> Basis:
    """The functions of a series, 0, their mean, where it has a gap."""
    present = np.flatnonzero(~side.missing)
    if len(present) < MIN_SAMPLES:
        raise InputError(f"{side.name}: fewer than {MIN_SAMPLES} rows have a value.")
    found = basis(side, present)
    values = np.zeros((len(side.missing), found.values.shape[1]), np.float32)
    values[present] = found.values
    return Basis(values, found.log_weights)


def _worth(x: Variable, y: Variable) -> float:
    """How many rows one independent row is worth, by the two columns that remember most."""
    first, second = (
        [_with_gaps(Variable((column,))).values for column in side.parts] for side in (x, y)
    )
    return max(inflation(a, b) for a in first for b in second)


def _chances(
    x: Basis, y: Basis, lags: Sequence[int], worth: float, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """(L,) chance that moved blocks reach as much at any lag, and the smallest that could come."""
    n = len(x.values)
    length = block_length(n, worth)
    weights = (x.log_weights, y.log_weights)
    found = strongest(lagged_products(x.values, y.values, lags), n, *weights)
    null = strongest(null_products(x.values, y.values, lags, length, rng), n, *weights).max(1)
    reached = (null[:, None] >= found - 1e-4).sum(0)
    return (reached + 1) / (len(null) + 1), 1 / (len(null) + 1)


def _answer(
    estimator: MISTEstimator, x: Variable, y: Variable, lag: int, worth: float
) -> tuple[Posterior, int, float]:
    """The mean answer about so many rows as the series are worth, drawn evenly."""
    n = len(x.missing) - abs(lag)
    first, second = np.arange(n) + max(-lag, 0), np.arange(n) + max(lag, 0)
    complete = np.flatnonzero(~(x.missing[first] | y.missing[second]))
    kept = max(len(complete) / worth, min(MIN_SAMPLES, len(complete)))
    draws = _DRAWS if worth > 1.5 else 1
    chosen = [complete[_evenly(len(complete), kept, k / draws)] for k in range(draws)]
    chosen = [places for places in chosen if len(places) >= MIN_SAMPLES]
    if not chosen:
        raise InputError(f"Fewer than {MIN_SAMPLES} rows have both {x.name} and {y.name}.")
    pairs = [(x.matrix(first[places]), y.matrix(second[places])) for places in chosen]
    return _mean(estimator.posteriors(pairs)), len(complete), kept


def _mean(found: Sequence[Posterior]) -> Posterior:
    """Means of means and of quantiles."""
    mean, in_family = np.mean([(one.mean, one.in_family) for one in found], 0).tolist()
    quantiles = np.mean([one.quantiles for one in found], 0).tolist()
    return Posterior(mean, found[0].levels, tuple(quantiles), in_family)


def _doubted(posterior: Posterior) -> Posterior:
    """The same, its 90 % interval reaching down to 0."""
    at = zip(posterior.levels, posterior.quantiles, strict=True)
    return replace(posterior, quantiles=tuple(0.0 if level <= 0.05 else q for level, q in at))


def _of_constants(sides: Sequence[Variable], lags: Sequence[int]) -> Lagged:
    """A side that never varies tells nothing."""
    rows = {lag: len(sides[0].missing) - abs(lag) for lag in lags}
    none, sure = dict.fromkeys(lags, nothing()), dict.fromkeys(lags, 1.0)
    worth = {lag: float(count) for lag, count in rows.items()}
    return Lagged(sides[0].name, sides[1].name, none, sure, 1.0, rows, worth)


def _evenly(n: int, kept: float, begin: float) -> np.ndarray:
    """Positions of about so many of n rows, evenly apart; `begin` of a step from the start."""
    step = n / kept
    return np.unique(np.floor(np.arange(begin * step, n, step)).astype(int))

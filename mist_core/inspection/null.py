"""How large the statistic of a pair gets where the sides are independent: stored, not drawn again.

Of untied columns it depends on the number of rows alone (see `basis`). So it was drawn once for a
grid of n, and is interpolated in ln n; beyond the draws a generalised Pareto tail goes on.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.stats import genpareto

from mist_core.checkpoint import load_checkpoint, save_checkpoint
from mist_core.errors import ParameterError, WeightsError
from mist_core.inspection.basis import WEIGHTS, functions, standardised, strongest
from mist_core.paths import NULL

# Fewer rows are permuted; more than the last change nothing.
GRID = (30, 40, 60, 100, 200, 500, 1000, 3000, 10_000, 30_000)
DRAWS = 100_000
# Chances of so few draws are the tail's, which is fitted to so many of the largest.
FEWEST, FITTED = 10, 1000
# What a tail that was fitted to so many draws can still say.
LEAST = 1e-12
_CARD = {"holds": "null", "functions": list(WEIGHTS)}


@dataclass(frozen=True)
class Null:
    """Distribution of the statistic under independence, at the rows of a grid.

    Attributes:
        rows: (G,) increasing.
        chances: (K,) decreasing chances (b + 1) / (m + 1) of m draws.
        values: (G, K) what is reached with these chances, increasing.
        tails: (G, 3) shape, scale and start of a generalised Pareto tail, which begins at the last
            chance.
        draws: m.
    """

    rows: np.ndarray
    chances: np.ndarray
    values: np.ndarray
    tails: np.ndarray
    draws: int

    @property
    def smallest(self) -> float:
        """The smallest chance that draws alone can show."""
        return 1 / (self.draws + 1)

    def chance(self, statistic: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(k,) chances of statistics (k,) or larger at n (k,) rows, and which are of the tail."""
        n = np.clip(n, self.rows[0], self.rows[-1])
        right = np.searchsorted(self.rows, n).clip(1, len(self.rows) - 1)
        low, high = self.rows[right - 1], self.rows[right]
        part = (np.log(n) - np.log(low)) / (np.log(high) - np.log(low))
        logs, is_tail = np.zeros(len(n)), np.zeros(len(n), dtype=bool)
        for at in np.unique(right):
            here = right == at
            ends = [self._log_chance(statistic[here], k) for k in (at - 1, at)]
            logs[here] = ends[0][0] * (1 - part[here]) + ends[1][0] * part[here]
            is_tail[here] = ends[0][1] | ends[1][1]
        return np.clip(np.exp(logs), LEAST, 1), is_tail

    def _log_chance(self, statistic: np.ndarray, at: int) -> tuple[np.ndarray, np.ndarray]:
        shape, scale, start = self.tails[at]
        drawn = np.interp(statistic, self.values[at], np.log(self.chances))
        is_tail = statistic > self.values[at, -1]
        excess = np.maximum(statistic - start, 0)
        tail = math.log(FITTED / self.draws) + genpareto.logsf(excess, shape, scale=scale)
        return np.where(is_tail, np.minimum(tail, np.log(self.chances[-1])), drawn), is_tail


def draw(draws: int, seed: int, progress: Callable[[int], object]) -> Null:
    """The null drawn anew.

    Pairs of k columns with k others give k^2 draws. Any two of them are independent: given one
    column, the ranks of another are as random as before.

    Args:
        draws: at each n of the grid.
        seed: of them.
        progress: called with 1 after each n.

    Raises:
        ParameterError: fewer draws than a tail is fitted to.
    """
    if draws <= FITTED:
        raise ParameterError(f"Expected more than {FITTED:,} draws, got {draws:,}.")
    chances = _chances(draws)
    values, tails = [], []
    for n, rng in zip(GRID, np.random.default_rng(seed).spawn(len(GRID)), strict=True):
        drawn = np.sort(_statistics(n, draws, rng))
        values.append(drawn[draws - np.rint(chances * (draws + 1)).astype(int)])
        tails.append(_tail(drawn[-FITTED - 1 :]))
        progress(1)
    return Null(np.array(GRID), chances, np.array(values), np.array(tails), draws)


def save(null: Null, path: Path) -> None:
    """Write the null to a file that `load` reads."""
    arrays = {"rows": null.rows, "chances": null.chances, "values": null.values}
    tensors = {name: torch.from_numpy(a) for name, a in (arrays | {"tails": null.tails}).items()}
    save_checkpoint(path, tensors, {**_CARD, "draws": null.draws})


@functools.lru_cache(maxsize=1)
def load(path: Path = NULL) -> Null:
    """The stored null.

    Raises:
        WeightsError: the file is missing, damaged, or of another statistic.
    """
    stored = load_checkpoint(path)
    if {name: stored.card.get(name) for name in _CARD} != _CARD:
        raise WeightsError(
            f"{path}: the null of another statistic; draw it again with `mist null`."
        )
    arrays = {name: tensor.numpy() for name, tensor in stored.tensors.items()}
    return Null(**arrays, draws=int(stored.card["draws"]))


def _chances(draws: int) -> np.ndarray:
    """Chances (b + 1) / (m + 1) from 1 to `FEWEST` of m draws, evenly in logarithms."""
    counts = np.unique(np.geomspace(FEWEST, draws, 240).round().astype(int))[::-1]
    return counts / (draws + 1)


def _statistics(n: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """(draws,) statistics of independent untied columns of n rows."""
    count = math.ceil(math.sqrt(draws))
    table = standardised(functions(n)[::2])[1]
    log_weights = np.log(np.array(WEIGHTS, np.float32) / sum(WEIGHTS))
    columns = np.hstack([table[rng.permutation(n)] for _ in range(count)])  # (n, count F)
    found = []
    for _ in range(count):
        other = table[rng.permutation(n)]
        products = (columns.T @ other).reshape(count, len(WEIGHTS), len(WEIGHTS))
        found.append(strongest(products, n, log_weights, log_weights))
    return np.concatenate(found)[:draws].astype(float)


def _tail(largest: np.ndarray) -> tuple[float, float, float]:
    """Shape, scale and start of a generalised Pareto tail: (Pickands, 1975).

    A shape below 0 would end the tail, beyond which nothing is possible: an exponential tail then.
    """
    start, excess = largest[0], largest[1:] - largest[0]
    shape, _, scale = genpareto.fit(excess, floc=0)
    return (shape, scale, start) if shape > 0 else (0.0, float(excess.mean()), start)

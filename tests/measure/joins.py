"""Ranking a second table's columns from 1,024 keys, beside the ranking of the full join.

    .venv/bin/python -m tests.measure.joins

Two tables of a million rows that share four keys in five, a quarter of the rows with repeated keys;
thirty columns that tell more or less about the target, in one or another form, once all and once
every second one empty of information. Of the full join the network is asked about 100,000 rows, as
many as the longest it was trained on. Prints Spearman's correlation of both rankings, and seconds.
Some minutes on two cores.
"""

import time

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from mist_core import MISTEstimator
from mist_core.joins import informing
from mist_core.tables import table_from_frame

ROWS, COLUMNS, ASKED = 1_000_000, 30, 100_000
SEEDS = 2
FORMS = (lambda v: v, np.exp, np.square, np.abs, lambda v: np.digitize(v, [-1, 0, 1]) * 1.0)


def main() -> None:
    estimator = MISTEstimator.load()
    for empty in (False, True):
        found = [compared(estimator, seed, empty) for seed in range(SEEDS)]
        rho, sketch, join = np.array(found).T
        kind = "every second column empty" if empty else "all columns tell something"
        print(
            f"{kind}: Spearman {', '.join(f'{r:.3f}' for r in rho)}; "
            f"sketches {sketch.mean():.1f} s, full join {join.mean():.1f} s",
            flush=True,
        )


def compared(estimator: MISTEstimator, seed: int, empty: bool) -> tuple[float, float, float]:
    """Spearman's correlation of the two rankings, and the seconds of each."""
    first, second = tables(seed, empty)
    one, two = table_from_frame(first), table_from_frame(second)
    start = time.perf_counter()
    sketched = ranked(informing(estimator, one, "id", "target", two, "id").survey.pairs)
    between = time.perf_counter()
    joined = full(estimator, first, second)
    ends = time.perf_counter()
    names = list(joined.index)
    return (
        float(spearmanr(sketched[names], joined).statistic),
        between - start,
        ends - between,
    )


def tables(seed: int, empty: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The target's table and the other, in different orders."""
    rng = np.random.default_rng(seed)
    keys = rng.permutation(10 * ROWS)[: 6 * ROWS // 5]
    values = rng.standard_normal(len(keys)).astype(np.float32)
    first = rng.integers(0, ROWS, ROWS // 4)
    first = np.concatenate([np.arange(3 * ROWS // 4), first])
    own = np.arange(ROWS // 5, 6 * ROWS // 5)
    second = {"id": keys[own]}
    for k in range(COLUMNS):
        rho = 0.0 if empty and k % 2 else 0.1 + 0.87 * k / (COLUMNS - 1)
        noise = rng.standard_normal(ROWS).astype(np.float32)
        second[f"c{k}"] = FORMS[k % len(FORMS)](rho * values[own] + np.sqrt(1 - rho**2) * noise)
    return (
        pd.DataFrame({"id": keys[first], "target": values[first]}),
        pd.DataFrame(second).sample(frac=1, random_state=seed),
    )


def full(estimator: MISTEstimator, first: pd.DataFrame, second: pd.DataFrame) -> pd.Series:
    """What each column tells in the join of the aggregated tables."""
    sides = [frame.groupby("id").mean() for frame in (first, second)]
    both = sides[0].join(sides[1], how="inner").sample(ASKED, random_state=0)
    names = [name for name in both if name != "target"]
    target = both["target"].to_numpy()
    means = {n: estimator.posterior(both[n].to_numpy(), target).mean for n in names}
    return pd.Series(means)


def ranked(pairs: pd.DataFrame) -> pd.Series:
    """What each column tells by the sketches."""
    return pairs.set_index("x")["mutual_information"]


if __name__ == "__main__":
    main()
